/** About how many rows tables have, by name. These are the server's own estimates, since counting a large table takes long. */
import { statement } from '../statement.ts'
import type { Client } from './connect.ts'
import { sendAll } from './pipeline.ts'

/** The larger one of the planner's estimate and the live count of the statistics, since either can be out of date. */
const estimates = (tables: readonly string[]) =>
  statement(
    `select c.relname as name, greatest(c.reltuples::bigint, pg_stat_get_live_tuples(c.oid))::float8 as rows
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any($1)`,
    tables,
  )

/** Estimates for tables in public, by name. A table that does not exist has no entry. */
export async function readRowEstimates(
  client: Client,
  tables: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const [answer] = await sendAll(client, [estimates(tables)])
  return new Map(answer!.rows.map(({ name, rows }) => [name, rows]))
}
