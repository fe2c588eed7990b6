/**
 * public.migration_repairs: which changes people made to the history, when, and why. The table is made with the first one. A change and its
 * record are one statement, so neither can be without the other.
 */
import { type Statement, statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { Client } from './connect.ts'
import { HISTORY_TABLE, type HistoryRow, ROW_VERSION, type RunIdentity } from './history.ts'
import { REPAIR_COLUMNS, REPAIRS_TABLE, type RepairAction } from './own-tables.ts'
import { sendAll } from './pipeline.ts'

interface Repair {
  /** For a baseline: of the last migration that it recorded. */
  readonly domain: string
  readonly name: string
  readonly action: RepairAction
  readonly reason: string
  readonly checksumBefore: string | null
  readonly checksumAfter: string | null
  readonly appliedBy: string
  readonly toolVersion: string
  readonly createdAt: Date
}

export type Repairs =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly repairs: readonly Repair[] }
  /** The user may not read the table. */
  | { readonly kind: 'forbidden' }
  /** A table of that name that the migrator did not make. */
  | { readonly kind: 'strange' }

const look = statement(
  `select case when to_regclass('public.${REPAIRS_TABLE}') is null then 'none'
  when (select count(*) from pg_attribute where attrelid = to_regclass('public.${REPAIRS_TABLE}') and not attisdropped
    and attname = any($1)) < $2 then 'strange'
  when not has_table_privilege(to_regclass('public.${REPAIRS_TABLE}'), 'select') then 'forbidden' else 'read' end as kind`,
  REPAIR_COLUMNS,
  REPAIR_COLUMNS.length,
)

const read =
  statement(`select domain, name, action, reason, checksum_before as "checksumBefore", checksum_after as "checksumAfter",
  applied_by as "appliedBy", tool_version as "toolVersion", created_at as "createdAt"
from public.${REPAIRS_TABLE} order by created_at, id`)

/** Oldest first. */
export async function readRepairs(client: Client): Promise<Repairs> {
  const [found] = await sendAll(client, [look])
  const { kind } = found!.rows[0] as { kind: Repairs['kind'] }
  if (kind !== 'read') return { kind }
  const [answer] = await sendAll(client, [read])
  return { kind, repairs: answer!.rows as Repair[] }
}

/** Statements that create the table. */
export async function ensureRepairs(): Promise<readonly Statement[]> {
  const { repairsTable } = await import('./repairs-table.generated.ts')
  return repairsTable.map((sql) => statement(sql))
}

/** What a repair does to one row of the history. */
export type RowChange =
  | { readonly action: 'accept-checksum'; readonly checksum: string }
  | { readonly action: 'forget' | 'mark-done' | 'mark-undone' }

const CHANGES: Readonly<Record<RowChange['action'], string>> = {
  'accept-checksum': `update public.${HISTORY_TABLE} h set checksum = $7 from before b where h.id = b.id returning h.*`,
  'mark-done': `update public.${HISTORY_TABLE} h set duration_ms = 0 from before b where h.id = b.id returning h.*`,
  forget: `delete from public.${HISTORY_TABLE} h using before b where h.id = b.id returning h.*`,
  'mark-undone': `delete from public.${HISTORY_TABLE} h using before b where h.id = b.id returning h.*`,
}

/**
 * Changes one row and records it. The row must still be as `row` has it: otherwise nothing is changed and no row is counted. `rowCount` is
 * the number of rows that were changed and recorded.
 */
export function repairRow(
  row: HistoryRow,
  change: RowChange,
  { toolVersion, appliedBy, reason }: Omit<RunIdentity, 'runId'> & { readonly reason: string },
): Statement {
  const isGone = change.action === 'forget' || change.action === 'mark-undone'
  const checksum = change.action === 'accept-checksum' ? [change.checksum] : []
  return statement(
    `with before as (select * from public.${HISTORY_TABLE}
  where domain = $1 and name = $2 and ${ROW_VERSION} = $3 for update),
after as (${CHANGES[change.action]})
insert into public.${REPAIRS_TABLE} (domain, name, action, reason, checksum_before, checksum_after, history_before, history_after, tool_version, applied_by)
select b.domain, b.name, '${change.action}', $4, b.checksum, ${isGone ? 'null, to_jsonb(b), null' : 'a.checksum, to_jsonb(b), to_jsonb(a)'}, $5, $6
from before b join after a using (id)`,
    ...[row.domain, row.name, row.version, reason, toolVersion, appliedBy, ...checksum],
  )
}

/** Records that the history of these migrations was written without running them. The record is about the last one. */
export function recordBaseline(
  steps: readonly Planned[],
  { runId, toolVersion, appliedBy, reason }: RunIdentity & { readonly reason: string },
): Statement {
  const { domain, name, checksum } = steps.at(-1) as Planned
  const recorded = { run_id: runId, migrations: steps.map(({ id }) => id) }
  return statement(
    `insert into public.${REPAIRS_TABLE} (domain, name, action, reason, checksum_after, history_after, tool_version, applied_by)
values ($1, $2, 'baseline', $3, $4, $5::jsonb, $6, $7)`,
    ...[domain, name, reason, checksum, JSON.stringify(recorded), toolVersion, appliedBy],
  )
}
