/**
 * What the generated types say is what node-postgres returns: of every table there is, a row with every column filled, each value held
 * against the type that stands in `tables.generated.ts`. And a closed list is what PostgreSQL takes, neither more nor less. Nothing here
 * names a table: a new one is covered the day it exists.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { PostgresDialect as CodegenDialect, type IdentifierNode } from 'kysely-codegen'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HISTORY_TABLE } from '../../src/database/history.ts'
import { HELPER_TYPES } from '../../src/types/typed-tables.ts'
import { discover } from '../../src/workspace/discover.ts'
import { REPOSITORY } from '../fixture-workspace.ts'
import { isOfType, LITERALS, literalOf } from './driver-samples.ts'
import { type TypedColumn, typedColumns } from './typed-columns.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase({ migrated: true })
})
afterAll(() => database?.drop())

const tables = discover(REPOSITORY).flatMap(({ folder }) =>
  typedColumns(readFileSync(join(folder, 'src/tables.generated.ts'), 'utf8')),
)
const lists = tables.flatMap(([table, columns]) =>
  columns.flatMap(({ name, list }) => (list === undefined ? [] : [{ table, column: name, list }])),
)

const query = async (text: string, values: readonly unknown[] = []): Promise<any[]> =>
  (await database.client.query(text, [...values])).rows
const name = pg.escapeIdentifier
const inPublic = (table: string): string => `public.${name(table)}`

interface Column {
  readonly name: string
  /** pg_type.typname, of a domain that of its base. */
  readonly type: string
  readonly sqlType: string
  readonly required: boolean
  readonly filled: boolean
}

const columnsOf = (table: string): Promise<Column[]> =>
  query(
    `select attname as name, coalesce(base.typname, own.typname) as type, format_type(atttypid, atttypmod) as "sqlType",
      attnotnull as required, atthasdef or attidentity <> '' as filled
    from pg_attribute join pg_type own on own.oid = atttypid left join pg_type base on base.oid = nullif(own.typbasetype, 0)
    where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [inPublic(table)],
  )

test('the types know every table and view that is no partition, and none beside', async () => {
  const rows = await query(
    `select relname as table from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
      and not relispartition and relname <> $1`,
    [HISTORY_TABLE],
  )
  expect(tables.map(([table]) => table).sort()).toEqual(rows.map(({ table }) => table).sort())
  expect(tables.map(([table]) => table)).toContain('users')
})

test.each(tables)('%s has the columns of its types, and takes null exactly where they say so', async (table, typed) => {
  const columns = await columnsOf(table)
  expect(typed.map((column) => ({ name: column.name, required: !column.nullable, filled: column.generated }))).toEqual(
    columns.map((column) => ({ name: column.name, required: column.required, filled: column.filled })),
  )
})

/** Of a closed list each value in turn. */
function literals(column: TypedColumn, { type }: Column): readonly (string | undefined)[] {
  return column.list?.map(String) ?? [literalOf(type)]
}

test.each(tables)('every column of %s is read as its type says', async (table, typed) => {
  const columns = await columnsOf(table)
  const values = typed.map((column, at) => literals(column, columns[at]!))
  const rows = Math.max(...values.map(({ length }) => length))
  // The columns alone, without the table's conditions: that these are kept is another matter.
  await query(`create temporary table read_back as select * from ${inPublic(table)} with no data`)
  try {
    for (let row = 0; row < rows; row++) {
      const filled = values.flatMap((of, at) => {
        const literal = of[row % of.length]
        return literal === undefined ? [] : [{ name: columns[at]!.name, literal }]
      })
      const [read] = await query(
        `insert into read_back (${filled.map((one) => name(one.name)).join(', ')})
        values (${filled.map((_, at) => `$${at + 1}`).join(', ')}) returning *`,
        filled.map(({ literal }) => literal),
      )
      for (const column of typed.filter((one) => filled.some((other) => other.name === one.name))) {
        const value = read[column.name]
        const fits = column.list === undefined ? isOfType(value, column.type) : column.list.includes(value)
        expect(fits, `${table}.${column.name}: ${column.type} is read as ${JSON.stringify(value)}`).toBe(true)
      }
    }
  } finally {
    await query('drop table read_back')
  }
})

const REFUSED = ['23514', '22P02', '22001']

test.each(lists)('$table.$column takes what its list holds and nothing else', async ({ table, column, list }) => {
  const { sqlType } = (await columnsOf(table)).find((one) => one.name === column)!
  const conditions = await query(
    `select pg_get_constraintdef(c.oid) as condition from pg_constraint c join pg_attribute a on a.attrelid = conrelid
    where conrelid = $1::regclass and contype = 'c' and attname = $2 and conkey = array[attnum]`,
    [inPublic(table), column],
  )
  const parts = [`${name(column)} ${sqlType}`, ...conditions.map(({ condition }) => condition)]
  await query('begin')
  try {
    await query(`create temporary table listed (${parts.join(', ')})`)
    for (const value of list) await query('insert into listed values ($1)', [value])
    const stranger = typeof list[0] === 'number' ? 32_767 : 'nonsense'
    const refusal = await query('insert into listed values ($1)', [stranger]).catch((error) => error.code)
    expect(REFUSED).toContain(refusal)
  } finally {
    await query('rollback')
  }
})

const scalars: Readonly<Record<string, IdentifierNode>> = new CodegenDialect().adapter.scalars

test.each(Object.entries(LITERALS))(
  'a column of the type %s, if there were one, would be read as its type says',
  async (type, literal) => {
    const [row] = await query(`select $1::${name(type)} as value`, [literal])
    const word = scalars[type]!.name
    expect(isOfType(row.value, word), `${word} is read as ${JSON.stringify(row.value)}`).toBe(true)
  },
)

test('the words of kysely-codegen stand among the column types that generated files import', () => {
  const words = [...new Set(Object.values(scalars).map((word) => word.name))].filter((word) =>
    HELPER_TYPES.includes(word),
  )
  const source = readFileSync(join(REPOSITORY, 'packages/core-schema/src/column-types.ts'), 'utf8')
  const exported = [...source.matchAll(/^export (?:type|interface) (\w+)/gm)].map(([, word]) => word)
  expect(exported).toEqual(expect.arrayContaining(words))
})

test('lists are among what is tested', () => {
  expect(lists).toContainEqual(expect.objectContaining({ table: 'tracks', column: 'status' }))
})
