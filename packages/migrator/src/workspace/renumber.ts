/**
 * What `lock --renumber` does after, or in the middle of, a merge, rebase or cherry-pick that put one number twice into a domain, or new
 * lines before those of the main branch: what the main branch has stays as it is, the rest takes the next numbers and stands behind it.
 */
import { existsSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  LockfileDuplicateError,
  LockfileSyntaxError,
  PublishedNumberTwiceError,
  PublishedRenamingError,
  UndecidedOrderError,
} from './errors.ts'
import { type MigrationFile, padded } from './load.ts'
import { formatLockfile, LOCKFILE, type LockLine } from './lockfile.ts'
import { type Precedence, readPrecedence } from './precedence.ts'
import { replaceFile } from './replace-file.ts'
import { type Renaming, type Reunited, renumbering, reunite, settledLines } from './settle.ts'
import { type Survey, survey } from './survey.ts'

export interface Renumbering {
  readonly root: string
  readonly renamed: readonly Renaming[]
  /** Lines that now stand under the number that their file has already. */
  readonly followed: Reunited['found']
  /** Ids of the main branch whose line was lost and is put back. */
  readonly restored: readonly string[]
  /** Ids whose second line goes: it said the same as the first. */
  readonly repeated: readonly string[]
  readonly lines: readonly LockLine[]
  /** New lines that stood before one of the main branch. */
  readonly moved: number
  readonly differs: boolean
}

/**
 * Throws what survey and readPrecedence throw; LockfileSyntaxError and LockfileDuplicateError for lines that would be lost;
 * UndecidedOrderError, PublishedNumberTwiceError, PublishedRenamingError where a name would change that a database may know.
 */
export function planRenumber(from: string, ref: string | undefined): Renumbering {
  const found = survey(from)
  assertNothingLost(found)
  const { root, files } = found
  const precedence = readPrecedence(root, ref, new Set(found.lines.map(({ id }) => id)))
  const { earlier } = precedence
  const base = precedence.settled.map(({ id }) => id)
  const restored = lostLines(found, precedence)
  const { lines, found: followed } = reunite([...found.lines, ...restored], files, base)
  const renamed = renumbering({ files, lines, base, earlier })
  assertDecided(renamed, files, precedence)
  assertSettledOnce(files, precedence, ref)
  assertNotPublished(renamed, files, precedence, ref)
  const repeated = found.repeated.map(({ id }) => id)
  const settled = settledLines(lines, renamed, [...base, ...earlier])
  const isSettled = new Set(base)
  const lastSettled = lines.findLastIndex(({ id }) => isSettled.has(id))
  const moved = lines.filter(({ id }, index) => index < lastSettled && !isSettled.has(id)).length
  const isReordered = formatLockfile(settled) !== formatLockfile(found.lines)
  const differs = renamed.length > 0 || repeated.length > 0 || isReordered
  return { root, renamed, followed, restored: restored.map(({ id }) => id), repeated, lines: settled, moved, differs }
}

/** Lines of the main branch that a conflict was resolved without, although their files are there. */
function lostLines({ files, lines }: Survey, { settled }: Precedence): readonly LockLine[] {
  const present = new Set(files.map(({ id }) => id))
  const kept = new Set(lines.map(({ id }) => id))
  return settled.filter(({ id }) => present.has(id) && !kept.has(id))
}

function assertNothingLost({ unreadable, repeated }: Survey): void {
  if (unreadable.length > 0) throw new LockfileSyntaxError(unreadable[0]!)
  const other = repeated.find(({ isSame }) => !isSame)
  if (other !== undefined) throw new LockfileDuplicateError({ id: other.id, lines: other.lines })
}

/** A file is renamed only if it is known to have come later than the others of its domain. */
function assertDecided(renamed: readonly Renaming[], files: readonly MigrationFile[], precedence: Precedence): void {
  const settled = new Set(precedence.settled.map(({ id }) => id))
  for (const { file } of renamed) {
    // The refusal names the first pair: one with the same number, where there is one.
    const others = [...files].sort((a, b) => Number(b.number === file.number) - Number(a.number === file.number))
    for (const other of others) {
      if (other === file || other.domain !== file.domain || settled.has(other.id)) continue
      const doubt = precedence.doubt(file, other)
      if (doubt !== undefined) throw new UndecidedOrderError({ files: [other.path, file.path].sort(), doubt })
    }
  }
}

/** Where the main branch itself has one number twice, nobody can tell which file to rename. */
function assertSettledOnce(
  files: readonly MigrationFile[],
  { settled, publishedBy }: Precedence,
  ref: string | undefined,
): void {
  const isSettled = new Set(settled.map(({ id }) => id))
  for (const twice of numbersTwice(files.filter(({ id }) => isSettled.has(id)))) {
    const [{ domain, number }] = twice as [MigrationFile]
    const paths = twice.map(({ path }) => path)
    const on = ref ?? publishedBy.join(' and ')
    throw new PublishedNumberTwiceError({ domain, number: padded(number), files: paths, on })
  }
}

/** `--base` may be a mistake. It may rename a published file only in a domain where the main branch itself has a number twice. */
function assertNotPublished(
  renamed: readonly Renaming[],
  files: readonly MigrationFile[],
  { published, publishedBy }: Precedence,
  ref: string | undefined,
): void {
  if (ref === undefined) return
  const isPublished = new Set(published)
  const broken = new Set(
    numbersTwice(files.filter(({ id }) => isPublished.has(id))).map(([file]) => (file as MigrationFile).domain),
  )
  for (const { file, id } of renamed) {
    if (isPublished.has(file.id) && !broken.has(file.domain))
      throw new PublishedRenamingError({ id: file.id, to: id, on: publishedBy.join(' and '), base: ref })
  }
}

const numbersTwice = (files: readonly MigrationFile[]): readonly MigrationFile[][] =>
  [...Map.groupBy(files, ({ domain, number }) => `${domain} ${number}`).values()].filter(({ length }) => length > 1)

/**
 * Renames and writes. A name is taken once it is free, so that what ends half-way leaves nothing but migrations, which the next try
 * knows by their words; only two files that trade names need a detour.
 */
export function renumberFiles({ root, renamed, lines }: Renumbering): void {
  const waiting = renamed.map(({ file, name }) => ({ from: file.file, to: join(dirname(file.file), `${name}.ts`) }))
  while (waiting.length > 0) {
    const free = waiting.findIndex(({ to }) => !existsSync(to))
    const [next] = waiting.splice(Math.max(free, 0), 1) as [{ from: string; to: string }]
    const to = free < 0 ? `${next.from}.renumbered` : next.to
    renameSync(next.from, to)
    if (free < 0) waiting.push({ from: to, to: next.to })
  }
  replaceFile(join(root, LOCKFILE), formatLockfile(lines))
}
