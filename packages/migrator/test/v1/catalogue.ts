/** What the catalogue says of every table in one schema, in PostgreSQL's own words. */
import type { Client } from 'pg'

export interface CatalogueTable {
  readonly comment: string | null
  readonly columns: readonly CatalogueColumn[]
  readonly constraints: readonly CatalogueConstraint[]
  readonly indexes: readonly CatalogueIndex[]
  /** Definitions of the triggers that are not PostgreSQL's own. */
  readonly triggers: readonly string[]
}

interface CatalogueColumn {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  readonly default: string | null
  readonly comment: string | null
}

interface CatalogueConstraint {
  readonly name: string
  readonly kind: 'primary key' | 'unique' | 'foreign key' | 'check' | 'other'
  readonly columns: readonly string[]
  /** Of a foreign key without its target, which is in `references`. */
  readonly definition: string
  readonly references: string | null
  readonly onDelete: string | null
}

/** An index that no constraint brought along. */
interface CatalogueIndex {
  readonly name: string
  readonly unique: boolean
  readonly definition: string
  /** Its first column; null for an expression. */
  readonly first: string | null
  readonly where: string | null
}

// NOT NULL is listed as a constraint from PostgreSQL 18 on, under a name of PostgreSQL's own: the columns tell it for every version.
const TABLES = `
select class.relname as table, obj_description(class.oid, 'pg_class') as comment,
  (select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod), 'notNull', attnotnull,
      'default', pg_get_expr(adbin, adrelid), 'comment', col_description(attrelid, attnum)) order by attnum)
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attrelid = class.oid and attnum > 0 and not attisdropped) as columns,
  (select coalesce(json_agg(json_build_object('name', conname,
      'kind', case contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key' when 'c' then 'check' else 'other' end,
      'columns', (select json_agg(attname order by place) from unnest(conkey) with ordinality as keys (number, place)
        join pg_attribute on attrelid = conrelid and attnum = number),
      'definition', case when contype = 'f' then '' else pg_get_constraintdef(con.oid) end,
      'references', (select relname from pg_class where oid = confrelid),
      'onDelete', case when contype = 'f' then
        case confdeltype when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'r' then 'RESTRICT' when 'd' then 'SET DEFAULT' else 'NO ACTION' end end)
      order by conname), '[]')
    from pg_constraint as con where conrelid = class.oid and contype not in ('n', 't')) as constraints,
  (select coalesce(json_agg(json_build_object('name', relname, 'unique', indisunique,
      'definition', regexp_replace(pg_get_indexdef(indexrelid), ' ON \\w+\\.', ' ON '),
      'first', (select attname from pg_attribute where attrelid = indrelid and attnum = indkey[0]),
      'where', pg_get_expr(indpred, indrelid)) order by relname), '[]')
    from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid = class.oid and not exists (select from pg_constraint where conindid = indexrelid and conrelid = indrelid)) as indexes,
  (select coalesce(json_agg(pg_get_triggerdef(oid, true) order by tgname), '[]')
    from pg_trigger where tgrelid = class.oid and not tgisinternal) as triggers
from pg_class as class join pg_namespace as namespace on namespace.oid = relnamespace
where relkind in ('r', 'p') and nspname = $1`

export async function readCatalogue(client: Client, schema: string): Promise<Map<string, CatalogueTable>> {
  const { rows } = await client.query(TABLES, [schema])
  return new Map(rows.map(({ table, ...rest }) => [table, rest]))
}

/** The schema of this session's temporary tables. */
export async function temporarySchema(client: Client): Promise<string> {
  const { rows } = await client.query('select nspname from pg_namespace where oid = pg_my_temp_schema()')
  return rows[0].nspname
}
