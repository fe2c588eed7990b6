/**
 * What the generated types say is what node-postgres returns: a row in every table, every column filled, each value held against the
 * type that stands in `tables.generated.ts`. And the other way round: what PostgreSQL refuses is what does not compile.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { discover } from '../../src/workspace/discover.ts'
import { REPOSITORY } from '../fixture-workspace.ts'
import { columnsOf } from '../v1/expected-tables.ts'
import { type SpecColumn, spec } from '../v1/parse-spec.ts'
import { insertRow } from '../v1/rows.ts'
import { samplesOf } from '../v1/samples.ts'
import { typedColumns } from './typed-columns.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase({ migrated: true })
})
afterAll(() => database?.drop())

const generated = discover(REPOSITORY).map(({ folder }) =>
  readFileSync(join(folder, 'src/tables.generated.ts'), 'utf8'),
)
const tables = new Map(generated.flatMap(typedColumns))

const MATCHES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  'string[]': (value) => Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'),
  Timestamp: (value) => value instanceof Date,
  Int8: (value) => typeof value === 'string' && /^\d+$/.test(value),
  Numeric: (value) => typeof value === 'string' && /^\d+\.\d\d$/.test(value),
  Json: (value) => typeof value === 'object' && value !== null && JSON.stringify(value) === '{"list":[1,null]}',
}

const FILLED: Readonly<Record<string, unknown>> = {
  text: 'text',
  'text[]': ['a', 'b'],
  uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
  boolean: true,
  integer: 2,
  smallint: 2,
  bigint: '9007199254740993',
  timestamptz: '2999-06-01T00:00:00Z',
  inet: '10.0.0.1',
  jsonb: { list: [1, null] },
}

/** Values that a column may take: any of its type, then those at the edge of its conditions. */
function samples({ type, checks, references }: SpecColumn): unknown[] {
  if (references !== undefined) return []
  const edges = checks.flatMap((check) => samplesOf(check).accepted)
  return [type.startsWith('numeric') ? 42 : FILLED[type], ...edges]
}

test('the types know 27 tables and 300 columns or more', () => {
  expect([...tables.keys()].sort()).toEqual(spec.tables.map(({ name }) => name).sort())
  expect([...tables.values()].flat().length).toBeGreaterThan(300)
})

test.each(spec.tables)('every column of $name is read as its type says', async (table) => {
  const typed = tables.get(table.name)!
  expect(typed.map(({ name }) => name)).toEqual(columnsOf(table).map(({ name }) => name))
  const { id } = await insertRow(database.client, table.name)
  for (const column of columnsOf(table)) {
    if (column.name !== 'id') await fill(table.name, id, column)
  }
  const [row] = (await database.client.query(`select * from ${table.name} where id = $1`, [id])).rows
  for (const { name, type, nullable, list } of typed) {
    const value = row[name]
    if (value === null && nullable) continue
    const fits = list === undefined ? MATCHES[type]!(value) : list.includes(value)
    expect(fits, `${table.name}.${name}: ${type} is read as ${JSON.stringify(value)}`).toBe(true)
  }
  const unread = typed.filter(({ name }) => row[name] === null).map(({ name }) => name)
  const references = table.columns.filter((column) => column.references !== undefined).map(({ name }) => name)
  expect(unread.filter((name) => !references.includes(name))).toEqual([])
})

/** Tries the samples until one passes all conditions of the table. */
async function fill(table: string, id: string, column: SpecColumn): Promise<void> {
  for (const value of samples(column)) {
    const done = await database.client
      .query(`update ${table} set ${column.name} = $2 where id = $1`, [id, value])
      .then(() => true)
      .catch(() => false)
    if (done) return
  }
}

test.each([...tables])('%s takes null exactly where its types say so', async (table, columns) => {
  const { rows } = await database.client.query(
    `select attname as name, attnotnull as required, atthasdef as filled from pg_attribute
    where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [`public.${table}`],
  )
  expect(columns.map(({ name, nullable, generated }) => ({ name, required: !nullable, filled: generated }))).toEqual(
    rows,
  )
})
