/** Checks before a reset drops anything. Each runs in the transaction that drops, and throws an error that names what it found. */

import type { Catalog } from '../catalog/types.ts'
import type { Client } from '../database/connect.ts'
import { HISTORY_TABLE } from '../database/history.ts'
import { sessionText, toSession } from '../database/lock.ts'
import { sendAll } from '../database/pipeline.ts'
import { quoted } from '../sql/names.ts'
import { statement } from '../statement.ts'
import {
  ResetBlockedError,
  ResetConnectionsError,
  ResetLeftoversError,
  ResetNoHistoryError,
  ResetPreparedError,
} from './errors.ts'

/** Only a superuser sees backend_type of other roles' sessions. Every role sees usesysid, which autovacuum's sessions do not have. */
const otherSessions = statement(`select pid, application_name as application, coalesce(usename, '') as "user",
  coalesce(host(client_addr), 'local') as client, coalesce(state, '') as state,
  round(coalesce(extract(epoch from clock_timestamp() - backend_start), 0) * 1000)::float8 as age_ms
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
  and coalesce(backend_type, 'client backend') = 'client backend' and usesysid is not null
order by pid`)

const preparedTransactions = statement(`select gid, owner::text, prepared::text from pg_prepared_xacts
where database = current_database() order by prepared`)

/** Throws ResetConnectionsError, ResetPreparedError. */
export async function assertAlone(client: Client, database: string): Promise<void> {
  const [sessions, prepared] = await sendAll(client, [otherSessions, preparedTransactions])
  const others = sessions!.rows.map((row) => sessionText(toSession(row)))
  if (others.length > 0) throw new ResetConnectionsError({ database, sessions: others })
  const transactions = prepared!.rows.map(({ gid, owner, prepared: at }) => `${gid} (of ${owner}, since ${at})`)
  if (transactions.length > 0) throw new ResetPreparedError({ database, transactions })
}

/** If no migration ran, a table with the name of a domain's table may belong to somebody else. Throws ResetNoHistoryError. */
export async function assertMigrated(client: Client, catalog: Catalog, database: string): Promise<void> {
  const history = catalog.tables.find(({ name }) => name === HISTORY_TABLE)
  const columns = new Set(history?.columns.map(({ name }) => name))
  if (!['domain', 'name', 'checksum', 'run_id'].every((name) => columns.has(name)))
    throw new ResetNoHistoryError({ database })
  const [found] = await sendAll(client, [statement(`select exists (select from public.${HISTORY_TABLE}) as any`)])
  if (!found!.rows[0]!.any) throw new ResetNoHistoryError({ database })
}

/** PostgreSQL drops a partition with its parent, without CASCADE, in whichever schema the partition is. */
const children = (tables: readonly string[]) =>
  statement(
    `with recursive going (oid) as (
  select c.oid from pg_class c where c.relnamespace = to_regnamespace('public') and c.relname = any($1)
  union
  select i.inhrelid from pg_inherits i join going g on g.oid = i.inhparent
)
select n.nspname || '.' || c.relname as name, p.relname::text as parent
from going g join pg_class c on c.oid = g.oid join pg_namespace n on n.oid = c.relnamespace
  join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
where n.oid <> to_regnamespace('public') order by 1`,
    tables,
  )

/** The lock keeps other tables from becoming partitions after this check. Throws ResetBlockedError. */
export async function assertNoChildrenElsewhere(
  client: Client,
  tables: readonly string[],
  allObjects: boolean,
): Promise<void> {
  if (tables.length === 0) return
  const names = tables.map((name) => `only public.${quoted(name)}`).join(', ')
  const [, found] = await sendAll(client, [statement(`lock table ${names} in access exclusive mode`), children(tables)])
  if (found!.rows.length === 0) return
  const lines = found!.rows.map(({ name, parent }) => `table ${name} is a partition of, or inherits from, ${parent}`)
  throw new ResetBlockedError({ detail: lines.join('\n'), allObjects })
}

/** Every object in public depends on the schema. Objects of an extension depend on the extension too, and stay. */
const leftovers = statement(`select pg_describe_object(d.classid, d.objid, 0) as name
from pg_depend d
where d.refclassid = 'pg_namespace'::regclass and d.refobjid = to_regnamespace('public') and d.deptype = 'n'
  and d.classid <> 'pg_extension'::regclass
  and not exists (select from pg_depend e where e.classid = d.classid and e.objid = d.objid and e.deptype = 'e')
order by 1`)

/** Runs after all drops of `--all-objects`. Throws ResetLeftoversError. */
export async function assertEmpty(client: Client): Promise<void> {
  const [found] = await sendAll(client, [leftovers])
  if (found!.rows.length > 0) throw new ResetLeftoversError({ objects: found!.rows.map(({ name }) => name) })
}
