/**
 * PostgreSQL tells an event trigger that a GRANT or REVOKE ran, but not on which object. So the recorder keeps the access rights of all
 * objects. After each GRANT or REVOKE it compares them with the catalogue rows that this transaction wrote (`age(xmin) <= 0`, which
 * includes rows written in a savepoint).
 */
import { SETTINGS } from './recorder-sql.ts'

export const installAccess = `
create table veza_check.access (class oid, object oid, sub integer, acl aclitem[], primary key (class, object, sub));

-- The only function that reads catalogues whole: rows have no index by who wrote them.
create function veza_check.note_grants(tag text) returns void language plpgsql ${SETTINGS} set enable_seqscan = on as $$
begin
  with written (class, object, sub, acl) as materialized (
    select 'pg_class'::regclass::oid, oid, 0, relacl from pg_class where age(xmin) <= 0
    union all select 'pg_class'::regclass, attrelid, attnum, attacl from pg_attribute where age(xmin) <= 0
    union all select 'pg_proc'::regclass, oid, 0, proacl from pg_proc where age(xmin) <= 0
  ), changed as (
    select w.* from written w left join veza_check.access a using (class, object, sub) where w.acl is distinct from a.acl
  ), kept as (
    insert into veza_check.access select * from changed on conflict (class, object, sub) do update set acl = excluded.acl
  )
  insert into veza_check.events (step, statement, action, tag, kind, identity, schema_name, class, object, root_class, root)
  select current_setting('veza_check.step'), veza_check.statement(), 'alter', tag, i.type, i.identity, i.schema, c.class, c.object,
    r.root_class, r.root
  from (select distinct class, object from changed) c
  cross join lateral pg_identify_object(c.class, c.object, 0) i
  cross join lateral veza_check.root_of(c.class, c.object) r
  where i.schema is distinct from 'pg_temp';
end $$;
`
