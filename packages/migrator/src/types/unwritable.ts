/**
 * Features of a database that schema.sql cannot describe. They are looked for in a query of their own, so that an unsupported feature stops
 * the generation instead of being left out: a schema.sql that builds another database is worse than none.
 */
import type { Client } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import { statement } from '../statement.ts'

export interface Unwritable {
  readonly oid: number
  readonly kind: string
  readonly name: string
  /** `partitioned`, `collation of column name`. */
  readonly feature: string
}

export const unwritableText = ({ kind, name, feature }: Unwritable): string => `${kind} ${name}: ${feature}`

/** Each row of the lateral list is one feature of a relation; null where the relation does not have it. */
const relations = `select c.oid, case c.relkind when 'S' then 'sequence' else 'table' end as kind, c.relname::text as name, f.feature
from pg_class c cross join lateral (values
  (case when c.relkind = 'p' then 'partitioned' end),
  (case when c.relispartition then 'a partition'
        when exists (select from pg_inherits i where i.inhrelid = c.oid and c.relkind in ('r', 'f')) then 'inherits' end),
  (case when c.relkind = 'f' then 'foreign' end),
  (case when c.relpersistence = 'u' then 'UNLOGGED' end),
  (case when c.reloptions is not null then 'storage parameters' end),
  (case when c.relrowsecurity or exists (select from pg_policy p where p.polrelid = c.oid) then 'row level security' end),
  (case when c.relkind in ('r', 'p') and c.relreplident <> 'd' then 'replica identity' end),
  (case when c.relhasrules then 'rules' end),
  (case when c.relkind = 'S' and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
    and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')) then 'belongs to no column' end)
) f (feature)
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'f', 'S')`

const columns = `select c.oid, 'table', c.relname::text, f.feature
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
cross join lateral (values
  (case when a.attcollation <> t.typcollation then 'collation of column ' || a.attname end)
) f (feature)
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'f')`

/** Serials and identities are written without options, which is right only for sequences that count from 1 by 1. */
const counting = `select c.oid, 'sequence', c.relname::text, 'does not count from 1 by 1'
from pg_sequence s join pg_class c on c.oid = s.seqrelid
where c.relnamespace = 'public'::regnamespace
  and (s.seqstart, s.seqincrement, s.seqmin, s.seqcache, s.seqcycle) <> (1, 1, 1, 1, false)`

const triggers = `select c.oid, 'table', c.relname::text, 'trigger ' || t.tgname || ' is not simply enabled'
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where c.relnamespace = 'public'::regnamespace and not t.tgisinternal and t.tgenabled <> 'O'`

const aggregates = `select p.oid, 'aggregate', p.proname::text, 'an aggregate of its own'
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind = 'a'`

const query = statement(`select * from (
${[relations, columns, counting, triggers, aggregates].join('\nunion all\n')}
) found where feature is not null
  and not exists (select from pg_depend d where d.objid = found.oid and d.deptype = 'e')
order by name, feature`)

/** Sorted by name, then by feature. */
export async function readUnwritable(client: Client): Promise<Unwritable[]> {
  const [answer] = await sendAll(client, [query])
  return answer!.rows.map(({ oid, kind, name, feature }) => ({ oid, kind, name, feature }))
}
