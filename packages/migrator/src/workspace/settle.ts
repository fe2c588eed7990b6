/**
 * Files that a merge left with one number twice, or with a gap → the names that they should have. Pure.
 * What the main branch has keeps its number; the rest follows in the order of its lines, files without a line last.
 */
import { type MigrationFile, padded } from './load.ts'
import type { LockLine } from './lockfile.ts'

export interface Renaming {
  readonly file: MigrationFile
  /** `005_session_reasons`. */
  readonly name: string
  readonly id: string
  /** Path relative to the workspace. */
  readonly path: string
}

export interface Settling {
  readonly files: readonly MigrationFile[]
  readonly lines: readonly LockLine[]
  /** Ids of the main branch, in its order; empty where that is not known. */
  readonly base: readonly string[]
}

export function renumbering({ files, lines, base }: Settling): Renaming[] {
  const settled = new Set(base)
  const rank = new Map([...new Set([...base, ...lines.map(({ id }) => id)])].map((id, index) => [id, index]))
  const rankOf = ({ id }: MigrationFile) => rank.get(id) ?? Number.POSITIVE_INFINITY
  const inOrder = [...files].sort(
    (a, b) => compare(rankOf(a), rankOf(b)) || a.number - b.number || (a.name < b.name ? -1 : 1),
  )
  const last = new Map<string, number>()
  return inOrder.flatMap((file): Renaming[] => {
    const { domain, id } = file
    const number = settled.has(id) ? file.number : (last.get(domain) ?? 0) + 1
    last.set(domain, number)
    if (file.number === number) return []
    const name = file.name.replace(/^\d+/, padded(number))
    return [{ file, name, id: `${domain}/${name}`, path: file.path.replace(file.name, name) }]
  })
}

const compare = (a: number, b: number): number => (a === b ? 0 : a - b)

/** The lines under their new names, those of the main branch first, as it has them. */
export function settledLines<L extends LockLine>(
  lines: readonly L[],
  renamed: readonly Renaming[],
  base: readonly string[],
): LockLine[] {
  const newId = new Map(renamed.map(({ file, id }) => [file.id, id]))
  const rank = new Map(base.map((id, index) => [id, index]))
  const rankOf = ({ id }: LockLine) => rank.get(id) ?? Number.POSITIVE_INFINITY
  return [...lines]
    .sort((a, b) => compare(rankOf(a), rankOf(b)))
    .map(({ id, checksum }) => ({ id: newId.get(id) ?? id, checksum }))
}
