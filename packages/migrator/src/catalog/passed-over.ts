/**
 * Relations that another session has locked, or waits to lock, with ACCESS EXCLUSIVE. PostgreSQL takes a lock of its own to write out an
 * expression, an index, a view or a rule, so each of theirs would be waited for. Everything else of them is read as of any other.
 * Every role may see locks and process ids.
 */
import type { QueryResultRow } from 'pg'
import { type Statement, statement } from '../statement.ts'
import { placeOf } from './place.ts'
import type { Unread } from './types.ts'
import { isWanted, schemaOf } from './wanted.ts'

const SETTINGS = { relation: 'veza_kept.locked_relations', routine: 'veza_kept.locked_routines' } as const

const dependsOnLocked = (catalogue: string, oid: string): string =>
  `join pg_catalog.pg_depend d on d.classid = 'pg_catalog.${catalogue}'::regclass and d.objid = ${oid}
    and d.refclassid = 'pg_catalog.pg_class'::regclass join locked l on l.relation = d.refobjid`

/** What is in the way: the locked relations, and the views, policies, rules and SQL-standard bodies that name one of them. */
export const lockedOnes = (wanted: readonly string[]): Statement =>
  statement(
    `with locked as (select l.relation, bool_or(l.granted) as is_held, coalesce(min(l.pid) filter (where l.granted), min(l.pid)) as pid
  from pg_catalog.pg_locks l where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.pid is distinct from pg_backend_pid()
    and l.database = (select oid from pg_catalog.pg_database where datname = current_database()) group by l.relation),
found as (
  select 'relation' as kind, l.relation as oid, l.is_held, l.pid, null::oid as through from locked l
  union all select 'relation', r.ev_class, l.is_held, l.pid, l.relation from pg_catalog.pg_rewrite r ${dependsOnLocked('pg_rewrite', 'r.oid')}
  union all select 'relation', p.polrelid, l.is_held, l.pid, l.relation from pg_catalog.pg_policy p ${dependsOnLocked('pg_policy', 'p.oid')}
  union all select 'routine', p.oid, l.is_held, l.pid, l.relation from pg_catalog.pg_proc p ${dependsOnLocked('pg_proc', 'p.oid')}
    where p.prokind <> 'a')
select distinct on (f.kind, f.oid) f.kind, f.oid::text as oid, f.is_held, f.pid, t.relname::text as through_name,
  ${schemaOf('t.relnamespace')} as through_schema, coalesce(c.relkind::text, 'routine') as relkind,
  coalesce(c.relname::text, p.proname || '(' || oidvectortypes(p.proargtypes) || ')') as name,
  ${schemaOf('coalesce(c.relnamespace, p.pronamespace)')} as schema, coalesce(${isWanted('c.relnamespace')}, ${isWanted('p.pronamespace')}) as is_wanted
from found f left join pg_catalog.pg_class t on t.oid = f.through
left join pg_catalog.pg_class c on f.kind = 'relation' and c.oid = f.oid
left join pg_catalog.pg_proc p on f.kind = 'routine' and p.oid = f.oid
where c.relkind in ('r', 'p', 'f', 'v', 'm') or p.oid is not null
order by f.kind, f.oid, f.through nulls first`,
    wanted,
  )

/** Without rows nothing is passed over. */
export function passOver(rows: readonly QueryResultRow[]): Statement {
  const oids = (kind: keyof typeof SETTINGS) =>
    `{${rows.flatMap((row) => (row.kind === kind ? [row.oid] : [])).join()}}`
  const { relation, routine } = SETTINGS
  return statement(
    'select set_config($1, $2, true), set_config($3, $4, true)',
    relation,
    oids('relation'),
    routine,
    oids('routine'),
  )
}

/** Whether the object with this oid is passed over. The subquery is evaluated once, not for each row. */
const isPassedOver = (oid: string, kind: keyof typeof SETTINGS = 'relation'): string =>
  `${oid} = any (array(select unnest(current_setting('${SETTINGS[kind]}')::oid[])))`

/** `expression`, which would wait for a lock, or '' where what it is about is passed over. */
export const unlessPassedOver = (oid: string, expression: string, kind: keyof typeof SETTINGS = 'relation'): string =>
  `case when ${isPassedOver(oid, kind)} then '' else ${expression} end`

const WORDS: Readonly<Record<string, string>> = { v: 'the view', m: 'the materialized view', routine: 'the routine' }

/** Sorted by name, routines last. `home`: see placeOf. */
export const toUnread = (rows: readonly QueryResultRow[], home: string): Unread[] =>
  rows
    .filter(({ is_wanted }) => is_wanted)
    .map((row) => one(row, home))
    .sort((a, b) => Number(a.table === null) - Number(b.table === null) || (placeIn(a) < placeIn(b) ? -1 : 1))

const placeIn = ({ table, routine }: Unread): string => table ?? routine ?? ''

function one(row: QueryResultRow, home: string): Unread {
  const place = placeOf({ schema: row.schema, name: row.name }, home)
  const isRoutine = row.kind === 'routine'
  const session = row.pid === null ? 'a prepared transaction' : `the session with pid ${row.pid}`
  const lock = row.is_held
    ? 'holds it with ACCESS EXCLUSIVE'
    : 'waits to lock it with ACCESS EXCLUSIVE, and whoever comes later waits behind it'
  const it =
    row.through_name === null
      ? ''
      : `it names ${placeOf({ schema: row.through_schema, name: row.through_name }, home)}, and `
  const look =
    row.pid === null ? 'SELECT * FROM pg_prepared_xacts' : `SELECT * FROM pg_stat_activity WHERE pid = ${row.pid}`
  return {
    table: isRoutine ? null : place,
    ...(isRoutine && { routine: place }),
    isPassedOver: true,
    what: `${WORDS[row.relkind] ?? 'the table'} ${place}`,
    reason: `${it}${session} ${lock}`,
    remedy: `Run it again when that transaction has ended; ${look} shows what it does.`,
  }
}
