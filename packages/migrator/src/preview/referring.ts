/** Rows of other tables that go with rows that a down deletes, since a foreign key says ON DELETE CASCADE, or lose their reference. */
import type { Client } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import { quoted } from '../sql/names.ts'
import { statement } from '../statement.ts'
import type { Located } from './located.ts'
import type { FoundObject } from './objects.ts'

export interface ReferringRows {
  readonly table: string
  /** What stands behind FROM in the query that counts them. */
  readonly sql: string
}

const foreignKeys = (tables: readonly number[]) =>
  statement(
    `select o.confrelid::int8::float8 as target, o.conrelid::regclass::text as "table",
  array(select a.attname::text from unnest(o.conkey) with ordinality k (number, place) join pg_attribute a
    on a.attrelid = o.conrelid and a.attnum = k.number order by k.place) as columns,
  array(select a.attname::text from unnest(o.confkey) with ordinality k (number, place) join pg_attribute a
    on a.attrelid = o.confrelid and a.attnum = k.number order by k.place) as keys
from pg_constraint o where o.contype = 'f' and o.confdeltype = 'c' and o.conparentid = 0 and o.confrelid = any($1::float8[]::int8[]::oid[]) order by o.conname`,
    tables,
  )

/** One foreign key far: what refers to those rows in its turn is not followed. Needs an open transaction. */
export async function referringRows(
  client: Client,
  located: readonly Located[],
  objects: ReadonlyMap<Located, FoundObject>,
): Promise<ReadonlyMap<Located, readonly ReferringRows[]>> {
  const deletes = located.filter(({ effect }) => effect.type === 'rows' && effect.action === 'delete')
  const tables = deletes.flatMap((one) => objects.get(one)?.object ?? [])
  if (tables.length === 0) return new Map()
  const [answer] = await sendAll(client, [foreignKeys([...new Set(tables)])])
  return new Map(
    deletes.map((one) => [
      one,
      answer!.rows
        .filter(({ target }) => target === objects.get(one)?.object)
        .flatMap(({ table, columns, keys }) => queryFor(one, table, columns, keys)),
    ]),
  )
}

function queryFor(
  { effect, table: target }: Located,
  table: string,
  columns: readonly string[],
  keys: readonly string[],
): ReferringRows[] {
  if (effect.type !== 'rows' || effect.matching === undefined || target === null) return []
  const deleted = `${quoted(target.schema ?? 'public')}.${quoted(target.name)}${effect.matching}`
  const own = columns.map((name) => `veza_child.${quoted(name)}`).join(', ')
  const sql = `${table} veza_child where (${own}) in (select ${keys.map(quoted).join(', ')} from ${deleted})`
  return [{ table, sql }]
}
