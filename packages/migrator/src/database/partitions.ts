/**
 * The partitioned tables of public, from the catalogue and the statistics alone: no table is read, and no right on it is needed. To
 * render the bounds of a partition PostgreSQL locks it as a SELECT does, so the question waits for a partition that is locked exclusively.
 * A range of times, of dates or of version 7 UUIDs (whose first 48 bits are Unix milliseconds) has an end in time.
 */
import { type Statement, statement } from '../statement.ts'

export interface Partitioned {
  readonly table: string
  readonly strategy: 'range' | 'list' | 'hash'
  /** Without the default partition. */
  readonly partitions: number
  readonly defaultPartition: {
    readonly name: string
    /** The server's estimate: nobody counted. */
    readonly estimatedRows: number
  } | null
  /** Where the newest range ends. Null if no partition has an end in time. */
  readonly newestEnd: Date | null
  /** A partition without an end (MAXVALUE): it takes whatever comes. */
  readonly isOpenEnded: boolean
}

/**
 * A bound is read from PostgreSQL's own rendering, `FOR VALUES FROM ('...') TO ('...')`, where the table is partitioned by one column of
 * a type that has times. The cast of a text that is no time cannot happen: the server rendered it from a value of that type. `infinity`
 * counts as an open end.
 */
export const partitionedTables: Statement = statement(`select p.relname::text as "table",
  case t.partstrat when 'r' then 'range' when 'l' then 'list' else 'hash' end as strategy,
  (select count(*)::int from pg_catalog.pg_inherits i where i.inhparent = p.oid and i.inhrelid <> t.partdefid) as partitions,
  d.relname::text as default_name,
  case when d.oid is not null then greatest(d.reltuples, pg_stat_get_live_tuples(d.oid), 0)::float8 end as default_rows,
  b.newest_end, coalesce(b.is_open, false) as is_open
from pg_catalog.pg_partitioned_table t join pg_catalog.pg_class p on p.oid = t.partrelid
left join pg_catalog.pg_class d on d.oid = t.partdefid
left join lateral (
  select extract(epoch from max(case
      when k.type in ('timestamptz', 'timestamp', 'date') and e.upper not in ('infinity', '-infinity')
        then case k.type when 'timestamptz' then e.upper::timestamptz else e.upper::timestamp at time zone 'UTC' end
      when k.type = 'uuid'
        then to_timestamp(('x' || left(replace(e.upper, '-', ''), 12))::bit(48)::bigint / 1000.0) end)) * 1000 as newest_end,
    bool_or(e.bound ~ 'TO [(]MAXVALUE' or e.upper = 'infinity') as is_open
  from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
  cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as bound) r
  cross join lateral (select r.bound, substring(r.bound from $$ TO [(]'([^']*)'[)]$$) as upper) e
  cross join lateral (select y.typname::text as type from pg_catalog.pg_attribute a join pg_catalog.pg_type y on y.oid = a.atttypid
    where a.attrelid = p.oid and a.attnum = t.partattrs[0]) k
  where i.inhparent = p.oid and t.partstrat = 'r' and t.partnatts = 1
) b on true
where p.relnamespace = 'public'::regnamespace and not p.relispartition
order by p.relname`)

export const toPartitioned = (row: Record<string, any>): Partitioned => ({
  table: row.table,
  strategy: row.strategy,
  partitions: row.partitions,
  defaultPartition: row.default_name === null ? null : { name: row.default_name, estimatedRows: row.default_rows },
  newestEnd: row.newest_end === null ? null : new Date(Number(row.newest_end)),
  isOpenEnded: row.is_open,
})
