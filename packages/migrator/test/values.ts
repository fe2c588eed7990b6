/** Migrations and histories as values, for tests of what is decided without files and without a database. */
import type { HistoryRow } from '../src/database/history.ts'
import type { Rendering } from '../src/workspace/render.ts'
import type { Planned } from '../src/workspace/workspace.ts'

/** A checksum that can be told apart by eye. */
export const checksumOf = (seed: string): string => Buffer.from(seed).toString('hex').padEnd(64, '0').slice(0, 64)

export const rendering = (...statements: readonly string[]): Rendering => ({
  statements: statements.map((sql) => ({ sql, parameters: [] })),
  dynamic: false,
})

type PlannedFields = Partial<Omit<Planned, 'render' | 'up'>> & {
  readonly up?: Rendering | undefined
  readonly undo?: Rendering
}

/** `core/001_users` at a position. Its up creates a table of its name's words, its down drops it. */
export function planned(id: string, position: number, fields: PlannedFields = {}): Planned {
  const [domain, name] = id.split('/') as [string, string]
  const table = name.replace(/^\d+_/, '')
  const { up, undo, ...rest } = fields
  return {
    id,
    domain,
    name,
    number: Number(name.slice(0, 3)),
    file: `/repository/packages/${domain}-schema/src/migrations/${name}.ts`,
    path: `packages/${domain}-schema/src/migrations/${name}.ts`,
    about: `the table ${table}`,
    transaction: true,
    up: async () => {},
    down: async () => {},
    irreversible: undefined,
    checksum: checksumOf(id),
    position,
    ...rest,
    render: { up: up ?? rendering(`create table ${table} ()`), down: undo ?? rendering(`drop table ${table}`) },
  } as Planned
}

/** The order of migrations.lock, one id a line. */
export const orderOf = (...ids: readonly string[]): Planned[] => ids.map((id, index) => planned(id, index + 1))

/** What the history says of a migration that was applied as it is here. */
export function applied(migration: Planned, fields: Partial<HistoryRow> = {}): HistoryRow {
  return {
    domain: migration.domain,
    name: migration.name,
    checksum: migration.checksum,
    runId: '11111111-1111-4111-8111-111111111111',
    position: migration.position,
    durationMs: 5,
    toolVersion: '0.0.0',
    appliedBy: 'deploy@ci',
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
    version: `(0,${migration.position}) 700`,
    ...fields,
  }
}
