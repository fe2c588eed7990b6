/**
 * ALTER DEFAULT PRIVILEGES: what others may do with objects that a role has yet to make. Without a schema an entry stands in the place of
 * PostgreSQL's own default, so one that gives nobody anything takes EXECUTE or USAGE from PUBLIC.
 */
export const defaultPrivileges = `select 'default privileges' as kind,
  concat(case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'routines' when 'T' then 'types'
      when 'n' then 'schemas' when 'L' then 'large objects' else d.defaclobjtype::text end,
    ' that ', quote_ident(pg_get_userbyid(d.defaclrole)), ' will make', ' in ' || quote_ident(n.nspname)) as name,
  null as table_schema, null as table_name,
  coalesce((select string_agg(g.words, '; ' order by g.words collate "C") from (
    select string_agg(x.privilege_type || case when x.is_grantable then ' WITH GRANT OPTION' else '' end, ', ' order by x.privilege_type)
      || ' to ' || case x.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end as words
    from aclexplode(d.defaclacl) x where x.grantee <> d.defaclrole group by x.grantee) g), '') as definition,
  null as comment, null as extension
from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
order by 2`
