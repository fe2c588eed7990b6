/**
 * migrations.lock: the plan, one line per migration, in the order in which the migrations were added. The number of the line is the
 * migration's number in the run. Lines are only appended, by a command and not by hand. Here the file is parsed and compared with the
 * migrations, and the order of new lines is decided.
 */
import { posix } from 'node:path'
import {
  type Edit,
  EditedMigrationError,
  LockedWithoutFileError,
  LockfileDuplicateError,
  LockfileOrderError,
  LockfileSyntaxError,
  UnlockedMigrationError,
} from './errors.ts'
import type { Graph } from './graph.ts'
import type { MigrationFile } from './load.ts'

export const LOCKFILE = 'migrations.lock'

export interface LockLine {
  readonly id: string
  readonly checksum: string
}

const LINE = /^([a-z][a-z0-9]*\/\d{3,}_[a-z0-9_]+) ([0-9a-f]{64})$/

/** Throws LockfileSyntaxError, LockfileDuplicateError. An empty text is an empty plan. */
export function parseLockfile(text: string): LockLine[] {
  const rows = text.split(/\r?\n/)
  if (rows.at(-1) === '') rows.pop()
  const seen = new Map<string, number>()
  return rows.map((row, index) => {
    const [, id, checksum] = LINE.exec(row) ?? []
    if (id === undefined || checksum === undefined) throw new LockfileSyntaxError({ line: index + 1, text: row })
    const before = seen.get(id)
    if (before !== undefined) throw new LockfileDuplicateError({ id, lines: [before, index + 1] })
    seen.set(id, index + 1)
    return { id, checksum }
  })
}

export function formatLockfile(lines: readonly LockLine[]): string {
  return lines.map(({ id, checksum }) => `${id} ${checksum}\n`).join('')
}

/** The properties of a migration that are known before it is rendered. */
export type MigrationKey = Pick<MigrationFile, 'id' | 'domain' | 'number' | 'path'>

/**
 * The migrations in the order of their lines. Checks that the lock file has every migration once, in an order that the graph allows.
 * Throws LockedWithoutFileError, UnlockedMigrationError, LockfileOrderError.
 */
export function verifyLockfile<M extends MigrationKey>(
  lines: readonly LockLine[],
  migrations: readonly M[],
  graph: Graph,
): M[] {
  const byId = new Map(migrations.map((migration) => [migration.id, migration]))
  const ordered = lines.map((line, index) => {
    const migration = byId.get(line.id)
    if (migration === undefined) throw withoutFile(line, index + 1, migrations)
    return migration
  })
  const locked = new Set(lines.map(({ id }) => id))
  const unlocked = appendOrder(
    migrations.filter(({ id }) => !locked.has(id)),
    graph,
  )
  if (unlocked.length > 0) throw new UnlockedMigrationError({ ids: unlocked.map(({ id }) => id) })
  for (const found of misplaced(ordered, graph)) throw new LockfileOrderError(found)
  return ordered
}

/** The error for a line whose file is gone. It names the folder of the domain's other migrations, and `renamed` if the file was renamed. */
export function withoutFile(
  { id }: LockLine,
  line: number,
  migrations: readonly MigrationKey[],
  renamed?: MigrationKey,
): LockedWithoutFileError {
  const [domain, name] = id.split('/')
  const sibling = migrations.find((migration) => migration.domain === domain)
  const folder = sibling ? posix.dirname(sibling.path) : `packages/${domain}-schema/src/migrations`
  return new LockedWithoutFileError({
    id,
    line,
    file: `${folder}/${name}.ts`,
    ...(renamed === undefined ? {} : { renamed: { id: renamed.id, file: renamed.path } }),
  })
}

export interface Misplaced {
  readonly id: string
  readonly line: number
  /** The migration that `id` builds on, although its line comes later. */
  readonly dependency: string
  readonly dependencyLine: number
}

/**
 * Pairs of lines in a wrong order. A domain's numbers must go up, and its first migration must come after the first one of each domain
 * that it needs. For later migrations any order between domains is allowed: core may get a new migration after auth has one.
 */
export function* misplaced(ordered: readonly MigrationKey[], graph: Graph): Generator<Misplaced> {
  const lineOf = new Map(ordered.map(({ id }, index) => [id, index + 1]))
  const pair = (id: string, dependency: string): Misplaced => ({
    id,
    line: lineOf.get(id) as number,
    dependency,
    dependencyLine: lineOf.get(dependency) as number,
  })
  const newest = new Map<string, MigrationKey>()
  const first = new Map<string, MigrationKey>()
  for (const migration of ordered) {
    const before = newest.get(migration.domain)
    if (before !== undefined && before.number > migration.number) yield pair(before.id, migration.id)
    newest.set(migration.domain, migration)
    if (before === undefined) first.set(migration.domain, migration)
  }
  for (const [domain, migration] of first) {
    for (const needed of graph.closure(domain)) {
      const dependency = first.get(needed)
      if (needed === domain || dependency === undefined) continue
      if (lineOf.get(dependency.id)! > lineOf.get(migration.id)!) yield pair(migration.id, dependency.id)
    }
  }
}

/** `lines` and `ordered` have the same order. Throws EditedMigrationError for the first migration that renders other SQL than recorded. */
export async function verifyChecksums<M extends MigrationKey & { readonly checksum: string }>(
  lines: readonly LockLine[],
  ordered: readonly M[],
  editOf: (migration: M, line: LockLine) => Promise<Edit>,
): Promise<void> {
  for (const [index, migration] of ordered.entries()) {
    const line = lines[index] as LockLine
    if (line.checksum === migration.checksum) continue
    const { id, path } = migration
    throw new EditedMigrationError({ id, line: index + 1, file: path, edit: await editOf(migration, line) })
  }
}

/** The order in which new files are appended: dependencies first, ties by domain name, number within a domain. */
export function appendOrder<M extends MigrationKey>(migrations: readonly M[], graph: Graph): M[] {
  const rank = new Map(graph.order.map((domain, index) => [domain, index]))
  const rankOf = (migration: M) => rank.get(migration.domain) as number
  return [...migrations].sort((a, b) => rankOf(a) - rankOf(b) || a.number - b.number)
}
