/**
 * Extensions, each with what uses something of it. The body of a function is text for PostgreSQL, so a function that only calls one of an
 * extension is not among the dependents, except where its body is SQL-standard (BEGIN ATOMIC).
 */

/** What depends on a member of an extension and is no member of one itself. OFFSET 0 keeps pg_depend from being read as a whole. */
const dependents = `array(select distinct case when i.type like '% column' then 'column' else i.type end || ' ' || i.identity
      || coalesce(' (' || (select format_type(a.atttypid, a.atttypmod) from pg_attribute a
        where i.type like '% column' and a.attrelid = used.objid and a.attnum = used.objsubid) || ')', '')
    from (select d.classid, d.objid, d.objsubid from pg_depend m cross join lateral (select u.classid, u.objid, u.objsubid from pg_depend u
        where u.refclassid = m.classid and u.refobjid = m.objid and u.deptype in ('n', 'a') offset 0) d
      where m.refclassid = 'pg_catalog.pg_extension'::regclass and m.refobjid = e.oid and m.deptype = 'e') used
    cross join lateral pg_identify_object(used.classid, used.objid, used.objsubid) i
    where i.identity is not null and used.classid not in ('pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass) and not exists (select from pg_depend own
      where own.classid = used.classid and own.objid = used.objid and own.deptype in ('e', 'i')
        and own.refclassid in ('pg_catalog.pg_extension'::regclass, 'pg_catalog.pg_type'::regclass, 'pg_catalog.pg_class'::regclass)))`

export const extensions = `select 'extension' as kind, e.extname::text as name, null as table_schema, null as table_name,
  pg_get_userbyid(e.extowner)::text as owner, 'in schema ' || quote_ident(n.nspname) || ', version ' || e.extversion as definition, null as comment, null as extension,
  ${dependents} as dependents
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
order by e.extname`
