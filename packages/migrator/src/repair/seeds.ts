/**
 * The rows that migrations insert, as values that are the same in every database: without ids, times and other columns that the database
 * fills in, and with the row that a foreign key points to in the place of its id.
 */
import type { Catalog, Table } from '../catalog/types.ts'
import type { Client } from '../database/connect.ts'
import { isOwnTable } from '../database/own-tables.ts'
import { sendAll } from '../database/pipeline.ts'
import { textLiteral } from '../sql/literal.ts'
import { quoted } from '../sql/names.ts'
import { type Statement, statement } from '../statement.ts'

/** A table and its rows as texts that can be compared. */
export interface Seeds {
  readonly table: string
  readonly rows: readonly string[]
}

/** Rows of other tables are followed this far; a table may point to itself. */
const DEEPEST = 3

/** Of a database that has only what the migrations inserted. Needs an open transaction. */
export async function seedsIn(client: Client, catalog: Catalog): Promise<Seeds[]> {
  const tables = catalog.tables.filter(
    ({ name, partition, kind }) => !isOwnTable(name) && !partition && kind !== 'foreign',
  )
  const answers = await sendAll(
    client,
    tables.map((table) =>
      statement(`select distinct ${rowText(table, catalog)} as row from ${quoted(table.name)} t0 order by 1`),
    ),
  )
  return tables
    .map(({ name }, index) => ({ table: name, rows: answers[index]!.rows.map(({ row }) => row as string) }))
    .filter(({ rows }) => rows.length > 0)
}

/** The seeds that another database lacks. `catalog`: that of the migrations, which the other database has. Needs an open transaction. */
export async function missingSeeds(client: Client, seeds: readonly Seeds[], catalog: Catalog): Promise<Seeds[]> {
  const answers = await sendAll(
    client,
    seeds.map((one) => missing(one, catalog)),
  )
  return seeds
    .map(({ table }, index) => ({ table, rows: answers[index]!.rows.map(({ row }) => row as string) }))
    .filter(({ rows }) => rows.length > 0)
}

function missing({ table: name, rows }: Seeds, catalog: Catalog): Statement {
  const table = catalog.tables.find((one) => one.name === name) as Table
  return statement(
    `select row from unnest($1::text[]) wanted (row) except select ${rowText(table, catalog)} from public.${quoted(name)} t0 order by 1`,
    rows,
  )
}

const rowText = (table: Table, catalog: Catalog): string => `(${rowJson(table, catalog, 0)})::text`

function rowJson(table: Table, catalog: Catalog, depth: number): string {
  const alias = `t${depth}`
  const pointers = table.constraints.flatMap((one) => {
    const { references, columns } = one
    const target = references && catalog.tables.find(({ name }) => name === references.table)
    return columns.length === 1 && target ? [{ column: columns[0]!, key: references.columns[0]!, target }] : []
  })
  const filledIn = table.columns.filter((column) => isFilledIn(column)).map(({ name }) => name)
  const left = [...filledIn, ...pointers.map(({ column }) => column)].map(textLiteral).join(', ')
  const own = `to_jsonb(${alias}) - array[${left}]::text[]`
  const followed = depth >= DEEPEST ? [] : pointers
  return followed.reduce((json, { column, key, target }) => {
    const inner = `t${depth + 1}`
    const query = `(select ${rowJson(target, catalog, depth + 1)} from public.${quoted(target.name)} ${inner} where ${inner}.${quoted(key)} = ${alias}.${quoted(column)})`
    return `${json} || jsonb_build_object(${textLiteral(column)}, ${query})`
  }, own)
}

/** A constant default gives the same value everywhere; any other may not. */
const CONSTANT = /^(?:'(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false|null)(?:::[\w ."[\]()]+)?$/i

const isFilledIn = ({ default: expression, identity, generated, sequence }: Table['columns'][number]): boolean =>
  identity !== null || generated || sequence !== null || (expression !== null && !CONSTANT.test(expression))
