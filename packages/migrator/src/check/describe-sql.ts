/**
 * Functions for the throw-away database that describe an object, in lines that can be compared and read: of a table its columns,
 * constraints, indexes, triggers, policies, comments and rows. Only what a migration touched is described, so that the cost of a
 * replay grows with the migrations and not with their square.
 *
 * Not described, since no `down` can bring it back: the order of columns, object ids, the state of sequences. Rows are compared by the
 * columns whose value a migration gives: not by ids, times and other columns with a computed default, nor by foreign keys to such ids.
 *
 * Only the functions that are called from outside have SETTINGS: applying them costs more than most of the inner functions do.
 */
import { SETTINGS } from './recorder-sql.ts'

/** More rows than this are compared by count and hash. */
const ROWS_SHOWN = 200

export const installDescribe = `
create function veza_check.root_of(class oid, object oid, out root_class oid, out root oid) language plpgsql stable as $$
begin
  root_class := class;
  root := object;
  case class
    when 'pg_class'::regclass then
      -- The relation that holds the attributes of a composite type is the type's.
      select case c.relkind when 'c' then 'pg_type'::regclass else 'pg_class'::regclass end,
        coalesce(i.indrelid, d.refobjid, case c.relkind when 'c' then c.reltype else c.oid end) into root_class, root from pg_class c
        left join pg_index i on i.indexrelid = c.oid
        left join pg_depend d on c.relkind = 'S' and d.classid = 'pg_class'::regclass and d.objid = c.oid
          and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        where c.oid = object;
    when 'pg_constraint'::regclass then
      select case when conrelid <> 0 then 'pg_class'::regclass else 'pg_type'::regclass end, greatest(conrelid, contypid)
        into root_class, root from pg_constraint where oid = object;
    when 'pg_trigger'::regclass then
      select 'pg_class'::regclass, tgrelid into root_class, root from pg_trigger where oid = object;
    when 'pg_policy'::regclass then
      select 'pg_class'::regclass, polrelid into root_class, root from pg_policy where oid = object;
    when 'pg_rewrite'::regclass then
      select 'pg_class'::regclass, ev_class into root_class, root from pg_rewrite where oid = object;
    when 'pg_attrdef'::regclass then
      select 'pg_class'::regclass, adrelid into root_class, root from pg_attrdef where oid = object;
    when 'pg_type'::regclass then
      select case when c.relkind <> 'c' then 'pg_class'::regclass else 'pg_type'::regclass end,
        case when c.relkind <> 'c' then c.oid when t.typelem <> 0 and t.typcategory = 'A' then t.typelem else t.oid end
        into root_class, root from pg_type t left join pg_class c on c.oid = t.typrelid where t.oid = object;
    else null;
  end case;
  -- What an extension brought belongs to whoever created the extension.
  select coalesce(max(d.refclassid), root_class), coalesce(max(d.refobjid), root) into root_class, root from pg_depend d
    where d.classid = root_class and d.objid = root and d.objsubid = 0 and d.deptype = 'e';
end $$;

-- Nothing where everybody may do what everybody may anyway: a REVOKE leaves that written down, where before the GRANT nothing was.
create function veza_check.access(acl aclitem[], standard aclitem[]) returns text language sql immutable strict as $$
  select 'access ' || nullif(
    (select string_agg(a::text, ', ' order by a::text) from unnest(acl) a),
    (select string_agg(a::text, ', ' order by a::text) from unnest(standard) a))
$$;

create function veza_check.rows_of(rel regclass) returns setof text language plpgsql stable as $$
declare
  listed text;
  count bigint;
begin
  execute format('select count(*) from only %s', rel) into count;
  if count = 0 then return; end if;
  select string_agg(format('%I', a.attname), ', ' order by a.attname) into listed
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = rel and a.attnum > 0 and not a.attisdropped and a.attidentity = ''
    and (a.attgenerated <> '' or coalesce(pg_get_expr(d.adbin, d.adrelid), '') !~ '[(]|CURRENT_|LOCALTIME')
    and not exists (select from pg_constraint f where f.conrelid = rel and f.contype = 'f' and a.attnum = any (f.conkey));
  if listed is null then
    return next format('%s rows', count);
  elsif count <= ${ROWS_SHOWN} then
    return query execute format('select ''row '' || (r)::text from (select %s from only %s) r', listed, rel);
  else
    return query execute format('select ''%s rows, '' || md5(string_agg((r)::text, '','' order by (r)::text))
      from (select %s from only %s) r', count, listed, rel);
  end if;
end $$;

create function veza_check.describe_relation(rel oid) returns setof text language plpgsql stable as $$
declare
  c pg_class;
begin
  select * into c from pg_class where oid = rel;
  return next concat_ws(' ', case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
      when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table' else c.relkind::text end,
    case c.relpersistence when 'u' then 'unlogged' end, case when c.relrowsecurity then 'row level security' end,
    case when c.relforcerowsecurity then 'forced' end, 'options ' || c.reloptions::text,
    case when c.relowner <> (select datdba from pg_database where datname = current_database()) then 'owner ' || pg_get_userbyid(c.relowner) end, veza_check.access(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)),
    case when c.relreplident <> 'd' then 'replica identity ' || c.relreplident::text end, pg_get_partkeydef(rel),
    case when c.relispartition then pg_get_expr(c.relpartbound, rel) end,
    (select 'inherits ' || string_agg(inhparent::regclass::text, ', ' order by inhseqno) from pg_inherits where inhrelid = rel),
    case when c.relkind = 'S' then (select format('%s start %s increment %s min %s max %s cache %s cycle %s', seqtypid::regtype,
      seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle) from pg_sequence where seqrelid = rel) end,
    case when c.relkind in ('v', 'm') then pg_get_viewdef(rel) end);
  return query select 'comment ' || description from pg_description
    where objoid = rel and classoid = 'pg_class'::regclass and objsubid = 0;
  if c.relkind = 'S' then return; end if;
  return query select concat_ws(' ', 'column', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
      case when a.attgenerated <> '' then 'generated' end || ' ' || a.attgenerated::text,
      'default ' || pg_get_expr(d.adbin, d.adrelid), case when a.attidentity <> '' then 'identity ' || a.attidentity::text end,
      case when a.attcollation not in (0, t.typcollation) then 'collate ' || a.attcollation::regcollation::text end,
      veza_check.access(a.attacl, '{}'), 'options ' || a.attoptions::text,
      case when a.attstorage <> t.typstorage then 'storage ' || a.attstorage::text end, 'statistics ' || nullif(a.attstattarget, -1),
      'compression ' || nullif(to_jsonb(a) ->> 'attcompression', ''), 'comment ' || col_description(rel, a.attnum))
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = rel and a.attnum > 0 and not a.attisdropped;
  return query select concat_ws(' ', 'constraint', conname, pg_get_constraintdef(oid), 'comment ' || obj_description(oid, 'pg_constraint'))
    from pg_constraint where conrelid = rel and contype <> 'n';
  return query select concat_ws(' ', 'index', pg_get_indexdef(indexrelid), case when not indisvalid then 'INVALID' end,
      'comment ' || obj_description(indexrelid, 'pg_class'))
    from pg_index where indrelid = rel;
  return query select concat_ws(' ', 'trigger', pg_get_triggerdef(oid), case when tgenabled <> 'O' then 'enabled ' || tgenabled::text end,
      'comment ' || obj_description(oid, 'pg_trigger'))
    from pg_trigger where tgrelid = rel and not tgisinternal and tgname <> 'veza_check_rows';
  return query select concat_ws(' ', 'policy', polname, polcmd, polpermissive, polroles::regrole[]::text, pg_get_expr(polqual, rel),
    pg_get_expr(polwithcheck, rel), 'comment ' || obj_description(oid, 'pg_policy')) from pg_policy where polrelid = rel;
  return query select concat_ws(' ', 'rule', pg_get_ruledef(oid), 'comment ' || obj_description(oid, 'pg_rewrite')) from pg_rewrite where ev_class = rel and rulename <> '_RETURN';
  if c.relkind in ('r', 'p') then return query select veza_check.rows_of(rel); end if;
end $$;

create function veza_check.describe(class oid, object oid) returns setof text language plpgsql stable as $$
begin
  case class
    when 'pg_class'::regclass then
      return query select veza_check.describe_relation(object);
    when 'pg_proc'::regclass then
      return query select concat_ws(' ', case when prokind <> 'a' then pg_get_functiondef(oid) else 'aggregate' end, veza_check.access(proacl, acldefault('f', proowner)))
        from pg_proc where oid = object;
    when 'pg_type'::regclass then
      return query select concat_ws(' ', 'type', typtype, format_type(typbasetype, typtypmod), case when typnotnull then 'not null' end,
        typdefault) from pg_type where oid = object;
      return query select 'label ' || row_number() over (order by enumsortorder) || ' ' || enumlabel from pg_enum where enumtypid = object;
      return query select concat_ws(' ', 'constraint', conname, pg_get_constraintdef(oid)) from pg_constraint where contypid = object;
      return query select concat_ws(' ', 'attribute', a.attname, format_type(a.atttypid, a.atttypmod)) from pg_attribute a
        join pg_type t on t.typrelid = a.attrelid where t.oid = object and a.attnum > 0 and not a.attisdropped;
    when 'pg_extension'::regclass then
      return query select concat_ws(' ', 'extension', extname, extversion, extnamespace::regnamespace) from pg_extension where oid = object;
    else
      return query select i.type || ' ' || i.identity from pg_identify_object(class, object, 0) i;
  end case;
  if class <> 'pg_class'::regclass then
    return query select 'comment ' || description from pg_description where objoid = object and classoid = class and objsubid = 0;
  end if;
end $$;

-- Roots that a root refers to: by foreign key, view, default, trigger, expression, type, or the parsed body of a function.
create function veza_check.references_of(of_class oid, of_object oid) returns setof text language plpgsql stable as $$
begin
  return query
  with member (class, object) as (
    select of_class, of_object
    union all select 'pg_attrdef'::regclass, d.oid from pg_attrdef d where of_class = 'pg_class'::regclass and d.adrelid = of_object
    union all select 'pg_constraint'::regclass, c.oid from pg_constraint c where of_class = 'pg_class'::regclass and c.conrelid = of_object
    union all select 'pg_constraint'::regclass, c.oid from pg_constraint c where of_class = 'pg_type'::regclass and c.contypid = of_object
    union all select 'pg_class'::regclass, i.indexrelid from pg_index i where of_class = 'pg_class'::regclass and i.indrelid = of_object
    union all select 'pg_rewrite'::regclass, r.oid from pg_rewrite r where of_class = 'pg_class'::regclass and r.ev_class = of_object
    union all select 'pg_policy'::regclass, p.oid from pg_policy p where of_class = 'pg_class'::regclass and p.polrelid = of_object
    union all select 'pg_trigger'::regclass, t.oid from pg_trigger t
      where of_class = 'pg_class'::regclass and t.tgrelid = of_object and not t.tgisinternal and t.tgname <> 'veza_check_rows'
    union all select 'pg_class'::regclass, t.typrelid from pg_type t where of_class = 'pg_type'::regclass and t.oid = of_object and t.typrelid <> 0
  ), referred as materialized (
    -- OFFSET keeps the planner from turning the join round and reading all of pg_depend first.
    select distinct d.refclassid, d.refobjid from member m
    cross join lateral (select * from pg_depend p where p.classid = m.class and p.objid = m.object offset 0) d
    where d.deptype in ('n', 'a', 'i') and d.refobjid >= 16384 and d.refobjid <> of_object and d.refclassid <> 'pg_namespace'::regclass
  )
  select distinct r.root_class || ':' || r.root
  from referred d cross join lateral veza_check.root_of(d.refclassid, d.refobjid) r
  where (r.root_class, r.root) <> (of_class, of_object);
end $$;

create function veza_check.objects(keys text[]) returns json language sql stable ${SETTINGS} as $$
  select coalesce(json_agg(json_build_object('key', key, 'kind', i.type, 'name', i.identity,
    'lines', array(select l from veza_check.describe(class, object) l order by l collate "C"),
    'references', array(select veza_check.references_of(class, object)),
    'body', (select p.prosrc from pg_proc p where class = 'pg_proc'::regclass and p.oid = object and p.prosqlbody is null))), '[]')
  from (select key, split_part(key, ':', 1)::oid, split_part(key, ':', 2)::oid from unnest(keys) key) k (key, class, object)
  cross join lateral pg_identify_object(class, object, 0) i
  where i.identity is not null
$$;

-- What the migration under way has touched, and what that is now.
create function veza_check.report() returns json language plpgsql stable ${SETTINGS} as $$
declare
  events json;
  touched text[];
begin
  select coalesce(json_agg(json_build_object('step', step, 'statement', statement, 'action', action, 'tag', tag, 'kind', kind,
      'identity', identity, 'schema', schema_name, 'key', class || ':' || object, 'root', root_class || ':' || root) order by id), '[]'),
    coalesce(array_agg(distinct root_class || ':' || root), '{}')
    into events, touched from veza_check.events;
  -- A sequence that was given to a column after it was made belongs to the table now.
  select coalesce(array_agg(distinct r.root_class || ':' || r.root), '{}') into touched
    from unnest(touched) key cross join lateral veza_check.root_of(split_part(key, ':', 1)::oid, split_part(key, ':', 2)::oid) r;
  return json_build_object('events', events, 'objects', veza_check.objects(touched));
end $$;
`
