/**
 * Files that a merge left with one number twice, or with a gap → the names that they should have. Pure.
 * Migrations of the main branch keep their numbers; the others follow in the order of their lines, files without a line last.
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
  /** Ids of the main branch, in its order; empty if the main branch is not known. */
  readonly base: readonly string[]
  /** Ids that come next, in their order; they may be renumbered. */
  readonly earlier?: readonly string[]
}

export function renumbering({ files, lines, base, earlier = [] }: Settling): Renaming[] {
  const settled = new Set(base)
  const rankOf = rankIn([...base, ...earlier, ...lines.map(({ id }) => id)])
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

/** The rank of a file or line in a list of ids. Ids that are not in the list come last. */
function rankIn(ids: readonly string[]): (one: { readonly id: string }) => number {
  const rank = new Map([...new Set(ids)].map((id, index) => [id, index]))
  return ({ id }) => rank.get(id) ?? Number.POSITIVE_INFINITY
}

/** The lines with their new ids. Those in `first` come first, in that order. */
export function settledLines<L extends LockLine>(
  lines: readonly L[],
  renamed: readonly Renaming[],
  first: readonly string[],
): LockLine[] {
  const newId = new Map(renamed.map(({ file, id }) => [file.id, id]))
  const rankOf = rankIn(first)
  return [...lines]
    .sort((a, b) => compare(rankOf(a), rankOf(b)))
    .map(({ id, checksum }) => ({ id: newId.get(id) ?? id, checksum }))
}

export interface Reunited {
  readonly lines: readonly LockLine[]
  /** Lines whose file has another number now: `was` is the id of the line, `is` that of the file. */
  readonly found: readonly { readonly was: string; readonly is: string }[]
}

/**
 * Repairs lines whose file was renumbered without them: an earlier call was interrupted, or a rebase brought the old line back. The file is
 * found by the words of its name, and the line gets its id. If the file already has a line with the same checksum, the old line is removed.
 * Lines of the main branch stay as they are.
 */
export function reunite(
  lines: readonly LockLine[],
  files: readonly MigrationFile[],
  base: readonly string[],
): Reunited {
  const settled = new Set(base)
  const present = new Set(files.map(({ id }) => id))
  const byWords = Map.groupBy(files, ({ id }) => wordsOf(id))
  const checksums = new Map(lines.map(({ id, checksum }) => [id, checksum]))
  const found: { was: string; is: string }[] = []
  const kept = lines.flatMap((line): LockLine[] => {
    const [file, ...others] = byWords.get(wordsOf(line.id)) ?? []
    if (settled.has(line.id) || present.has(line.id) || file === undefined || others.length > 0) return [line]
    const own = checksums.get(file.id)
    if (own !== undefined && own !== line.checksum) return [line]
    found.push({ was: line.id, is: file.id })
    return own === undefined ? [{ ...line, id: file.id }] : []
  })
  return { lines: kept, found }
}

/** `auth/003_reset_tokens` → `auth/reset_tokens`. */
const wordsOf = (id: string): string => id.replace(/\/\d+_/, '/')
