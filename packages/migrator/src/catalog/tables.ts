/** Tables: ordinary, partitioned, foreign. A partition is listed as a table too, with `partition` true. */
import type { QueryResultRow } from 'pg'
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'
import { ownedBy, toOwned } from './grants.ts'
import type { Table } from './types.ts'
import { isWanted, placeOfSchema, schemaOf } from './wanted.ts'

const ofKind = (
  relation: string,
  kinds: string,
): string => `join pg_class c on c.oid = ${relation} and ${isWanted('c.relnamespace')}
  and c.relkind in (${kinds})`

/** A join that keeps only rows of tables that are wanted. `relation`: the column or expression with the table's oid. */
export const ofTable = (relation: string): string => ofKind(relation, `'r', 'p', 'f'`)

/** The same for tables and views: both have triggers and rules, and a materialized view has indexes. */
export const ofTableOrView = (relation: string): string => ofKind(relation, `'r', 'p', 'f', 'v', 'm'`)

export const tables = `select c.oid, c.relname::text as name, ${schemaOf('c.relnamespace')} as schema, c.relkind::text as kind, c.relispartition as partition,
  c.relpersistence::text as persistence, c.relrowsecurity as row_security, c.relforcerowsecurity as forced,
  case c.relreplident when 'd' then 'default' when 'n' then 'nothing' when 'f' then 'full'
    else 'index ' || coalesce((select quote_ident(x.relname) from pg_index i join pg_class x on x.oid = i.indexrelid
      where i.indrelid = c.oid and i.indisreplident), '(dropped)') end as replica_identity,
  case c.relkind when 'p' then (with recursive part as (
      select i.inhrelid as oid from pg_inherits i where i.inhparent = c.oid
      union all select i.inhrelid from part join pg_inherits i on i.inhparent = part.oid)
    select coalesce(sum(greatest(p.reltuples, pg_stat_get_live_tuples(p.oid), 0)), 0)
    from part join pg_class p using (oid) where p.relkind = 'r') else greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0) end::float8 as rows,
  array(select case n.nspname when ($1::text[])[1] then p.relname::text else n.nspname || '.' || p.relname end
    from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_namespace n on n.oid = p.relnamespace
    where i.inhrelid = c.oid order by i.inhseqno) as parents,
  array(select a.attname::text from pg_partitioned_table pt, unnest(pt.partattrs::int2[]) with ordinality k (number, place)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number where pt.partrelid = c.oid order by k.place) as partition_key,
  array(select option from unnest(c.reloptions) option
    union all select 'toast.' || option from pg_class toast, unnest(toast.reloptions) option where toast.oid = c.reltoastrelid
    order by 1) as options,
  ${ownedBy({ owner: 'c.relowner', list: 'c.relacl', kind: 'r', relation: 'c.oid' })},
  ${extensionOf('pg_class', 'c.oid')} as extension, ${commentOn('pg_class', 'c.oid')} as comment
from pg_class c
where ${isWanted('c.relnamespace')} and c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't'
order by ${placeOfSchema('c.relnamespace')}, c.relname`

const KINDS: Readonly<Record<string, Table['kind']>> = { r: 'table', p: 'partitioned', f: 'foreign' }

export type BareTable = Omit<Table, 'columns' | 'constraints' | 'indexes' | 'triggers' | 'policies' | 'rules'>

export function toTable(row: QueryResultRow): BareTable {
  const { oid, name, kind, parents, partition, extension, comment, rows, partition_key: partitionKey } = row
  const { persistence, row_security, forced, replica_identity: replicaIdentity, options } = row
  const facts = {
    persistence: persistence === 'u' ? ('unlogged' as const) : ('permanent' as const),
    rowSecurity: !row_security ? null : forced ? ('forced' as const) : ('enabled' as const),
    replicaIdentity,
    options,
    ...toOwned(row),
  }
  return {
    ...facts,
    oid,
    name,
    kind: KINDS[kind]!,
    parents,
    partition,
    partitionKey,
    extension,
    comment,
    estimatedRows: rows,
  }
}
