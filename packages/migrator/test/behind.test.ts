/** What happens behind a migration's or an operator's back: a statement that nobody awaits, a run that another one overtakes. */
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { HistoryMovedError } from '../src/plan/errors.ts'
import { MigrationFailedError } from '../src/run/errors.ts'
import { LateStatementError, RenderError, UnnamedConcurrentIndexError } from '../src/workspace/errors.ts'
import { startCommand } from './command.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, history, migrate, publicObjects } from './runs.ts'
import { told } from './told.ts'

const table = (name: string) => ({ up: [`create table ${name} (id int)`], down: [`drop table ${name}`] })

const source = (body: string): string => `import { sql } from 'kysely'
export const about = 'it awaits too little'
export const irreversible = 'a test'
export async function up(db: any): Promise<void> {
${body}
}
`

const oneMigration = (body: string) => ({ core: { migrations: { '001_a': source(body) } } })

test('a statement that a static migration does not await is refused when it is rendered', async () => {
  const body = `  ['a', 'b'].forEach(async (name) => {
    await Promise.resolve()
    await sql.raw('create table ' + name + ' (id int)').execute(db)
  })`
  const error = await failureOf(fixtureWorkspace(oneMigration(body)))
  expect(error).toBeInstanceOf(RenderError)
  expect(error.cause).toBeInstanceOf(LateStatementError)
  expect(await told(error)).toMatchInlineSnapshot(`
    "The up of core/001_a failed while it was rendered, before any database was asked: A migration sent a statement after it had returned: "create table a (id int)". Nothing would have recorded it: an await is missing (forEach with an async function awaits nothing; use for ... of)."
  `)
})

test('one that a dynamic migration does not await fails it, and nothing lands', async () => {
  const body = `  const { rows } = await sql\`select 1 as one\`.execute(db)
  if (rows.length === 0) return
  await sql\`create table quick (id int)\`.execute(db)
  void sql\`create table slow as select pg_sleep(0.1)::text as slept\`.execute(db).catch(() => {})
  await sql\`select 1\`.execute(db)
  void sql\`create table late (id int)\`.execute(db).catch(() => {})`
  using workspace = await fixtureWorkspace(oneMigration(body))
  await using db = await testDatabase()
  const error = await failureOf(migrate(db.url, workspace))
  expect(error).toBeInstanceOf(MigrationFailedError)
  expect(error.cause).toBeInstanceOf(LateStatementError)
  expect(await publicObjects(db.client)).toEqual([])
})

test('a dynamic migration that ends the transaction itself fails, and nothing lands', async () => {
  const body = `  const { rows } = await sql\`select 1 as one\`.execute(db)
  if (rows.length === 0) return
  await sql\`create table early (id int)\`.execute(db)
  await sql\`commit\`.execute(db)`
  using workspace = await fixtureWorkspace(oneMigration(body))
  await using db = await testDatabase()
  expect(await told(migrate(db.url, workspace))).toMatchInlineSnapshot(`
    "core/001_a failed: it controls a transaction itself ("commit"), which the run begins and ends: remove the statement
    Nothing of this run was applied; the database is as it was before."
  `)
  expect(await publicObjects(db.client)).toEqual([])
})

test('an index that is built concurrently has a name', async () => {
  const body = '  await sql`create unique index concurrently on a (id)`.execute(db)'
  const error = await failureOf(fixtureWorkspace(oneMigration(body)))
  expect(error).toBeInstanceOf(UnnamedConcurrentIndexError)
  expect(await told(error)).toMatchInlineSnapshot(`
    "core/001_a builds an index concurrently without naming it ("create unique index concurrently on a (id)"). Name it: an interrupted build leaves an INVALID index behind, which the next run can only drop by its name."
  `)
})

test('a migration may reset every setting', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': { up: ['create table a (id int)', 'reset all'], down: ['drop table a'] } } },
  })
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  expect(await history(db.client)).toEqual(['core/001_a'])
})

/** An advisory lock: as long as a test holds it, the last migration does not go on. */
const GATE = 4711

const threeTables = (): Promise<FixtureWorkspace> =>
  fixtureWorkspace({
    core: {
      migrations: {
        '001_a': table('a'),
        '002_b': table('b'),
        '003_c': { up: ['create table c (id int)', `select pg_advisory_xact_lock(${GATE})`], down: ['drop table c'] },
      },
    },
  })

test('a down that waited for an up reverts nothing from under it', async () => {
  using workspace = await threeTables()
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: 'core/002_b' } })
  const at = ['--workspace', workspace.root, '--database-url', db.url]
  await db.client.query(`select pg_advisory_lock(${GATE})`)
  const up = startCommand(['up', '--lock-timeout', '0', ...at])
  await expect
    .poll(async () => (await db.client.query(`select from pg_locks where objid = ${GATE} and not granted`)).rowCount, {
      timeout: 20_000,
    })
    .toBe(1)
  const waiting = startCommand(['down', '--yes', ...at])
  await waiting.said(/waiting for another run/)
  await db.client.query(`select pg_advisory_unlock(${GATE})`)
  const down = await waiting.finished
  expect((await up.finished).exitCode).toBe(0)
  expect(down.exitCode).toBe(3)
  expect(await told(new Error(down.stderr.trim()))).toContain('another run applied to')
  expect(down.stderr).toContain('core/003_c')
  expect(await history(db.client)).toEqual(['core/001_a', 'core/002_b', 'core/003_c'])
  expect((await startCommand(['down', '--yes', ...at]).finished).exitCode).toBe(0)
  expect(await history(db.client)).toEqual(['core/001_a', 'core/002_b'])
})

test('the refusal names who came in between', async () => {
  expect(
    await told(new HistoryMovedError({ newcomers: ['core/003_c'], database: 'db:5432/veza' })),
  ).toMatchInlineSnapshot(`
    "While this run waited, another run applied to db:5432/veza:
      - core/003_c
    They may build on what this run was to revert, so nothing was reverted. Look again and decide: npx nx run migrator:status"
  `)
})

test('a reader who leaves does not end the run', async () => {
  using workspace = await threeTables()
  await using db = await testDatabase()
  const up = startCommand(['up', '--workspace', workspace.root, '--database-url', db.url])
  up.child.stdout?.destroy()
  expect((await up.finished).exitCode).toBe(0)
  expect(await history(db.client)).toHaveLength(3)
})
