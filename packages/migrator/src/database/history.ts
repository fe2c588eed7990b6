/**
 * public.migration_history, the table of the migrations that a database has: create, read, record, forget. No other file knows its columns.
 * A row without a duration is a non-transactional migration that began and whose end is not recorded.
 */
import type { Statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'

export const HISTORY_TABLE = 'migration_history'

/** PostgreSQL never changes a row in place: an UPDATE writes another one, in another place (ctid) or by another transaction (xmin). */
export const ROW_VERSION = "ctid::text || ' ' || xmin::text"

export interface HistoryRow {
  readonly domain: string
  readonly name: string
  readonly checksum: string
  readonly runId: string
  readonly position: number
  /** Milliseconds on the server's clock; null while a non-transactional migration is under way or was interrupted. */
  readonly durationMs: number | null
  readonly toolVersion: string
  readonly appliedBy: string
  readonly createdAt: Date
  /** Where and by which transaction the row was written: whoever changes the row in any column gives it another version. */
  readonly version: string
}

/** `auth/001_sessions`. */
export const idOf = ({ domain, name }: Pick<HistoryRow, 'domain' | 'name'>): string => `${domain}/${name}`

/** The history as it was read at the beginning of a piece. */
export interface KnownHistory {
  readonly rows: readonly HistoryRow[]
  /** What the table was made of, see history-form.ts; '' if there was none. */
  readonly form: string
}

/** The same for every migration of a run. */
export interface RunIdentity {
  readonly runId: string
  readonly toolVersion: string
  readonly appliedBy: string
}

/** Statements that create the table. It is created before the function uuid_v7(), so its id comes from gen_random_uuid(). */
export async function ensureHistory(): Promise<readonly Statement[]> {
  const { historyTable } = await import('./history-table.generated.ts')
  return historyTable.map((sql) => ({ sql, parameters: [] }))
}

/** Drops the table when its last row is gone, so that reverting everything leaves no table behind. */
export const dropHistory: Statement = { sql: `drop table public.${HISTORY_TABLE}`, parameters: [] }

const READ_COLUMNS = `domain, name, checksum, run_id, position, duration_ms, tool_version, applied_by, created_at,
        ${ROW_VERSION} as version`

/** Fails where there is no table. */
export const readHistoryRows: Statement = { sql: `select ${READ_COLUMNS} from public.${HISTORY_TABLE}`, parameters: [] }

/**
 * Three statements that read the rows in one round trip, whether or not the table exists: plpgsql looks a table up only when it runs the
 * statement, so a missing table causes no error, which would end the transaction and appear in the server's log. A table that another run
 * drops while this one waits to read it (the end of `down --all`) is a missing one as well.
 * They need an open transaction; the second returns the rows. The third closes the cursor: a table with an open cursor cannot be dropped.
 */
export const readHistory: readonly [open: Statement, fetch: Statement, close: Statement] = [
  {
    sql: `do $read$
declare rows refcursor := 'veza_history';
begin
  if to_regclass('public.${HISTORY_TABLE}') is not null then
    begin
      open rows for select ${READ_COLUMNS} from public.${HISTORY_TABLE} order by position, created_at;
      return;
    exception when undefined_table then
    end;
  end if;
  open rows for select where false;
end $read$`,
    parameters: [],
  },
  { sql: 'fetch all from veza_history', parameters: [] },
  { sql: 'close veza_history', parameters: [] },
]

export function historyRow(row: Record<string, any>): HistoryRow {
  return {
    domain: row.domain,
    name: row.name,
    checksum: row.checksum,
    runId: row.run_id,
    position: row.position,
    durationMs: row.duration_ms,
    toolVersion: row.tool_version,
    appliedBy: row.applied_by,
    createdAt: row.created_at,
    version: row.version,
  }
}

/** The setting that holds the time when a migration began. `recordApplied` and `forget` read it. */
export const STARTED_SETTING = 'veza.started'
/**
 * Milliseconds since the migration began. A migration may have reset all settings, including this one: its duration is then unknown, and 0.
 * If the clock was set back meanwhile, it is 0 as well: a negative duration would break the table's constraint, and the run would fail.
 */
const elapsedMs = `greatest(0, round(extract(epoch from clock_timestamp() - coalesce(nullif(current_setting('${STARTED_SETTING}', true), '')::timestamptz, clock_timestamp())) * 1000)::integer)`

const columns = 'domain, name, checksum, run_id, position, tool_version, applied_by, duration_ms'
const values = ({ domain, name, checksum, position }: Planned, { runId, toolVersion, appliedBy }: RunIdentity) => [
  domain,
  name,
  checksum,
  runId,
  position,
  toolVersion,
  appliedBy,
]

/** Records a migration in the transaction that applies it. Returns its duration as `duration_ms`. */
export const recordApplied = (migration: Planned, run: RunIdentity): Statement => ({
  sql: `insert into public.${HISTORY_TABLE} (${columns}) values ($1, $2, $3, $4, $5, $6, $7, ${elapsedMs}) returning duration_ms`,
  parameters: values(migration, run),
})

/** Records that a non-transactional migration begins. A migration that is begun again keeps its row. */
export const recordStarted = (migration: Planned, run: RunIdentity): Statement => ({
  sql: `with kept as (
  update public.${HISTORY_TABLE} set run_id = $4, checksum = $3, duration_ms = null where domain = $1 and name = $2 returning 1
)
insert into public.${HISTORY_TABLE} (${columns}) select $1, $2, $3, $4, $5, $6, $7, null where not exists (select from kept)`,
  parameters: values(migration, run),
})

/** Records that a non-transactional migration begins to be reverted. */
export const recordReverting = ({ domain, name }: Planned): Statement => ({
  sql: `update public.${HISTORY_TABLE} set duration_ms = null where domain = $1 and name = $2`,
  parameters: [domain, name],
})

/** Only the row that `runId` began is finished or removed: if another run has it meanwhile, no row is changed. */
const begunBy = (runId: string, { domain, name }: Planned) => ({
  where: 'where domain = $1 and name = $2 and run_id = $3 and duration_ms is null',
  parameters: [domain, name, runId],
})

export function recordFinished(migration: Planned, runId: string, durationMs: number): Statement {
  const { where, parameters } = begunBy(runId, migration)
  return {
    sql: `update public.${HISTORY_TABLE} set duration_ms = $4 ${where}`,
    parameters: [...parameters, durationMs],
  }
}

export function forgetBegun(migration: Planned, runId: string): Statement {
  const { where, parameters } = begunBy(runId, migration)
  return { sql: `delete from public.${HISTORY_TABLE} ${where}`, parameters }
}

/** Removes the row of a reverted migration. Returns how long the revert took as `duration_ms`. */
export const forget = ({ domain, name }: Planned): Statement => ({
  sql: `delete from public.${HISTORY_TABLE} where domain = $1 and name = $2
returning ${elapsedMs} as duration_ms`,
  parameters: [domain, name],
})
