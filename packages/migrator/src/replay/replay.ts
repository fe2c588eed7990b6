/**
 * Which migration made what: the plan is replayed on an empty scratch database, and an event trigger notes with every command what is
 * there that was not before. It sees what DO blocks and functions do too, which no reading of the SQL would.
 */
import type { QueryResultRow } from 'pg'
import { readCatalog } from '../catalog/read.ts'
import type { Catalog } from '../catalog/types.ts'
import { type Client, connect } from '../database/connect.ts'
import { ensureHistory } from '../database/history.ts'
import { sendAll } from '../database/pipeline.ts'
import { runLive } from '../run/live.ts'
import { type Statement, statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { Scratch } from './scratch.ts'

export interface Maker {
  /** `migrator` for the history table. */
  readonly domain: string
  /** `auth/001_sessions`; null for what the migrator itself makes. */
  readonly migration: string | null
}

/** A table or view or index or sequence (`relation`), or a part of a table, named by table and part. */
export type ObjectKind = 'relation' | 'column' | 'constraint' | 'trigger' | 'function' | 'type'

export interface Makers {
  makerOf(kind: ObjectKind, ...name: readonly string[]): Maker | undefined
}

export interface Replayed {
  readonly catalog: Catalog
  readonly ownership: Makers
}

const SCHEMA = 'veza_replay'
const CURRENT = `${SCHEMA}.migration`
const OWN = 'migrator'

/** Columns, constraints and indexes are noted with the table that a command touched; what is noted already keeps its maker. */
const watching = statement(`create schema ${SCHEMA};
create table ${SCHEMA}.made (class oid, object oid, part int, migration text, primary key (class, object, part));
create function ${SCHEMA}.note() returns event_trigger language plpgsql as $note$
begin
  with touched as (select classid, objid, objsubid from pg_event_trigger_ddl_commands() where objid is not null),
  tables as (select distinct objid from touched where classid = 'pg_class'::regclass),
  present as (
    select classid, objid, objsubid from touched
    union select 'pg_class'::regclass, a.attrelid, a.attnum from pg_attribute a join tables t on t.objid = a.attrelid
      where a.attnum > 0 and not a.attisdropped
    union select 'pg_class'::regclass, i.indexrelid, 0 from pg_index i join tables t on t.objid = i.indrelid
    union select 'pg_constraint'::regclass, o.oid, 0 from pg_constraint o join tables t on t.objid = o.conrelid)
  insert into ${SCHEMA}.made select classid, objid, objsubid, current_setting('${CURRENT}') from present on conflict do nothing;
end $note$;
create event trigger ${SCHEMA} on ddl_command_end execute function ${SCHEMA}.note()`)

const noted = statement(`select m.migration, v.* from ${SCHEMA}.made m cross join lateral (
  select case when m.part = 0 then 'relation' else 'column' end as kind,
    array_remove(array[c.relname::text, a.attname::text], null) as name
  from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum = m.part and m.part > 0
  where m.class = 'pg_class'::regclass and c.oid = m.object
  union all select 'constraint', array[c.relname::text, o.conname::text] from pg_constraint o join pg_class c on c.oid = o.conrelid
  where m.class = 'pg_constraint'::regclass and o.oid = m.object
  union all select 'trigger', array[c.relname::text, t.tgname::text] from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where m.class = 'pg_trigger'::regclass and t.oid = m.object
  union all select 'function', array[p.proname || '(' || oidvectortypes(p.proargtypes) || ')'] from pg_proc p
  where m.class = 'pg_proc'::regclass and p.oid = m.object
  union all select 'type', array[y.typname::text] from pg_type y where m.class = 'pg_type'::regclass and y.oid = m.object) v`)

const unwatching = statement(`drop event trigger ${SCHEMA}; drop schema ${SCHEMA} cascade`)

/** The steps, in their order, on an empty database: what stands there afterwards, and who made it. Throws what the server answers. */
export async function replay(scratch: Scratch, steps: readonly Planned[]): Promise<Replayed> {
  const client = await connect(await scratch.createDatabase(), 'replay')
  try {
    await sendAll(client, [watching, from(OWN), ...(await ensureHistory())])
    for (let at = 0; at < steps.length; ) {
      const together = staticFrom(steps, at)
      await sendAll(
        client,
        together.flatMap(({ id, render }) => [from(id), ...render.up.statements]),
      )
      at += together.length
      const live = steps[at]
      if (live === undefined) break
      await sendAll(client, [from(live.id)])
      await runLive(client, live.up, () => {})
      at += 1
    }
    const [made] = await sendAll(client, [noted, unwatching])
    return { catalog: await settled(client), ownership: toMakers(made!.rows) }
  } finally {
    await client.end().catch(() => {})
  }
}

/** What a migration sets in its session ends with it. */
const from = (id: string): Statement =>
  statement(`reset all; set search_path = public; select set_config('${CURRENT}', '${id}', false)`)

function staticFrom(steps: readonly Planned[], at: number): readonly Planned[] {
  const end = steps.findIndex(({ render }, index) => index >= at && render.up.dynamic)
  return steps.slice(at, end < 0 ? steps.length : end)
}

async function settled(client: Client): Promise<Catalog> {
  await sendAll(client, [statement('begin read only')])
  const catalog = await readCatalog(client)
  await sendAll(client, [statement('commit')])
  return catalog
}

const keyOf = (kind: string, name: readonly string[]): string => JSON.stringify([kind, ...name])

function toMakers(rows: readonly QueryResultRow[]): Makers {
  const makers = new Map(rows.map(({ kind, name, migration }) => [keyOf(kind, name), toMaker(migration)]))
  return { makerOf: (kind, ...name) => makers.get(keyOf(kind, name)) }
}

const toMaker = (migration: string): Maker =>
  migration === OWN ? { domain: OWN, migration: null } : { domain: migration.split('/')[0]!, migration }
