/** Lines × migrations → which line belongs to which migration, when a file got another name. Pure. */
import type { LockLine, MigrationKey } from './lockfile.ts'

export interface Pairs<L extends LockLine, M extends MigrationKey> {
  readonly renamed: ReadonlyMap<L, M>
  /** Lines without a file. */
  readonly lonely: readonly L[]
  /** Migrations without a line. */
  readonly fresh: readonly M[]
}

/** A line without a file and a file without a line belong together if they have the same domain and the same checksum. */
export function pairUp<L extends LockLine, M extends MigrationKey & { readonly checksum: string }>(
  lines: readonly L[],
  rendered: readonly M[],
): Pairs<L, M> {
  const ids = new Set(rendered.map(({ id }) => id))
  const locked = new Set(lines.map(({ id }) => id))
  const fresh = new Set(rendered.filter(({ id }) => !locked.has(id)))
  const renamed = new Map<L, M>()
  const lonely: L[] = []
  for (const line of lines.filter(({ id }) => !ids.has(id))) {
    const domain = line.id.split('/')[0]
    const migration = [...fresh].find((one) => one.domain === domain && one.checksum === line.checksum)
    if (migration === undefined) lonely.push(line)
    else {
      fresh.delete(migration)
      renamed.set(line, migration)
    }
  }
  return { renamed, lonely, fresh: [...fresh] }
}
