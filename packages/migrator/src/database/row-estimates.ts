/** About how many rows tables hold, by name: the server's own figures, since counting a large table takes long. */
import { statement } from '../statement.ts'
import type { Client } from './connect.ts'
import { sendAll } from './pipeline.ts'

/** The larger of the planner's figure and the statistics': either can lag behind. */
const estimates = (tables: readonly string[]) =>
  statement(
    `select c.relname as name, greatest(c.reltuples::bigint, pg_stat_get_live_tuples(c.oid))::float8 as rows
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any($1)`,
    tables,
  )

/** Of tables in public; one that is not there has no figure. */
export async function readRowEstimates(
  client: Client,
  tables: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const [answer] = await sendAll(client, [estimates(tables)])
  return new Map(answer!.rows.map(({ name, rows }) => [name, rows]))
}
