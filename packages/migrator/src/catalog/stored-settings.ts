/**
 * Settings that sessions in this database begin with: ALTER DATABASE ... SET, ALTER ROLE ... IN DATABASE ... SET, and ALTER ROLE ... SET of
 * the roles that own or may do something here, or are members of those. Every role may read them.
 *
 * A setting with a point in its name can be anything that a service keeps there, and some keep keys. The same goes for a name that speaks
 * of a secret. Their values stay in the database, so a change of such a value is not seen.
 */

const rolesHere = `with recursive here (role) as (
  select d.refobjid from pg_shdepend d where d.refclassid = 'pg_catalog.pg_authid'::regclass
    and d.dbid = (select oid from pg_database where datname = current_database())
  union select m.member from pg_auth_members m join here on m.roleid = here.role)`

export const storedSettings = `${rolesHere}
select 'setting' as kind, split_part(one, '=', 1) || case when s.setrole = 0 then '' else ' of role ' || quote_ident(pg_get_userbyid(s.setrole))
    || case when s.setdatabase = 0 then '' else ' in this database' end end as name,
  null as table_schema, null as table_name,
  case when split_part(one, '=', 1) ~* '[.]|secret|passw|token|credential|private' then '(value not shown)'
    else substr(one, strpos(one, '=') + 1) end as definition,
  null as comment, null as extension
from pg_db_role_setting s cross join lateral unnest(s.setconfig) one
where s.setdatabase = (select oid from pg_database where datname = current_database())
  or (s.setdatabase = 0 and s.setrole in (select role from here))
order by 2`
