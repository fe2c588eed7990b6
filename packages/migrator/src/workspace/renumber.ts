/**
 * What `lock --renumber` does after a merge that put one number twice into a domain, or new lines before those of the main branch:
 * what the main branch has stays as it is, the rest takes the next numbers and stands behind it.
 */
import { renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LockfileSyntaxError } from './errors.ts'
import { formatLockfile, LOCKFILE, type LockLine } from './lockfile.ts'
import { readBase } from './main-branch.ts'
import { replaceFile } from './replace-file.ts'
import { type Renaming, renumbering, settledLines } from './settle.ts'
import { survey } from './survey.ts'

export interface Renumbering {
  readonly root: string
  readonly renamed: readonly Renaming[]
  readonly lines: readonly LockLine[]
  /** New lines that stood before one of the main branch. */
  readonly moved: number
  readonly differs: boolean
}

/** Throws what survey and readBase throw, and LockfileSyntaxError: lines that cannot be read would be lost. */
export function planRenumber(from: string, ref: string | undefined): Renumbering {
  const { root, files, lines, unreadable } = survey(from)
  if (unreadable.length > 0) throw new LockfileSyntaxError(unreadable[0]!)
  const found = readBase(root, ref)
  const base = 'missing' in found ? [] : found.lines.map(({ id }) => id)
  const renamed = renumbering({ files, lines, base })
  const settled = settledLines(lines, renamed, base)
  const isSettled = new Set(base)
  const lastSettled = lines.findLastIndex(({ id }) => isSettled.has(id))
  const moved = lines.filter(({ id }, index) => index < lastSettled && !isSettled.has(id)).length
  const differs = renamed.length > 0 || formatLockfile(settled) !== formatLockfile(lines)
  return { root, renamed, lines: settled, moved, differs }
}

/** Renames and writes. Over a detour, since one file may take the name that another one has. */
export function renumberFiles({ root, renamed, lines }: Renumbering): void {
  const detour = ({ file }: Renaming) => `${file.file}.renumbered`
  for (const renaming of renamed) renameSync(renaming.file.file, detour(renaming))
  for (const renaming of renamed) renameSync(detour(renaming), join(dirname(renaming.file.file), `${renaming.name}.ts`))
  replaceFile(join(root, LOCKFILE), formatLockfile(lines))
}
