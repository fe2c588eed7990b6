/**
 * What the server knows of the data: how many different values a column has (pg_stats), and which numbers sequences have given out. No row of a
 * table is read, and no value is looked at. What the role may not see is told, and is no reason to end the audit.
 */
import type { QueryResultRow } from 'pg'
import { placeOf } from '../../catalog/place.ts'
import type { Catalog, Table, Unread } from '../../catalog/types.ts'
import { type Client, sqlState } from '../../database/connect.ts'
import { sendAll } from '../../database/pipeline.ts'
import { type Limits, sessionSettings } from '../../database/session.ts'
import { plural, reason } from '../../errors.ts'
import { quoted } from '../../sql/names.ts'
import { type Statement, statement } from '../../statement.ts'

/** A partitioned table has statistics of all its partitions only, and they are listed as inherited. */
const DISTINCT = `select c.oid::int8::float8 as oid, s.attname::text as name, s.n_distinct::float8 as distinct
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname
where c.oid = any ($1::oid[]) order by s.inherited`

/** pg_stats leaves out a column that the role may not read, and a table whose rows a policy hides from it. */
const HIDDEN = `select c.oid::int8::float8 as oid, current_user::text as role, c.relkind <> 'p' and pg_stat_get_live_tuples(c.oid) >= $2 as has_rows,
  (has_table_privilege(c.oid, 'SELECT') or has_any_column_privilege(c.oid, 'SELECT')) and not row_security_active(c.oid) as is_readable
from pg_catalog.pg_class c where c.oid = any ($1::oid[])`

/**
 * Only those that can run out soon: the sequence is opened for it. pg_sequence_last_value() refuses a role without the right in some versions and
 * answers NULL in others.
 */
const LAST_VALUES = `select q.seqrelid::int8::float8 as oid, current_user::text as role, has_sequence_privilege(q.seqrelid, 'USAGE, SELECT') as is_readable,
  case when has_sequence_privilege(q.seqrelid, 'USAGE, SELECT') then pg_catalog.pg_sequence_last_value(q.seqrelid) end::float8 as last_value
from pg_catalog.pg_sequence q join pg_catalog.pg_class c on c.oid = q.seqrelid
where q.seqrelid = any ($1::oid[]) and c.relpersistence = 'p' order by q.seqrelid limit 2000`

/** A smaller table has few values whatever it holds. */
const ENOUGH_ROWS = 1000

/** Expects no open transaction. */
export async function sampled(client: Client, catalog: Catalog, limits: Limits): Promise<Catalog> {
  const tables = catalog.tables.filter(({ extension }) => extension === null)
  const narrow = narrowSequences(catalog)
  const oids = tables.map(({ oid }) => oid)
  const statistics = await answered(client, limits, [statement(DISTINCT, oids), statement(HIDDEN, oids, ENOUGH_ROWS)])
  const lastValues = await answered(client, limits, [statement(LAST_VALUES, narrow)])
  const [distinct = [], hidden = []] = statistics.rows
  const [last = []] = lastValues.rows
  const byColumn = new Map(distinct.map(({ oid, name, distinct: values }) => [`${oid}.${name}`, values]))
  const bySequence = new Map(last.map(({ oid, last_value }) => [oid, last_value]))
  const place = (table: Table) => placeOf(table, catalog.home)
  const unseen = (wanted: (row: Row) => boolean) => {
    const found = new Set(hidden.filter(wanted).map(({ oid }) => oid))
    return tables.filter(({ oid }) => found.has(oid)).map(place)
  }
  const hasStatistics = new Set(distinct.map(({ oid }) => oid))
  return {
    ...catalog,
    tables: catalog.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => ({
        ...column,
        distinct: byColumn.get(`${table.oid}.${column.name}`) ?? null,
      })),
    })),
    sequences: catalog.sequences.map((one) => ({ ...one, lastValue: bySequence.get(one.oid) ?? null })),
    unread: [
      ...(catalog.unread ?? []),
      ...failed('how many different values columns have', statistics.failure),
      ...failed('which numbers the sequences of integer columns have given out', lastValues.failure),
      ...unreadable(
        unseen(({ is_readable }) => !is_readable),
        hidden[0]?.role,
      ),
      ...neverAnalyzed(unseen(({ oid, is_readable, has_rows }) => is_readable && has_rows && !hasStatistics.has(oid))),
      ...unreadableSequences(last),
    ],
  }
}

type Row = Readonly<QueryResultRow>

/** The sequences of columns that are narrower than a bigint. */
function narrowSequences({ tables, sequences }: Catalog): number[] {
  const narrow = new Set(
    tables.flatMap(({ schema, name, columns }) =>
      columns.flatMap(({ type, name: column }) =>
        /^(integer|smallint)$/.test(type) ? `${schema}.${name}.${column}` : [],
      ),
    ),
  )
  return sequences.filter(({ schema, ownedBy }) => narrow.has(`${schema}.${ownedBy}`)).map(({ oid }) => oid)
}

interface Answered {
  readonly rows: readonly (readonly Row[])[]
  /** Why there are no rows: another session's lock, a statement that took too long. */
  readonly failure?: string
}

/** Throws what is no answer of the server, such as a lost connection. */
async function answered(client: Client, limits: Limits, asked: readonly Statement[]): Promise<Answered> {
  try {
    const [, , ...answers] = await sendAll(client, [
      statement('begin isolation level repeatable read, read only'),
      sessionSettings(limits),
      ...asked,
    ])
    return { rows: answers.map(({ rows }) => rows) }
  } catch (error) {
    if (sqlState(error) === undefined) throw error
    return { rows: [], failure: reason(error) }
  } finally {
    await sendAll(client, [statement('rollback')]).catch(() => {})
  }
}

const failed = (what: string, failure: string | undefined): Unread[] =>
  failure === undefined
    ? []
    : [{ table: null, what, reason: failure, remedy: 'Run it again when that no longer holds.' }]

/** `a, b, c and 7 more`. */
const some = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`

/** What is named in `what` stays the same while tables come and go, since a baseline knows the finding by it. */
function unreadable(places: readonly string[], role: string): Unread[] {
  if (places.length === 0) return []
  return [
    {
      table: null,
      what: 'the statistics of tables that the role may not read',
      reason: `role ${role} may not read the rows of ${some(places)}, and pg_stats shows a role no more than that`,
      remedy: `GRANT pg_read_all_data TO ${quoted(role)} (PostgreSQL 14 and later), or SELECT on each of them; where row level security hides rows, BYPASSRLS.`,
    },
  ]
}

function neverAnalyzed(places: readonly string[]): Unread[] {
  if (places.length === 0) return []
  return [
    {
      table: null,
      what: 'the statistics of tables that were never analyzed',
      reason: `${plural(places.length, 'table')} with rows, ${some(places)}, had no ANALYZE yet`,
      remedy: 'ANALYZE (as the owner; it reads a sample of the rows of each table)',
    },
  ]
}

function unreadableSequences(rows: readonly Row[]): Unread[] {
  const hidden = rows.filter(({ is_readable }) => !is_readable)
  if (hidden.length === 0) return []
  const { role } = hidden[0]!
  return [
    {
      table: null,
      what: 'which numbers the sequences of integer columns have given out',
      reason: `role ${role} may not read ${plural(hidden.length, 'sequence')}`,
      remedy: `GRANT SELECT ON ALL SEQUENCES IN SCHEMA ... TO ${quoted(role)}`,
    },
  ]
}
