/**
 * Who made an object. One rule, here and in check/owners.ts: an object belongs to the domain whose migration created it. To rename or
 * replace it (`create or replace`) changes nothing; to drop it and make it again does, for then it is another object.
 *
 * It is watched, not read from the SQL: an event trigger notes with every command which objects are there that were not before, by their
 * ids. So it sees what DO blocks and functions make, and a renamed object keeps the note that it has.
 */
import type { QueryResultRow } from 'pg'
import { type Statement, statement } from '../statement.ts'

export interface Maker {
  /** `migrator` for the history table. */
  readonly domain: string
  /** `auth/001_sessions`; null for what the migrator itself makes. */
  readonly migration: string | null
}

/** A table or view or index or sequence (`relation`), or a part of a table, named by table and part. A function: by its signature. */
export type ObjectKind = 'relation' | 'column' | 'constraint' | 'trigger' | 'function' | 'type'

/** Of the objects in public, as they are called at the end. */
export interface Makers {
  makerOf(kind: ObjectKind, ...name: readonly string[]): Maker | undefined
}

const SCHEMA = 'veza_replay'

/**
 * Installs the watch on an empty database. Nothing that a migration may do switches it off or deceives it by accident: the number of the
 * step stands in a sequence, which no `reset all` or `discard all` changes; the function has its own rights and search_path, for a
 * migration that takes a role; and the trigger is one that fires under session_replication_role too.
 * Columns, constraints, indexes and triggers are noted with the table that a command touched; so are partitions, children, and what
 * these got because their parent got it.
 * It runs at every command of a plan: a comment makes nothing, and plans are made once, since to plan these queries anew for each list of
 * tables takes longer than to run them.
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

/** From here on it is this step that makes things; 0 is the migrator itself. */
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

/** What was noted, and then the watch away: two statements, the notes come with the first. */
export const endWatch: readonly [noted: Statement, away: Statement] = [
  noted,
  statement(`drop event trigger ${SCHEMA}; drop schema ${SCHEMA} cascade`),
]

const keyOf = (kind: string, name: readonly string[]): string => JSON.stringify([kind, ...name])

/** `steps`: those that `makerIs` counted, from 1. */
export function toMakers(rows: readonly QueryResultRow[], steps: readonly { readonly id: string }[]): Makers {
  const makers = new Map(rows.map(({ kind, name, step }) => [keyOf(kind, name), toMaker(steps[step - 1]?.id)]))
  return { makerOf: (kind, ...name) => makers.get(keyOf(kind, name)) }
}

const toMaker = (migration: string | undefined): Maker =>
  migration === undefined ? { domain: 'migrator', migration: null } : { domain: migration.split('/')[0]!, migration }
