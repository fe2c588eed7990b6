/** One transaction for a run: whole or not at all, and nothing leaks from one migration to the next. */
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import type { RunEvent } from '../src/run/events.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, history, idsOf, migrate, publicObjects, tableNames } from './runs.ts'

const table = (name: string) => ({ up: [`create table ${name} (id int)`], down: [`drop table ${name}`] })
const broken = { up: ['create table half ()', 'create table wrong (id itn)', 'create table never ()'] }

test('a failure in the middle lands nothing, and names migration, statement and place', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': table('a'), '002_b': broken, '003_c': table('c') } },
  })
  await using db = await testDatabase()
  const events: RunEvent[] = []
  const error = await failureOf(migrate(db.url, workspace, {}, events))
  expect(error.message).toMatchInlineSnapshot(`
    "core/002_b failed, statement 2 of 3: type "itn" does not exist (SQLSTATE 42704)

      create table wrong (id itn)
                             ^

    Nothing of this run was applied; the database is as it was before."
  `)
  expect(error.exitCode).toBe(3)
  expect(await publicObjects(db.client)).toEqual([])
  expect(events.flatMap((event) => (event.type === 'landed' ? [event.step.id] : []))).toEqual(['core/001_a'])
})

test("the server's hint is shown with its message", async () => {
  const hinted = { up: ['create table users (name text)', 'select nme from users'] }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': hinted } } })
  await using db = await testDatabase()
  expect((await failureOf(migrate(db.url, workspace))).message).toMatchInlineSnapshot(`
    "core/001_a failed, statement 2 of 2: column "nme" does not exist (SQLSTATE 42703)
      hint: Perhaps you meant to reference the column "users.name".

      select nme from users
             ^

    Nothing of this run was applied; the database is as it was before."
  `)
})

test('--per-migration commits each, and a failure names what landed', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': table('a'), '002_b': table('b'), '003_c': broken } },
  })
  await using db = await testDatabase()
  const events: RunEvent[] = []
  const error = await failureOf(migrate(db.url, workspace, { perMigration: true }, events))
  expect(error.message).toMatchInlineSnapshot(`
    "core/003_c failed, statement 2 of 3: type "itn" does not exist (SQLSTATE 42704)

      create table wrong (id itn)
                             ^

    Already applied and committed, before this:
      - core/001_a
      - core/002_b
    The rest was not applied; the next run goes on from there."
  `)
  expect(await history(db.client)).toEqual(['core/001_a', 'core/002_b'])
  expect(events.filter(({ type }) => type === 'committed')).toHaveLength(2)
})

test('--per-migration goes down one by one too', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_b': table('b') } } })
  await using db = await testDatabase()
  await migrate(db.url, workspace, { perMigration: true })
  const events: RunEvent[] = []
  const down = await migrate(db.url, workspace, { down: { kind: 'all' }, perMigration: true }, events)
  expect(idsOf(down)).toEqual(['core/002_b', 'core/001_a'])
  expect(down).toMatchObject({ applied: 0, tables: 0 })
  expect(events.filter(({ type }) => type === 'committed')).toHaveLength(2)
  expect(await publicObjects(db.client)).toEqual([])
})

test('a failure while reverting leaves everything applied', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': { ...table('a'), down: ['drop table missing'] }, '002_b': table('b') } },
  })
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  const error = await failureOf(migrate(db.url, workspace, { down: { kind: 'all' } }))
  expect(error.message).toMatchInlineSnapshot(`
    "core/001_a failed, statement 1 of 1: table "missing" does not exist (SQLSTATE 42P01)

      drop table missing

    Nothing of this run was reverted; the database is as it was before."
  `)
  expect(await history(db.client)).toEqual(['core/001_a', 'core/002_b'])
  expect(await tableNames(db.client)).toEqual(['a', 'b', 'migration_history'])
})

test('a commit that the server refuses is told as such, and nothing landed', async () => {
  const deferred = [
    'create table parents (id int primary key)',
    'create table children (parent int references parents deferrable initially deferred)',
    'insert into children values (1)',
  ]
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': { up: deferred } } } })
  await using db = await testDatabase()
  const error = await failureOf(migrate(db.url, workspace))
  expect(error.name).toBe('CommitFailedError')
  expect(error.message).toMatchInlineSnapshot(`
    "The server refused to commit: insert or update on table "children" violates foreign key constraint "children_parent_fkey" (SQLSTATE 23503)
    Nothing of this run was applied; the database is as it was before."
  `)
  expect(await publicObjects(db.client)).toEqual([])
})

test('what one migration sets does not reach the next', async () => {
  await using db = await testDatabase()
  const role = `${db.name}_role`
  await db.client.query(`create role ${role}; create schema elsewhere`)
  const settings = [
    "select set_config('search_path', 'elsewhere', false)",
    "set local timezone = 'Asia/Tokyo'",
    `set session role ${role}`,
    "set statement_timeout = '12345s'",
    'set default_tablespace = pg_default',
  ]
  using workspace = await fixtureWorkspace({
    core: {
      migrations: {
        '001_sets': { up: settings },
        '002_reads': {
          up: [
            "create table seen as select current_user::text as who, current_setting('search_path') as path, current_setting('TimeZone') as zone, current_setting('statement_timeout') as timeout",
          ],
        },
      },
    },
  })
  try {
    const { rows: before } = await db.client.query(
      "select current_user::text as who, current_setting('TimeZone') as zone",
    )
    await migrate(db.url, workspace)
    const { rows } = await db.client.query('select * from public.seen')
    expect(rows).toEqual([{ ...before[0], path: 'public', timeout: '0' }])
  } finally {
    await db.client.query(`drop role ${role}`)
  }
})

test('a migration that prepares, declares and listens leaves the next one alone', async () => {
  const same = ['prepare p as select 1', 'declare c cursor for select 1', 'create temp table t ()']
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': { up: same }, '002_b': { up: same } } } })
  await using db = await testDatabase()
  expect(idsOf(await migrate(db.url, workspace))).toEqual(['core/001_a', 'core/002_b'])
})

const READS = `
import { type Kysely, sql } from 'kysely'
export const about = 'copies what is there'
export async function up(db: Kysely<any>): Promise<void> {
  const { rows } = await sql<{ name: string }>\`select name from people order by name\`.execute(db)
  for (const { name } of rows) await db.insertInto('copies').values({ name }).execute()
}
export async function down(db: Kysely<any>): Promise<void> {
  await db.deleteFrom('copies').execute()
}
`
const PEOPLE = {
  up: [
    'create table people (name text)',
    'create table copies (name text)',
    "insert into people values ('ann'), ('bo')",
  ],
  down: ['drop table copies', 'drop table people'],
}

test('a migration that reads data runs live, in the same transaction as the static ones before and behind it', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_people': PEOPLE, '002_copy': READS, '003_more': table('more') } },
  })
  const { order } = await openWorkspace(workspace.root)
  expect(order.map(({ render }) => render.up.dynamic)).toEqual([false, true, false])
  await using db = await testDatabase()
  const events: RunEvent[] = []
  await migrate(db.url, workspace, {}, events)
  expect(events.filter(({ type }) => type === 'committed')).toHaveLength(1)
  expect((await db.client.query('select name from copies order by name')).rows).toEqual([
    { name: 'ann' },
    { name: 'bo' },
  ])
})

test('a live migration that fails is named with the statement it was at', async () => {
  const failing = READS.replace("insertInto('copies')", "insertInto('nowhere')")
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_people': PEOPLE, '002_copy': failing } } })
  await using db = await testDatabase()
  const error = await failureOf(migrate(db.url, workspace))
  expect(error.message).toMatchInlineSnapshot(`
    "core/002_copy failed, statement 2: relation "nowhere" does not exist (SQLSTATE 42P01)

      insert into "nowhere" ("name") values ($1)
                  ^

    Nothing of this run was applied; the database is as it was before."
  `)
  expect(await publicObjects(db.client)).toEqual([])
})

test('a live migration whose own code fails is a failure of that migration', async () => {
  const throwing = READS.replace('for (', "if (rows.length > 1) throw new Error('too many people')\n  for (")
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_people': PEOPLE, '002_copy': throwing } } })
  await using db = await testDatabase()
  const error = await failureOf(migrate(db.url, workspace))
  expect(error.message).toMatchInlineSnapshot(`
    "core/002_copy failed: too many people
    Nothing of this run was applied; the database is as it was before."
  `)
  expect(error.name).toBe('MigrationFailedError')
  expect(await publicObjects(db.client)).toEqual([])
})

test('a migration that reads renders the same twice, so its checksum holds', async () => {
  using one = await fixtureWorkspace({ core: { migrations: { '001_people': PEOPLE, '002_copy': READS } } })
  using two = await fixtureWorkspace({ core: { migrations: { '001_people': PEOPLE, '002_copy': READS } } })
  const checksums = async (root: string) => (await openWorkspace(root)).order.map(({ checksum }) => checksum)
  expect(await checksums(one.root)).toEqual(await checksums(two.root))
})

test('a static migration runs byte for byte as it was rendered', async () => {
  // A comment in the text and blanks that a rewriting would lose; the function keeps its body as it was sent.
  const body = "create function f() returns text language sql as $x$  select /* kept */   'Ä🎵'  $x$"
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_f': { up: [body] } } } })
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  const { order } = await openWorkspace(workspace.root)
  expect(order[0]!.render.up.statements).toEqual([{ sql: body, parameters: [] }])
  const { rows } = await db.client.query("select prosrc from pg_proc where proname = 'f'")
  expect(rows).toEqual([{ prosrc: "  select /* kept */   'Ä🎵'  " }])
})

test('parameters of a static migration arrive with their types', async () => {
  const source = `
import type { Kysely } from 'kysely'
export const about = 'rows with values'
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.createTable('v').addColumn('n', 'bigint').addColumn('t', 'timestamptz').addColumn('j', 'jsonb').addColumn('b', 'bytea').addColumn('x', 'text').execute()
  await db.insertInto('v').values({ n: 9007199254740993n, t: new Date('2026-01-02T03:04:05Z'), j: JSON.stringify({ a: 1 }), b: Buffer.from('ff', 'hex'), x: null }).execute()
}
export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.dropTable('v').execute()
}
`
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_v': source } } })
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  const { rows } = await db.client.query("select n::text, t, j, encode(b, 'hex') as b, x from v")
  expect(rows).toEqual([{ n: '9007199254740993', t: new Date('2026-01-02T03:04:05Z'), j: { a: 1 }, b: 'ff', x: null }])
})
