/** What is so in a database after a fault, read by the laboratory itself: the migrations that the history names, all objects, who is left. */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { digest } from './digest.ts'

export interface State {
  /** Ids whose row has a duration, in the order of their positions. */
  readonly finished: readonly string[]
  /** Ids whose row has none: begun outside a transaction, and not finished. */
  readonly unfinished: readonly string[]
  readonly lines: readonly string[]
  readonly invalidIndexes: readonly string[]
}

/** "veza" and 1, the key of the run's lock. Written here again, on purpose: a changed key would let two versions run at once. */
const LOCK = "locktype = 'advisory' and classid = 1986361953 and objid = 1 and objsubid = 2"

const left = (sessions: string): string => `
select format('session %s "%s" %s, last statement: %s', pid, application_name, state, left(query, 60)) as what from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and application_name like 'veza-migrator%' ${sessions}
union all
select format('the lock of the run is held by pid %s', pid) from pg_locks
where ${LOCK} and database = (select oid from pg_database where datname = current_database())
union all
select format('prepared transaction %s', gid) from pg_prepared_xacts where database = current_database()`

export interface Left {
  /** A pooler keeps its sessions for the next client. Default false. */
  readonly idleMayStay?: boolean
}

/** Sessions and locks of runs that are still there after the time; [] as soon as nothing is. */
export async function leftBehind(
  client: pg.Client,
  withinMs: number,
  { idleMayStay = false }: Left = {},
): Promise<readonly string[]> {
  const sql = left(idleMayStay ? "and state <> 'idle'" : '')
  for (const deadline = performance.now() + withinMs; ; await sleep(20)) {
    const { rows } = await client.query<{ what: string }>(sql)
    if (rows.length === 0 || performance.now() > deadline) return rows.map(({ what }) => what)
  }
}

export async function stateOf(client: pg.Client): Promise<State> {
  const history = await historyOf(client)
  const { rows } = await client.query<{ name: string }>(
    'select indexrelid::regclass::text as name from pg_index where not indisvalid order by 1',
  )
  return {
    finished: history.filter(({ done }) => done).map(({ id }) => id),
    unfinished: history.filter(({ done }) => !done).map(({ id }) => id),
    lines: await digest(client),
    invalidIndexes: rows.map(({ name }) => name),
  }
}

async function historyOf(client: pg.Client): Promise<readonly { id: string; done: boolean }[]> {
  const { rows } = await client.query("select to_regclass('public.migration_history') is not null as there")
  if (!rows[0].there) return []
  const found = await client.query<{ id: string; done: boolean }>(
    "select domain || '/' || name as id, duration_ms is not null as done from public.migration_history order by position, created_at",
  )
  return found.rows
}
