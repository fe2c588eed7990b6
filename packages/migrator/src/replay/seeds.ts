/**
 * The rows that migrations insert, as values that are the same in every database: without ids, times and other columns that the database
 * fills in, and with the row that a foreign key points to in the place of its id.
 */
import { restoreRendering, settleRendering } from '../catalog/rendering.ts'
import type { Catalog, Table } from '../catalog/types.ts'
import type { Client } from '../database/connect.ts'
import { isOwnTable } from '../database/own-tables.ts'
import { sendAll } from '../database/pipeline.ts'
import { textLiteral } from '../sql/literal.ts'
import { quoted } from '../sql/names.ts'
import { type Statement, statement } from '../statement.ts'
import { isFilledIn, keyJson, tableNamed, targetsOf } from './natural-key.ts'

/** A table and its rows as texts that can be compared: objects of JSON. */
export interface Seeds {
  readonly table: string
  readonly rows: readonly string[]
}

/** Of a database that has only what the migrations inserted. Needs an open transaction. */
export async function seedsIn(client: Client, catalog: Catalog): Promise<Seeds[]> {
  const tables = catalog.tables.filter(
    ({ name, partition, kind }) => !isOwnTable(name) && !partition && kind !== 'foreign',
  )
  return rowsOf(
    client,
    tables.map((table) => ({
      table: table.name,
      select: statement(
        `select distinct ${rowText(table, catalog)} as row from public.${quoted(table.name)} t0 order by 1`,
      ),
    })),
  )
}

/** The seeds that another database lacks. `catalog`: that of the migrations, which the other database has. Needs an open transaction. */
export const missingSeeds = (client: Client, seeds: readonly Seeds[], catalog: Catalog): Promise<Seeds[]> =>
  rowsOf(
    client,
    seeds.map(({ table, rows }) => ({ table, select: missing({ table, rows }, catalog) })),
  )

async function rowsOf(
  client: Client,
  asked: readonly { readonly table: string; readonly select: Statement }[],
): Promise<Seeds[]> {
  const sent = [settleRendering, ...asked.map(({ select }) => select), restoreRendering]
  const [, ...answers] = await sendAll(client, sent)
  return asked
    .map(({ table }, index) => ({ table, rows: answers[index]!.rows.map(({ row }) => row as string) }))
    .filter(({ rows }) => rows.length > 0)
}

/** `ignored`: columns that only the other database has. */
export function missing({ table: name, rows }: Seeds, catalog: Catalog, ignored: readonly string[] = []): Statement {
  const table = tableNamed(catalog, name) as Table
  return statement(
    `select row from unnest($1::text[]) wanted (row) except select ${rowText(table, catalog, ignored)} from public.${quoted(name)} t0 order by 1`,
    rows,
  )
}

const rowText = (table: Table, catalog: Catalog, ignored: readonly string[] = []): string =>
  `(${rowJson(table, catalog, { ignored })})::text`

/** As an SQL expression: the row as jsonb. A row that is pointed to is given by its natural key, or as a whole where it has none. */
export function rowJson(
  table: Table,
  catalog: Catalog,
  { depth = 0, ignored = [] }: { readonly depth?: number; readonly ignored?: readonly string[] } = {},
): string {
  const alias = `t${depth}`
  const targets = targetsOf(table, catalog, depth)
  const filledIn = table.columns.filter(isFilledIn).map(({ name }) => name)
  const left = [...filledIn, ...pointersOf(table, catalog), ...ignored].map(textLiteral).join(', ')
  return [...targets].reduce((json, [column, { table: target, column: key, key: natural }]) => {
    const inner = `t${depth + 1}`
    const row = natural ? keyJson(natural, inner) : rowJson(target, catalog, { depth: depth + 1 })
    const query = `(select ${row} from public.${quoted(target.name)} ${inner} where ${inner}.${quoted(key)} = ${alias}.${quoted(column)})`
    return `${json} || jsonb_build_object(${textLiteral(column)}, ${query})`
  }, `to_jsonb(${alias}) - array[${left}]::text[]`)
}

/** Columns that alone are a foreign key: what they hold is an id. */
const pointersOf = ({ constraints }: Table, catalog: Catalog): string[] =>
  constraints.flatMap(({ references, columns }) =>
    references !== null && columns.length === 1 && tableNamed(catalog, references.table) ? columns : [],
  )
