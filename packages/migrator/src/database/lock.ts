/**
 * One run at a time per database: an advisory lock that is tried and never waited for inside PostgreSQL. A waiting statement holds a
 * snapshot, and CREATE INDEX CONCURRENTLY of the other run would wait for that snapshot: a deadlock.
 * The transaction form of the lock ends with the transaction, so it is never left behind, not even by a transaction-pooling PgBouncer.
 */
import { type Statement, statement } from '../statement.ts'

/** "veza" in ASCII, and 1: the two halves of the key, as pg_locks shows them in classid and objid. */
export const LOCK_KEY = [0x76657a61, 1] as const
const key = LOCK_KEY.join(', ')

/**
 * Also returns the id of the transaction that holds the lock, by which every later statement can prove that it still runs in it. A
 * transaction without the lock, or on a standby, gets none.
 */
export const tryRunLock: Statement = statement(
  `select held, case when held and not pg_is_in_recovery() then pg_current_xact_id()::text end as transaction_id
from (select pg_try_advisory_xact_lock(${key}) as held offset 0) tried`,
)
/** The session form of the lock, for a non-transactional step. The session already holds the transaction form, so it always succeeds. */
export const keepRunLock: Statement = statement(`select pg_try_advisory_lock(${key}) as held`)
/** Whether the session still holds the run's lock; if it lost it and nobody else has it, it takes it again. */
export const assureRunLock: Statement =
  statement(`select kept, kept or pg_try_advisory_lock(${key}) as held from (select exists (
  select from pg_locks where locktype = 'advisory' and classid = ${LOCK_KEY[0]} and objid = ${LOCK_KEY[1]} and objsubid = 2 and granted
  and pid = pg_backend_pid() and database = (select oid from pg_database where datname = current_database())) as kept offset 0) lock`)
/** Every time that the session has taken it: it is taken at the end of the piece before, too, and a lock counts how often it was taken. */
export const dropRunLock: Statement = statement('select pg_advisory_unlock_all()')

/** What pg_stat_activity says about a session. Of another user's, only a member of pg_monitor sees the client, the state and the age. */
export interface Session {
  readonly pid: number
  readonly application: string
  readonly user: string
  /** '' if this user may not see it. */
  readonly client: string
  readonly state: string
  /** Milliseconds since its transaction began, or since it connected if it has none; null if this user may not see it. */
  readonly ageMs: number | null
}

export const sessionColumns = `a.pid, a.application_name as application, coalesce(a.usename, '') as "user",
  case when a.backend_start is null then '' else coalesce(host(a.client_addr), 'local') end as client, coalesce(a.state, '') as state,
  round(extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.backend_start)) * 1000)::float8 as age_ms`

/** The other session that holds the lock; no row if there is none. */
export const lockHolder: Statement = statement(`select ${sessionColumns}
from pg_locks l join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.classid = ${LOCK_KEY[0]} and l.objid = ${LOCK_KEY[1]} and l.objsubid = 2 and l.granted
  and l.database = (select oid from pg_database where datname = current_database()) and l.pid <> pg_backend_pid()
limit 1`)

/** The sessions that a backend waits for at the moment. */
export const blockersOf = (pid: number): Statement =>
  statement(
    `select ${sessionColumns} from pg_stat_activity a where a.pid = any(pg_blocking_pids($1)) order by a.pid`,
    pid,
  )

export function toSession(row: Record<string, any>): Session {
  const { pid, application, user, client, state, age_ms } = row
  return { pid, application, user, client, state, ageMs: age_ms }
}

/** `pid 4711 "veza-migrator up deploy@ci-12" (user veza from 10.0.0.7, active, for 12 s)` */
export function sessionText({ pid, application, user, client, state, ageMs }: Session): string {
  const name = application === '' ? '' : ` "${application}"`
  const from = client === '' ? '' : ` from ${client}`
  const age = ageMs === null ? 'more is not shown to this user' : `for ${Math.round(ageMs / 1000)} s`
  const details = [user && `user ${user}${from}`, state, age].filter(Boolean)
  return `pid ${pid}${name} (${details.join(', ')})`
}

/** The holder of the run's lock, for a message. */
export const holderText = (holder: Session | undefined): string =>
  holder === undefined ? 'a session that this user may not see' : sessionText(holder)
