/**
 * What `lock --renumber` does during or after a merge, rebase or cherry-pick that left one number twice in a domain, or new lines before
 * those of the main branch: the main branch's migrations stay as they are, all others take the next numbers and follow them.
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
  /** Lines whose id was changed to that of their file, which had a new number already. */
  readonly followed: Reunited['found']
  /** Ids of the main branch whose line was missing here and is put back. */
  readonly restored: readonly string[]
  /** Ids whose second line is removed, since it has the same checksum as the first. */
  readonly repeated: readonly string[]
  readonly lines: readonly LockLine[]
  /** New lines that stood before one of the main branch. */
  readonly moved: number
  readonly differs: boolean
}

/**
 * Throws what survey and readPrecedence throw; LockfileSyntaxError and LockfileDuplicateError for lines that would be lost;
 * UndecidedOrderError, PublishedNumberTwiceError, PublishedRenamingError if a migration would be renamed that a database may have.
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

/** Lines of the main branch that are missing, although their files are there: they were left out when a conflict was resolved. */
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
    // The error names the first pair that is found, so files with the same number come first.
    const others = [...files].sort((a, b) => Number(b.number === file.number) - Number(a.number === file.number))
    for (const other of others) {
      if (other === file || other.domain !== file.domain || settled.has(other.id)) continue
      const doubt = precedence.doubt(file, other)
      if (doubt !== undefined) throw new UndecidedOrderError({ files: [other.path, file.path].sort(), doubt })
    }
  }
}

/** If the main branch itself has one number twice, it is not known which file to rename. */
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

/** `--base` may name a wrong commit. A published file may be renamed only in a domain where the main branch itself has a number twice. */
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
 * Renames the files and writes migrations.lock. A file gets its new name only when that name is free. If the process ends in the middle,
 * all files are still migrations, and the next call finds them by the words of their names. Only files that exchange their names need an
 * intermediate name.
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
