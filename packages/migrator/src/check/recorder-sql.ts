/**
 * The recorder, installed in a throw-away database before the plan is replayed there. Event triggers note every object that is created,
 * altered or dropped, also from inside a DO block or a function. Statement-level triggers note every statement that changes rows, even if
 * it finds no rows (an UPDATE on an empty table, for example). Transaction statistics would show neither such a statement nor TRUNCATE.
 *
 * The triggers note something only while `veza_check.statement` holds a number, so the recorder never notes its own statements.
 */

export const STATEMENT_SETTING = 'veza_check.statement'
export const STEP_SETTING = 'veza_check.step'

/**
 * The recorder's own functions have to read the catalogues through an index, starting at the touched objects. PostgreSQL keeps query plans
 * and makes the first ones while a catalogue has only a few pages, when reading all of it is cheapest. Until a later autovacuum, such a
 * plan would read everything that earlier migrations built, again for every object. `jit` is off because before PostgreSQL 18 a plan that
 * has to use a disabled method gets a cost so high that PostgreSQL would compile it.
 */
export const SETTINGS =
  'set search_path = pg_catalog set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off'

/** The triggers are ENABLE ALWAYS, so that they fire under session_replication_role = replica too. */
export const installRecorder = `
create schema veza_check;
create table veza_check.events (
  id integer generated always as identity,
  step text not null,
  statement integer not null,
  action text not null,
  tag text not null,
  kind text not null,
  identity text not null,
  schema_name text,
  class oid not null,
  object oid not null,
  root_class oid not null,
  root oid not null
);
-- A dropped index no longer says which table it was of.
create table veza_check.indexes (object oid primary key, root oid not null);

create function veza_check.statement() returns integer language sql stable
return nullif(current_setting('${STATEMENT_SETTING}', true), '')::integer;

create function veza_check.note_ddl() returns event_trigger language plpgsql security definer ${SETTINGS} as $$
begin
  if veza_check.statement() is null then return; end if;
  insert into veza_check.events (step, statement, action, tag, kind, identity, schema_name, class, object, root_class, root)
  select current_setting('${STEP_SETTING}'), veza_check.statement(),
    case when command_tag like 'CREATE%' then 'create' when command_tag like 'DROP%' then 'drop' else 'alter' end,
    command_tag, object_type, object_identity, schema_name, classid, objid, r.root_class, r.root
  from pg_event_trigger_ddl_commands() cross join lateral veza_check.root_of(classid, objid) r
  where not in_extension and schema_name is distinct from 'pg_temp' and r.root is not null;
  insert into veza_check.indexes select objid, indrelid from pg_event_trigger_ddl_commands() join pg_index on indexrelid = objid
  where classid = 'pg_class'::regclass on conflict (object) do nothing;
  perform veza_check.note_grants(command_tag) from pg_event_trigger_ddl_commands() where command_tag in ('GRANT', 'REVOKE');
end $$;

create function veza_check.note_drop() returns event_trigger language plpgsql security definer ${SETTINGS} as $$
begin
  if veza_check.statement() is null then return; end if;
  insert into veza_check.events (step, statement, action, tag, kind, identity, schema_name, class, object, root_class, root)
  select current_setting('${STEP_SETTING}'), veza_check.statement(), 'drop', tg_tag, object_type, object_identity, schema_name,
    classid, objid, coalesce(case when r.root is not null then 'pg_class'::regclass end, classid), coalesce(r.root, objid)
  from pg_event_trigger_dropped_objects()
  cross join lateral (select case
    when objsubid > 0 then objid
    when object_type = 'index' then (select i.root from veza_check.indexes i where i.object = objid)
    when object_type in ('table constraint', 'trigger', 'policy', 'rule', 'default value')
      then to_regclass(format('%I.%I', address_names[1], address_names[2]))::oid
  end) r (root)
  where (original or normal) and not is_temporary;
end $$;

create function veza_check.note_rows() returns trigger language plpgsql
  security definer set search_path = pg_catalog set lc_messages = 'C' as $$
declare
  stack text;
  action text := lower(tg_op);
begin
  if veza_check.statement() is null then return null; end if;
  if pg_trigger_depth() > 1 then
    -- A foreign key's own CASCADE or SET NULL is what the owner of the referring table asked for.
    get diagnostics stack = pg_context;
    if split_part(stack, E'\\n', 2) ~ '^SQL statement "(DELETE FROM|UPDATE) ONLY .* OPERATOR\\(pg_catalog\\.=\\) ' then
      action := 'cascade';
    end if;
  end if;
  insert into veza_check.events (step, statement, action, tag, kind, identity, schema_name, class, object, root_class, root)
  values (current_setting('${STEP_SETTING}'), veza_check.statement(), action, tg_op, 'table',
    format('%I.%I', tg_table_schema, tg_table_name), tg_table_schema, 'pg_class'::regclass, tg_relid,
    'pg_class'::regclass, tg_relid);
  return null;
end $$;

create function veza_check.watch_rows() returns void language plpgsql ${SETTINGS} as $$
declare
  watched regclass;
begin
  for watched in
    select distinct e.object::regclass from veza_check.events e join pg_catalog.pg_class c on c.oid = e.object
    where e.class = 'pg_catalog.pg_class'::regclass and c.relkind in ('r', 'p') and c.relnamespace <> 'veza_check'::regnamespace
      and not exists (select from pg_catalog.pg_trigger t where t.tgrelid = c.oid and t.tgname = 'veza_check_rows')
  loop
    execute format('create trigger veza_check_rows before insert or update or delete or truncate on %s
      for each statement execute function veza_check.note_rows()', watched);
    execute format('alter table %s enable always trigger veza_check_rows', watched);
  end loop;
end $$;
`

/** The tables of the migrator are there in each real run, so they are here as well; whoever changes their rows is noted. */
export const watchOwnTables = (names: readonly string[]): string =>
  names
    .map(
      (name) => `create trigger veza_check_rows before insert or update or delete or truncate on public.${name}
  for each statement execute function veza_check.note_rows();
alter table public.${name} enable always trigger veza_check_rows;`,
    )
    .join('\n')

/** Has to run last, after the SQL of describe-sql.ts, since it switches the event triggers on. */
export const startRecorder = `
create event trigger veza_check_ddl on ddl_command_end execute function veza_check.note_ddl();
create event trigger veza_check_drop on sql_drop execute function veza_check.note_drop();
alter event trigger veza_check_ddl enable always;
alter event trigger veza_check_drop enable always;
`
