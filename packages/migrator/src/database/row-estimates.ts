/**
 * About how many rows tables have: the server's own estimates, for tables that are too large to be counted. Of a table with partitions or
 * children, all together. Read from the catalogues alone, so that no lock on a table is waited for.
 */
import { statement } from '../statement.ts'
import type { Client } from './connect.ts'
import { sendAll } from './pipeline.ts'

export interface TableName {
  readonly schema: string
  readonly name: string
}

export interface RowEstimate {
  /** Null where the server has no estimate: the table was never analysed, and it has no statistics. */
  readonly rows: number | null
  /** The share of rows in which a column is NULL, from 0 to 1, for the columns that were analysed. */
  readonly nullShare: Readonly<Record<string, number>>
}

/** The larger one of the planner's estimate and the live count of the statistics, since either can be out of date. */
const estimates = (tables: string) =>
  statement(
    `with recursive wanted as (
  select w.no, c.oid from jsonb_to_recordset($1::jsonb) w (no int, schema text, name text)
  join pg_namespace n on n.nspname = w.schema join pg_class c on c.relnamespace = n.oid and c.relname = w.name
), family as (
  select no, oid from wanted
  union select f.no, i.inhrelid from family f join pg_inherits i on i.inhparent = f.oid
)
select w.no, sum(greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0))::float8 as rows,
  bool_or(c.relkind in ('r', 'm') and c.reltuples < 0 and pg_stat_get_live_tuples(c.oid) = 0) as "isUnknown",
  (select coalesce(jsonb_object_agg(s.attname, s.null_frac order by s.inherited), '{}') from pg_class t join pg_namespace n on n.oid = t.relnamespace
    join pg_stats s on s.schemaname = n.nspname and s.tablename = t.relname where t.oid = w.oid) as "nullShare"
from wanted w join family f using (no) join pg_class c on c.oid = f.oid group by w.no, w.oid`,
    tables,
  )

/** In the order of `tables`; undefined for a table that does not exist. */
export async function readRowEstimates(
  client: Client,
  tables: readonly TableName[],
): Promise<readonly (RowEstimate | undefined)[]> {
  if (tables.length === 0) return []
  const [answer] = await sendAll(client, [estimates(JSON.stringify(tables.map((table, no) => ({ no, ...table }))))])
  const found = new Map(answer!.rows.map((row) => [row.no as number, row]))
  return tables.map((_, no) => {
    const row = found.get(no)
    return row && { rows: row.isUnknown ? null : row.rows, nullShare: row.nullShare }
  })
}
