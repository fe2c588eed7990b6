/**
 * Rights → one query that compares them with a database and returns the statements that are missing, in the order in which they can run.
 * The printed script runs what it returns and `grants --check` shows it, so the two cannot disagree. It reads only catalogues that every
 * role may read. Objects that are not there yet, and roles that are not in the list, are left alone.
 */

import { ownTablesSql } from '../database/own-tables.ts'
import { HISTORY_PRIVILEGE, PLACES, PRIVILEGES } from '../rights/privileges.ts'
import { textLiteral } from '../sql/literal.ts'
import type { Rights } from './rights.ts'

/** A named list of rows as a part of WITH. */
function list(name: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = `${name} (${columns.join(', ')})`
  if (rows.length === 0) return `${head} as (select ${columns.map(() => "''").join(', ')} where false)`
  return `${head} as (values\n${rows.map((row) => `  (${row.map(textLiteral).join(', ')})`).join(',\n')})`
}

const privileges = Object.entries(PRIVILEGES).flatMap(([kind, { reads, writes }]) => [
  ...reads.map((privilege) => [kind, 'reads', privilege]),
  ...writes.map((privilege) => [kind, 'writes', privilege]),
])

/** The first step that changes the objects themselves, for which one has to be their owner. */
export const FROM_OBJECTS_ON = 6

/** Columns of the result: `step` orders the statements; `verdict` is `missing` or `too much`; `sql` is one statement. */
export function changesSql({ roles, memberships, domains, objects, migrator, monitor }: Rights): string {
  const rolesOf = new Map(domains.map(({ domain, reads, writes }) => [domain, { reads, writes }]))
  return `with
${list(
  'roles',
  ['role', 'login'],
  roles.map(({ name, canLogin }) => [name, canLogin ? 'LOGIN' : 'NOLOGIN']),
)},
${list(
  'memberships',
  ['member', 'role'],
  memberships.map(({ member, role }) => [member, role]),
)},
${list(
  'objects',
  ['reads', 'writes', 'kind', 'name'],
  objects.map(({ domain, kind, name }) => [rolesOf.get(domain)!.reads, rolesOf.get(domain)!.writes, kind, name]),
)},
${list('migrator', ['role'], [[migrator]])},
${list('privileges', ['kind', 'who', 'privilege'], privileges)},
${list('history_readers', ['role'], [[monitor], ...domains.map(({ reads }) => [reads])])},
${RULES}`
}

const RULES = `here as (
  select d.datname, d.datdba, d.datacl, n.nspowner, n.nspacl from pg_database d, pg_namespace n
  where d.datname = current_database() and n.nspname = 'public'
),
-- What is there of the objects. \`class\` is the letter of acldefault().
things as (
  select o.reads, o.writes, c.relowner as owner, format('public.%I', c.relname) as name, c.relacl as acl, c.oid,
    case when c.relkind = 'S' then 's' else 'r' end as class,
    case c.relkind when 'S' then 'SEQUENCE' when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' when 'f' then 'FOREIGN TABLE' else 'TABLE' end as kind,
    case when c.relkind = 'S' then 'SEQUENCE' else 'TABLE' end as granted_on,
    -- A sequence of a column follows its table.
    exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
      and d.refclassid = 'pg_class'::regclass and c.relkind = 'S') as follows
  from objects o join pg_class c on c.relname = o.name and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')
  where o.kind = 'relation'
  union all
  select null, null, c.relowner, format('public.%I', c.relname), c.relacl, c.oid, 'r', 'HISTORY', 'TABLE', false
  from pg_class c where c.relname in (${ownTablesSql}) and c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  union all
  select o.reads, o.writes, p.proowner, format('public.%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), p.proacl, p.oid, 'f',
    case when p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype) then 'TRIGGER FUNCTION'
      when p.prosecdef then 'SECURITY DEFINER' else 'ROUTINE' end, 'ROUTINE', false
  from objects o join pg_proc p on p.proname || '(' || oidvectortypes(p.proargtypes) || ')' = o.name and p.pronamespace = 'public'::regnamespace
  where o.kind = 'routine'
  union all
  -- Partitions are reached through their table, but who alters it has to own them.
  select null, null, c.relowner, format('public.%I', c.relname), null, c.oid, 'r', case when c.relkind = 'f' then 'FOREIGN TABLE' else 'TABLE' end, null, false
  from objects o join pg_class p on p.relname = o.name and p.relnamespace = 'public'::regnamespace and p.relkind = 'p'
  cross join lateral pg_partition_tree(p.oid) x join pg_class c on c.oid = x.relid and c.oid <> p.oid and c.relnamespace = 'public'::regnamespace
  where o.kind = 'relation'
  union all
  select o.reads, o.writes, t.typowner, format('public.%I', t.typname), t.typacl, t.oid, 'T', 'TYPE', null, false
  from objects o join pg_type t on t.typname = o.name and t.typnamespace = 'public'::regnamespace
  where o.kind = 'type'
),
-- Who should have which privilege.
wanted (class, name, granted_on, role, privilege) as (
  select t.class, t.name, t.granted_on, case p.who when 'reads' then t.reads else t.writes end, p.privilege
  from things t join privileges p on p.kind = t.kind where t.granted_on is not null
  union all
  select t.class, t.name, t.granted_on, r.role, '${HISTORY_PRIVILEGE}' from things t, history_readers r where t.kind = 'HISTORY'
  union all
  select 'n', 'public', 'SCHEMA', r.role, '${PLACES.schema.everyRole}' from roles r
  union all
  select 'n', 'public', 'SCHEMA', m.role, '${PLACES.schema.migrator}' from migrator m
  union all
  select 'd', quote_ident(h.datname), 'DATABASE', r.role, '${PLACES.database.everyRole}' from here h, roles r
  union all
  select 'd', quote_ident(h.datname), 'DATABASE', m.role, '${PLACES.database.migrator}' from here h, migrator m
),
-- Who has which privilege, of the roles in the list and of everybody (PUBLIC), but for what an owner has as such.
grantees as (
  select a.oid, r.role from roles r join pg_roles a on a.rolname = r.role
  union all
  select 0, null
),
present as (
  select t.class, t.name, t.granted_on, g.role, x.privilege_type as privilege, null as column_name, x.is_grantable
  from (select class, name, granted_on, acl, owner from things where granted_on is not null
    union all select 'n', 'public', 'SCHEMA', nspacl, nspowner from here
    union all select 'd', quote_ident(datname), 'DATABASE', datacl, datdba from here) t
  cross join lateral aclexplode(coalesce(t.acl, acldefault(t.class::"char", t.owner))) x
  join grantees g on g.oid = x.grantee
  where x.grantee <> t.owner and (g.role is null or g.role not in (select role from migrator) or t.class in ('n', 'd'))
  union all
  select t.class, t.name, t.granted_on, g.role, x.privilege_type, a.attname::text, x.is_grantable
  from things t join pg_attribute a on a.attrelid = t.oid and t.class = 'r'
  cross join lateral aclexplode(a.attacl) x
  join grantees g on g.oid = x.grantee
  where x.grantee <> t.owner
),
-- Sets are compared as sets: a join of two lists whose lengths the planner cannot know may take minutes for thousands of tables.
lacking as (
  select class, name, granted_on, role, privilege from wanted
  except
  select class, name, granted_on, role, privilege from present where column_name is null
),
superfluous as (
  select 'REVOKE' as how, e.* from (
    select class, name, granted_on, role, privilege, column_name from present
    except
    select class, name, granted_on, role, privilege, null from wanted) e
  union all
  select 'REVOKE GRANT OPTION FOR', g.* from (
    select class, name, granted_on, role, privilege, column_name from present where is_grantable
    intersect
    select class, name, granted_on, role, privilege, null from wanted) g
),
changes (step, verdict, sql) as (
  select 1, 'missing', format('CREATE ROLE %I %s INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', r.role, r.login)
  from roles r where not exists (select from pg_roles a where a.rolname = r.role)
  union all
  select 2, 'too much', format('ALTER ROLE %I INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', r.role)
  from roles r join pg_roles a on a.rolname = r.role
  where not a.rolinherit or a.rolsuper or a.rolcreatedb or a.rolcreaterole or a.rolreplication or a.rolbypassrls
  union all
  -- Since PostgreSQL 16 a membership can be one that inherits nothing.
  select 3, 'missing', format('GRANT %I TO %I', m.role, m.member) from memberships m
  where not exists (select from pg_auth_members x join pg_roles r on r.oid = x.roleid join pg_roles g on g.oid = x.member
    where r.rolname = m.role and g.rolname = m.member and coalesce((to_jsonb(x) ->> 'inherit_option')::boolean, true))
  union all
  select 4, 'too much', format('REVOKE %I FROM %I', r.rolname, g.rolname)
  from pg_auth_members x join pg_roles r on r.oid = x.roleid join pg_roles g on g.oid = x.member
  where g.rolname in (select role from roles)
    and not exists (select from memberships m where m.role = r.rolname and m.member = g.rolname)
    -- Memberships in roles that others have made are for them to decide: a cloud's login is one. But who is a superuser's member, or may
    -- read, write or run everything, needs no other right. What only looks at statistics and ends sessions is left.
    and (r.rolname in (select role from roles) or r.rolsuper or (starts_with(r.rolname::text, 'pg_') and r.rolname not in
      ('pg_monitor', 'pg_read_all_settings', 'pg_read_all_stats', 'pg_stat_scan_tables', 'pg_signal_backend', 'pg_checkpoint',
       'pg_use_reserved_connections')))
  union all
  select case when w.class in ('d', 'n') then 5 else 8 end, 'missing',
    format('GRANT %s ON %s %s TO %I', string_agg(w.privilege, ', ' order by w.privilege), w.granted_on, w.name, w.role)
  from lacking w
  where not exists (select from here h join pg_roles o on o.oid = case w.class when 'd' then h.datdba when 'n' then h.nspowner end where o.rolname = w.role)
  group by w.class, w.granted_on, w.name, w.role
  union all
  select 6, 'missing', format('ALTER %s %s OWNER TO %I',
    case t.kind when 'HISTORY' then 'TABLE' when 'TRIGGER FUNCTION' then 'ROUTINE' when 'SECURITY DEFINER' then 'ROUTINE' else t.kind end, t.name, m.role)
  from things t cross join migrator m join pg_roles o on o.oid = t.owner where o.rolname <> m.role and not t.follows
  union all
  -- Otherwise everybody could call a function from the moment a migration makes it.
  select 7, 'too much', format('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE EXECUTE ON ROUTINES FROM PUBLIC', m.role) from migrator m
  where not exists (select from pg_default_acl d join pg_roles r on r.oid = d.defaclrole
    where r.rolname = m.role and d.defaclobjtype = 'f' and d.defaclnamespace = 0
      and not exists (select from aclexplode(d.defaclacl) x where x.grantee = 0))
  union all
  select 9, 'too much', format('%s %s ON %s %s FROM %s', p.how,
    string_agg(p.privilege || coalesce(' (' || quote_ident(p.column_name) || ')', ''), ', ' order by p.privilege, p.column_name),
    p.granted_on, p.name, coalesce(quote_ident(p.role), 'PUBLIC'))
  from superfluous p
  -- What everybody may do in this database is not only for the domains to decide, but nobody makes objects in public.
  where p.role is not null or p.class not in ('n', 'd') or (p.class = 'n' and p.privilege = 'CREATE')
  group by p.how, p.class, p.granted_on, p.name, p.role
)
select step, verdict, sql from changes order by step, sql`
