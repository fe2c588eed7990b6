/**
 * Which migration made an object. Here and in check/owners.ts the rule is the same: an object belongs to the domain whose migration
 * created it. To rename or replace it (`create or replace`) changes nothing. To drop it and make it again does: it is then another object.
 *
 * The makers are not read from the SQL. Instead an event trigger notes after every command which objects are new, by their ids. So the
 * trigger also sees what DO blocks and functions make, and a renamed object keeps its note.
 */
import type { QueryResultRow } from 'pg'
import { type Statement, statement } from '../statement.ts'

export interface Maker {
  /** `migrator` for the history table. */
  readonly domain: string
  /** `auth/001_sessions`; null for objects that the migrator itself makes. */
  readonly migration: string | null
}

/** `relation` is a table, view, index or sequence. Parts of a table are named by table and part, a function by its signature. */
export type ObjectKind = 'relation' | 'column' | 'constraint' | 'trigger' | 'function' | 'type'

/** The makers of the objects in public, by the names that the objects have at the end. */
export interface Makers {
  makerOf(kind: ObjectKind, ...name: readonly string[]): Maker | undefined
}

const SCHEMA = 'veza_replay'

/**
 * Installs the event trigger on an empty database. A migration cannot switch it off or deceive it by accident: the number of the step is
 * kept in a sequence, which `reset all` and `discard all` do not change; the function has its own rights and search_path, in case a
 * migration takes a role; and the trigger is enabled ALWAYS, so that it fires under session_replication_role too.
 * With each table that a command touched, its columns, constraints, indexes and triggers are noted. The same is done for its partitions and
 * children, since they get what their parent gets.
 * The function runs at every command, so it must be fast: it skips COMMENT, which makes nothing, and uses generic query plans, since
 * planning its queries for each list of tables takes longer than running them.
 */
export const watchMakers: Statement = statement(`create schema ${SCHEMA};
create sequence ${SCHEMA}.step minvalue 0;
create table ${SCHEMA}.made (class oid, object oid, part int, step int, primary key (class, object, part));
create function ${SCHEMA}.note() returns event_trigger language plpgsql security definer set search_path = pg_catalog set plan_cache_mode = force_generic_plan as $note$
declare
  maker int := (select last_value from ${SCHEMA}.step);
  classes oid[];
  objects oid[];
  parts int[];
  tables oid[];
begin
  if tg_tag = 'COMMENT' then return; end if;
  -- Asked once: the server looks up the identity of each object for it.
  select array_agg(classid), array_agg(objid), array_agg(objsubid) into classes, objects, parts
  from pg_event_trigger_ddl_commands() where objid is not null;
  insert into ${SCHEMA}.made select class, object, part, maker from unnest(classes, objects, parts) touched (class, object, part)
  on conflict do nothing;
  tables := array(select object from unnest(classes, objects) touched (class, object) where class = 'pg_class'::regclass
    union select tgrelid from pg_trigger where oid = any(objects));
  if exists (select from pg_inherits) then
    tables := array(with recursive family as (select unnest(tables) as oid
      union select i.inhrelid from pg_inherits i join family f on f.oid = i.inhparent) select oid from family);
  end if;
  insert into ${SCHEMA}.made
  select 'pg_class'::regclass, unnest(tables), 0, maker
  union all select 'pg_class'::regclass, attrelid, attnum, maker from pg_attribute where attrelid = any(tables) and attnum > 0 and not attisdropped
  union all select 'pg_class'::regclass, indexrelid, 0, maker from pg_index where indrelid = any(tables)
  union all select 'pg_constraint'::regclass, oid, 0, maker from pg_constraint where conrelid = any(tables)
  union all select 'pg_trigger'::regclass, oid, 0, maker from pg_trigger where tgrelid = any(tables) and not tgisinternal
  on conflict do nothing;
end $note$;
create event trigger ${SCHEMA} on ddl_command_end execute function ${SCHEMA}.note();
alter event trigger ${SCHEMA} enable always`)

/** From now on new objects are noted for this step; 0 is the migrator itself. */
export const makerIs = (step: number): Statement => statement(`select setval('${SCHEMA}.step', $1)`, step)

const noted = statement(`select m.step, v.* from ${SCHEMA}.made m cross join lateral (
  select case when m.part = 0 then 'relation' else 'column' end as kind,
    array_remove(array[c.relname::text, a.attname::text], null) as name, c.relnamespace as schema
  from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum = m.part and m.part > 0
  where m.class = 'pg_class'::regclass and c.oid = m.object
  union all select 'constraint', array[c.relname::text, o.conname::text], c.relnamespace
  from pg_constraint o join pg_class c on c.oid = o.conrelid where m.class = 'pg_constraint'::regclass and o.oid = m.object
  union all select 'trigger', array[c.relname::text, t.tgname::text], c.relnamespace
  from pg_trigger t join pg_class c on c.oid = t.tgrelid where m.class = 'pg_trigger'::regclass and t.oid = m.object
  union all select 'function', array[p.proname || '(' || oidvectortypes(p.proargtypes) || ')'], p.pronamespace
  from pg_proc p where m.class = 'pg_proc'::regclass and p.oid = m.object
  union all select 'type', array[y.typname::text], y.typnamespace
  from pg_type y where m.class = 'pg_type'::regclass and y.oid = m.object) v
where v.schema = 'public'::regnamespace`)

/** Two statements: the first reads the notes, the second removes the event trigger and its schema. */
export const endWatch: readonly [noted: Statement, away: Statement] = [
  noted,
  statement(`drop event trigger ${SCHEMA}; drop schema ${SCHEMA} cascade`),
]

const keyOf = (kind: string, name: readonly string[]): string => JSON.stringify([kind, ...name])

/** `steps`: the steps in the order in which `makerIs` numbered them, from 1. */
export function toMakers(rows: readonly QueryResultRow[], steps: readonly { readonly id: string }[]): Makers {
  const makers = new Map(rows.map(({ kind, name, step }) => [keyOf(kind, name), toMaker(steps[step - 1]?.id)]))
  return { makerOf: (kind, ...name) => makers.get(keyOf(kind, name)) }
}

const toMaker = (migration: string | undefined): Maker =>
  migration === undefined ? { domain: 'migrator', migration: null } : { domain: migration.split('/')[0]!, migration }
