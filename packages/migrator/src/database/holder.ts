/**
 * Who holds the run's lock, for monitoring: asked without taking the lock, and by a role that may have no right to see other sessions.
 * PostgreSQL shows every role that a lock is held and by which process; the application and the user as well, but the client, the state and
 * the times only to a member of pg_monitor (or pg_read_all_stats) and to the session's own user. What is hidden is null here, never made up.
 */
import { type Statement, statement } from '../statement.ts'
import { LOCK_KEY } from './lock.ts'

export interface Holder {
  /** Null for a prepared transaction, which has no process. */
  readonly pid: number | null
  readonly application: string | null
  readonly user: string | null
  /** An address, or `local` for a Unix socket. */
  readonly client: string | null
  readonly state: string | null
  /** Since when its transaction is open, or since when it is connected if it has none. */
  readonly since: Date | null
}

const columns = `l.pid, nullif(a.application_name, '') as application, a.usename::text as "user",
  case when a.backend_start is not null then coalesce(host(a.client_addr), 'local') end as client,
  a.state, coalesce(a.xact_start, a.backend_start) as since
from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.granted and l.database = (select oid from pg_catalog.pg_database where datname = current_database())`

/** The session that holds the run's lock, the oldest one first; no row if nobody does. */
export const runLockHolder: Statement = statement(`select ${columns}
  and l.locktype = 'advisory' and l.classid = ${LOCK_KEY[0]} and l.objid = ${LOCK_KEY[1]} and l.objsubid = 2
  and l.pid is distinct from pg_backend_pid()
order by since limit 1`)

/** A session that keeps everybody from reading a table in public. */
export const exclusiveHolder = (table: string): Statement =>
  statement(
    `select ${columns}
  and l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.relation = to_regclass('public.' || quote_ident($1))
order by since limit 1`,
    table,
  )

export const toHolder = ({ pid, application, user, client, state, since }: Record<string, any>): Holder => ({
  pid,
  application,
  user,
  client,
  state,
  since,
})

/** `pid 4711 "veza-migrator up deploy@ci-12" (user veza from 10.0.0.7, active, since 2026-01-02 03:04:05 UTC)` */
export function holderWords({ pid, application, user, client, state, since }: Holder): string {
  const who = pid === null ? 'a prepared transaction' : `pid ${pid}`
  const name = application === null ? '' : ` "${application}"`
  if (since === null) {
    const known = user === null ? '' : `user ${user}, `
    return `${who}${name} (${known}from where and since when is not shown to this user: grant it pg_monitor)`
  }
  const details = [
    user === null ? `from ${client}` : `user ${user} from ${client}`,
    ...(state === null ? [] : [state]),
    `since ${since.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
  ]
  return `${who}${name} (${details.join(', ')})`
}
