/** Publications: what logical replication sends to subscribers. */
import { commentOn } from './comment.ts'
import { unlessPassedOver } from './passed-over.ts'

/** Columns and rows can be chosen since version 15, and so can all tables of a schema. */
const chosen = `concat(
      ' (' || (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
        where a.attrelid = r.prrelid and a.attnum = any (r.prattrs::int2[])) || ')',
      ' WHERE (' || ${unlessPassedOver('r.prrelid', 'pg_get_expr(r.prqual, r.prrelid)')} || ')')`

const schemas = `(select string_agg('TABLES IN SCHEMA ' || quote_ident(n.nspname), ', ' order by n.nspname)
    from pg_publication_namespace m join pg_namespace n on n.oid = m.pnnspid where m.pnpubid = p.oid)`

export const publications = (
  major: number,
): string => `select 'publication' as kind, p.pubname::text as name, null as table_schema, null as table_name,
  concat('FOR ', case when p.puballtables then 'ALL TABLES' else coalesce(nullif(concat_ws(', ',
    (select string_agg('TABLE ' || r.prrelid::regclass::text${major < 15 ? '' : ` || ${chosen}`}, ', ' order by r.prrelid::regclass::text)
      from pg_publication_rel r where r.prpubid = p.oid)${major < 15 ? '' : `, ${schemas}`}), ''), 'no table') end,
    ' (' || concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
      case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end) || ')',
    case when (to_jsonb(p) ->> 'pubviaroot')::boolean then ', partitions as their root' end,
    ', generated columns: ' || case to_jsonb(p) ->> 'pubgencols' when 's' then 'stored' when 'true' then 'stored' end) as definition,
  ${commentOn('pg_publication', 'p.oid')} as comment, null as extension
from pg_publication p
order by p.pubname`
