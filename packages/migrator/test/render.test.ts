/** Migrations → statements without a database: what is static, what is dynamic, and what a checksum holds. */
import { type Kysely, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { record } from '../src/workspace/render.ts'
import { openWorkspace, readWorkspaceFiles, renderAll } from '../src/workspace/workspace.ts'
import { runCommand } from './command.ts'
import { type DomainsData, fixtureWorkspace } from './fixture-workspace.ts'

type Db = Kysely<any>
const isDynamic = async (step: (db: Db) => Promise<unknown>) =>
  (await record(async (db) => void (await step(db)))).dynamic

describe('a step is static when it only writes:', () => {
  test.each<[string, (db: Db) => Promise<unknown>]>([
    ['the schema builder', (db) => db.schema.createTable('a').addColumn('id', 'integer').execute()],
    ['raw SQL', (db) => sql`create extension x`.execute(db)],
    ['an insert', (db) => db.insertInto('a').values({ id: 1 }).execute()],
    [
      'an insert of what a select gives',
      (db) => db.insertInto('a').expression(db.selectFrom('b').selectAll()).execute(),
    ],
    ['an update', (db) => db.updateTable('a').set({ id: 2 }).execute()],
    ['a delete', (db) => db.deleteFrom('a').execute()],
    ['a raw select for its effect, whose rows nobody looks at', (db) => sql`select setval('s', 1)`.execute(db)],
  ])('%s', async (_what, step) => {
    expect(await isDynamic(step)).toBe(false)
  })
})

describe('a step is dynamic when it asks for something:', () => {
  test.each<[string, (db: Db) => Promise<unknown>]>([
    ['a select', (db) => db.selectFrom('a').selectAll().execute()],
    ['the rows of raw SQL', async (db) => (await sql`select 1`.execute(db)).rows],
    [
      'how many rows an update changed',
      async (db) => {
        const result = await db.updateTable('a').set({ id: 1 }).executeTakeFirst()
        return result.numUpdatedRows > 0n
      },
    ],
    [
      'what an insert returns',
      async (db) => (await db.insertInto('a').values({ id: 1 }).returning('id').execute()).length,
    ],
    [
      'a stream',
      async (db) => {
        for await (const row of db.selectFrom('a').selectAll().stream()) return row
        return undefined
      },
    ],
    ['which tables there are', (db) => db.introspection.getTables()],
    [
      'rows, and stumbles over having none',
      async (db) => (await db.selectFrom('a').selectAll().executeTakeFirstOrThrow()).id,
    ],
  ])('%s', async (_what, step) => {
    expect(await isDynamic(step)).toBe(true)
  })
})

test('statements are recorded in order, with their parameters', async () => {
  const { statements } = await record(async (db) => {
    await db.insertInto('a').values({ id: 1, name: 'x' }).execute()
    await sql`comment on table a is 'y'`.execute(db)
  })
  expect(statements).toEqual([
    { sql: 'insert into "a" ("id", "name") values ($1, $2)', parameters: [1, 'x'] },
    { sql: "comment on table a is 'y'", parameters: [] },
  ])
})

test('a step that fails without having asked for anything fails', async () => {
  await expect(record(async () => Promise.reject(new Error('no such helper')))).rejects.toThrow('no such helper')
})

test('of several migrations that cannot be rendered the first in order is named, however late it fails', async () => {
  const late = `export const about = 'x'
export const irreversible = 'x'
export async function up() { await new Promise((resolve) => setImmediate(resolve)); throw new Error('late') }
`
  const sound = { up: ['select 1'], down: [] }
  const names = Array.from({ length: 70 }, (_, index) => `${String(index + 1).padStart(3, '0')}_step`)
  const migrations = Object.fromEntries(
    names.map((name, index) => [name, index === 40 ? late : index > 40 ? 'not TypeScript' : sound]),
  )
  using workspace = await fixtureWorkspace({ core: { migrations } }, { lock: false })
  await expect(renderAll(readWorkspaceFiles(workspace.root).files)).rejects.toMatchObject({ id: 'core/041_step' })
})

test('many are rendered in the order of their files', async () => {
  const names = Array.from({ length: 70 }, (_, index) => `${String(index + 1).padStart(3, '0')}_step`)
  const migrations = Object.fromEntries(names.map((name) => [name, { up: [`select '${name}'`], down: [] }]))
  using workspace = await fixtureWorkspace({ core: { migrations } }, { lock: false })
  const rendered = await renderAll(readWorkspaceFiles(workspace.root).files)
  expect(rendered.map(({ render }) => render.up.statements[0]?.sql)).toEqual(names.map((name) => `select '${name}'`))
})

describe('the checksum', () => {
  const checksumOf = async (domains: DomainsData) => {
    using workspace = await fixtureWorkspace(domains)
    return (await openWorkspace(workspace.root)).order[0]!.checksum
  }
  const base = { up: ['create table a ()'], down: ['drop table a'] }
  const core = (data: object): DomainsData => ({ core: { migrations: { '001_a': { ...base, ...data } } } })

  test.each([
    ['up', { up: ['create table a (id int)'] }],
    ['down', { down: ['drop table if exists a'] }],
    ['the order of statements', { up: ['create table a ()', 'select 1', 'select 2'] }],
    ['transaction', { transaction: false }],
    ['irreversible', { down: undefined, irreversible: 'gone' }],
  ])('changes with %s', async (_what, data) => {
    expect(await checksumOf(core(data))).not.toBe(await checksumOf(core({})))
  })

  test('stays when the sentence about it changes', async () => {
    expect(await checksumOf(core({ about: 'other words' }))).toBe(await checksumOf(core({})))
  })

  test('of a migration that reads is the same in whatever way its module was loaded', async () => {
    const reads = [
      "import { type Kysely, sql } from 'kysely'",
      "export const about = 'reads'",
      'export async function up(db: Kysely<any>): Promise<void> {',
      '  const { rows } = await sql<{ n: number }>`select 1 as n`.execute(db)',
      "  for (const { n } of rows) await db.insertInto('numbers').values({ n }).execute()",
      '}',
      'export async function down(_db: Kysely<any>): Promise<void> {}',
      '',
    ].join('\n')
    // Here the test runner compiled it; the process lets Node strip the types.
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_reads': reads } } })
    expect(await runCommand(['plan'], { cwd: workspace.root })).toMatchObject({ exitCode: 0, stderr: '' })
  })
})
