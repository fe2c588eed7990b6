/** Migrations that change their session, or that are merely strange. A setting must not reach the next migration, which looks for it. */
import { type Hostile, live } from './hostile.ts'

const works = (what: string, ...up: string[]): Hostile => ({ what: `session: ${what}`, up, expect: 'works' })
const either = (what: string, ...up: string[]): Hostile => ({ what: `session: ${what}`, up, expect: 'either' })
const refused = (what: string, ...up: string[]): Hostile => ({ what: `session: ${what}`, up, expect: 'refused' })

export const SESSION: readonly Hostile[] = [
  works('another role', 'set role pg_read_all_data'),
  works('another user', 'set session authorization default', 'set role pg_monitor'),
  works('all settings reset', 'reset all'),
  works('another search path', 'set search_path = pg_catalog, pg_temp'),
  works('no search path at all', "select set_config('search_path', '', false)"),
  works(
    'time limits of a millisecond',
    "set lock_timeout = '1ms'",
    "set statement_timeout = '0'",
    "set idle_in_transaction_session_timeout = '0'",
  ),
  works(
    'another date style',
    "set datestyle = 'SQL, DMY'; set intervalstyle = 'iso_8601'; set bytea_output = 'escape'; set timezone = 'Asia/Kathmandu'",
  ),
  works('read only from now on', 'set default_transaction_read_only = on'),
  works('a stricter isolation for later transactions', "set default_transaction_isolation = 'serializable'"),
  works('old strings', 'set standard_conforming_strings = off'),
  works('an open cursor', 'declare c cursor with hold for select 1'),
  works('a prepared statement', 'prepare p as select 1'),
  works('a temporary table with the name of a later one', 'create temp table after (wrong int)'),
  works('listening', 'listen everything', "notify everything, 'hello'"),
  works('a huge statement', `select length('${'x'.repeat(3_000_000)}')`),
  works('thousands of statements', ...Array.from({ length: 2000 }, (_, at) => `select ${at}`)),
  works(
    'a table whose name has control characters',
    'create table "a\u001b[31m\u0007b" ()',
    'drop table "a\u001b[31m\u0007b"',
  ),
  works('all locks of the session given back', 'select pg_advisory_unlock_all()'),
  works('a lock given back that it has not', 'select pg_advisory_unlock(1986361953, 1)'),
  either('savepoints', 'savepoint s', 'create table gone ()', 'rollback to savepoint s', 'release savepoint s'),
  either('another encoding', "set client_encoding = 'LATIN1'"),
  either('this transaction read only', 'set transaction read only'),
  either('a statement limit of a millisecond', "set statement_timeout = '1ms'", 'select pg_sleep(0.01)'),
  either('no more waiting for the disk', 'set synchronous_commit = off'),
  either('triggers switched off', "set session_replication_role = 'replica'"),
  refused('it ends its own session', 'select pg_terminate_backend(pg_backend_pid())'),
  refused('it cancels itself', 'select pg_cancel_backend(pg_backend_pid()), pg_sleep(5)'),
  refused('an error with control characters', "do $$ begin raise exception E'red \\x1b[31m and a bell \\x07'; end $$"),
  {
    what: 'session: a statement that is not awaited',
    up: live("void sql.raw('select pg_sleep(0.2)').execute(db)"),
    expect: 'either',
  },
  {
    what: 'session: a statement that is not awaited and fails',
    up: live("void sql.raw('select 1 / 0').execute(db).catch(() => {})"),
    expect: 'refused',
  },
  {
    what: 'session: a failure that it swallows',
    up: live("await sql.raw('select 1 / 0').execute(db).catch(() => {})"),
    expect: 'refused',
  },
]
