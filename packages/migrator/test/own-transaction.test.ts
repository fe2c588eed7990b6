/**
 * A run proves before each row of the history, and before it commits, that it is still in its own transaction. A COMMIT cannot be hidden
 * from the lexer any more as far as is known, so these tests hide one from it: what they send is swapped right before it is sent.
 */
import { testDatabase } from '@veza/tools/test-database'
import pg from 'pg'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Client } from '../src/database/connect.ts'
import type { RunEvent } from '../src/run/events.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { queueForLock } from './queue-for-lock.ts'
import { failureOf, history, migrate, tableNames } from './runs.ts'

/** Each `select 'COMMIT'` becomes `COMMIT`, in the pipeline and in the extended protocol alike. */
function hideControl(): void {
  const original = pg.Client.prototype.query
  vi.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...args: any[]) {
    const [query, ...rest] = args
    const swap = (sql: string) => sql.replace(/^select 'hidden ([^']+)'$/, '$1')
    const swapped = typeof query === 'string' ? swap(query) : { ...query, text: swap(query.text) }
    return (original as any).call(this, swapped, ...rest)
  } as never)
}
afterEach(() => {
  vi.restoreAllMocks()
})

const table = (name: string) => ({ up: [`create table ${name} (id int)`], down: [`drop table ${name}`] })
const hidden = (...control: readonly string[]) => ({
  up: ['create table half ()', ...control.map((one) => `select 'hidden ${one}'`), 'create table other_half ()'],
  down: ['drop table other_half', ...control.map((one) => `select 'hidden ${one}'`), 'drop table half'],
})

async function states(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(
    "select domain || '/' || name || ' ' || case when duration_ms is null then 'begun' else 'done' end as state from migration_history order by position",
  )
  return rows.map(({ state }) => state)
}

describe.each([[['commit']], [['commit and chain']], [['commit', 'begin']], [['end']]])('a hidden %j', (control) => {
  test('ends the run at its history row: nothing behind it runs, and the history has it as begun', async () => {
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_a': table('a'), '002_hidden': hidden(...control), '003_c': table('c') } },
    })
    await using db = await testDatabase()
    hideControl()
    const error = await failureOf(migrate(db.url, workspace))
    expect(error.name).toBe('TransactionEndedError')
    expect(error).toMatchObject({ id: 'core/002_hidden', ids: ['core/001_a'], isRecorded: true, exitCode: 3 })
    expect(await states(db.client)).toEqual(['core/001_a done', 'core/002_hidden begun'])
    expect(await tableNames(db.client)).not.toContain('c')

    for (const options of [{}, { down: { kind: 'all' } as const }]) {
      const refusal = await failureOf(migrate(db.url, workspace, options))
      expect(refusal).toMatchObject({ name: 'HalfAppliedError', id: 'core/002_hidden' })
    }
    expect(await states(db.client)).toEqual(['core/001_a done', 'core/002_hidden begun'])
  })
})

describe.each([[['rollback']], [['rollback', 'begin']], [['rollback and chain']]])('a hidden %j', (control) => {
  test('ends the run as well: the history has what it did as begun, although the run had made its table', async () => {
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_a': table('a'), '002_hidden': hidden(...control), '003_c': table('c') } },
    })
    await using db = await testDatabase()
    hideControl()
    const error = await failureOf(migrate(db.url, workspace))
    expect(error).toMatchObject({ name: 'TransactionEndedError', id: 'core/002_hidden', ids: [], isRecorded: true })
    expect(await states(db.client)).toEqual(['core/002_hidden begun'])
    expect(await tableNames(db.client)).not.toContain('c')
    expect(await failureOf(migrate(db.url, workspace))).toMatchObject({ name: 'HalfAppliedError' })
  })
})

test('what it says', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': table('a'), '002_hidden': hidden('commit') } },
  })
  await using db = await testDatabase()
  hideControl()
  expect((await failureOf(migrate(db.url, workspace))).message).toMatchInlineSnapshot(`
    "core/002_hidden ended the transaction of the run, with a COMMIT or ROLLBACK that was not seen in its SQL. A part of it may be applied. The run was stopped, and nothing behind it was run.
    Already applied and committed, before this:
      - core/001_a
    The history has core/002_hidden as interrupted, and up and down refuse to go on until that is settled.
    Look at what it did, then complete it or undo it by hand, and record which: npx veza-migrator repair core/002_hidden --mark-done (or --mark-undone) --reason "why""
  `)
  await db.client.query("update migration_history set created_at = '2026-01-02T03:04:05.678Z'")
  const refusal = (await failureOf(migrate(db.url, workspace))).message
  expect(refusal.replace(/127\S+/, 'db:5432/veza')).toMatchInlineSnapshot(`
    "core/002_hidden was begun on db:5432/veza on 2026-01-02T03:04:05.678Z and ended the run's transaction: a part of it may be applied. Nothing was run.
    Look at what it did, then complete it or undo it by hand, and record which: npx veza-migrator repair core/002_hidden --mark-done (or --mark-undone) --reason "why""
  `)
})

test('where another session has the lock at once, it says that the history does not know', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_hidden': hidden('commit') } } })
  await using db = await testDatabase()
  await db.client.query('create table if not exists unrelated ()')
  hideControl()
  let queued: Awaited<ReturnType<typeof queueForLock>> | undefined
  const onEvent = async (event: RunEvent) => {
    if (event.type === 'planned') queued = await queueForLock(db)
  }
  const error = await failureOf(migrate(db.url, workspace, { allowNonempty: true, onEvent }))
  await queued?.served
  expect(error.message).toMatchInlineSnapshot(`
    "core/001_hidden ended the transaction of the run, with a COMMIT or ROLLBACK that was not seen in its SQL. A part of it may be applied. The run was stopped, and nothing behind it was run.
    This could not be written to the history, so status shows core/001_hidden as if it had not been run.
    Look at what it did, then complete it or undo it by hand, and record which: npx veza-migrator repair core/001_hidden --mark-done (or --mark-undone) --reason "why""
  `)
})

test('a failure behind the hidden end is not told as if nothing had been applied', async () => {
  for (const control of [['commit'], ['commit', 'begin'], ['rollback', 'create table alone ()', 'begin']]) {
    const failing = { up: [...hidden(...control).up, 'select 1/0', 'create table late ()'], down: [] }
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_hidden': failing } } })
    await using db = await testDatabase()
    hideControl()
    const error = await failureOf(migrate(db.url, workspace))
    expect(error).toMatchObject({ name: 'TransactionEndedError', id: 'core/002_hidden', isRecorded: true })
    expect(await history(db.client)).toContain('core/002_hidden')
    vi.restoreAllMocks()
  }
})

test('where the connection was lost behind the hidden end, the run asks on another one what was committed', async () => {
  const lost = hidden('commit', 'select pg_terminate_backend(pg_backend_pid())')
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_hidden': lost } } })
  await using db = await testDatabase()
  hideControl()
  const error = await failureOf(migrate(db.url, workspace))
  expect(error).toMatchObject({ name: 'TransactionEndedError', id: 'core/002_hidden', ids: ['core/001_a'] })
  expect(await states(db.client)).toEqual(['core/001_a done', 'core/002_hidden begun'])
})

test('where it was lost and nothing was committed, that is said', async () => {
  const lost = hidden('select pg_terminate_backend(pg_backend_pid())')
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_lost': lost } } })
  await using db = await testDatabase()
  hideControl()
  expect(await failureOf(migrate(db.url, workspace))).toMatchObject({ name: 'ConnectionLostError' })
  expect(await tableNames(db.client)).toEqual([])
})

test('one that reads rows is stopped as well', async () => {
  const live = `
import { type Kysely, sql } from 'kysely'
export const about = 'reads'
export async function up(db: Kysely<any>): Promise<void> {
  const { rows } = await sql\`select 1 as one\`.execute(db)
  await sql.raw("select 'hidden commit'").execute(db)
  for (const _ of rows) await sql.raw('create table half ()').execute(db)
}
export async function down(): Promise<void> {}
`
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_live': live, '002_b': table('b') } } })
  await using db = await testDatabase()
  hideControl()
  const error = await failureOf(migrate(db.url, workspace))
  expect(error).toMatchObject({ name: 'TransactionEndedError', id: 'core/001_live', isRecorded: true })
  expect(await states(db.client)).toEqual(['core/001_live begun'])
})

test('in the other direction the row stays, as begun', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': table('a'), '002_hidden': hidden('commit'), '003_c': table('c') } },
  })
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  hideControl()
  const error = await failureOf(migrate(db.url, workspace, { down: { kind: 'all' } }))
  expect(error).toMatchObject({ name: 'TransactionEndedError', id: 'core/002_hidden', ids: ['core/003_c'] })
  expect(await states(db.client)).toEqual(['core/001_a done', 'core/002_hidden begun'])
  // Its own statements behind the COMMIT were sent before the run could know.
  expect(await tableNames(db.client)).toEqual(['a', 'migration_history'])
})

test('a role that the migration took does not keep the run from its proof', async () => {
  await using db = await testDatabase()
  const role = `${db.name}_role`
  await db.client.query(`create role ${role}`)
  try {
    const taken = { up: [`set session authorization ${role}`, "select 'hidden commit'"], down: [] }
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': taken, '002_b': table('b') } } })
    hideControl()
    const error = await failureOf(migrate(db.url, workspace))
    expect(error).toMatchObject({ name: 'TransactionEndedError', id: 'core/001_a', isRecorded: true })
    expect(await tableNames(db.client)).toEqual(['migration_history'])
  } finally {
    await db.client.query(`drop role ${role}`)
  }
})

test('an operator of its own, put before those of PostgreSQL, deceives no proof', async () => {
  const deceiving = {
    up: [
      'create schema mine',
      'create function mine.always(xid8, xid8) returns boolean language sql as $$ select true $$',
      'create operator mine.= (leftarg = xid8, rightarg = xid8, function = mine.always)',
      "select set_config('search_path', 'mine, pg_catalog', false)",
      "select 'hidden commit'",
    ],
    down: [],
  }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': deceiving, '002_b': table('b') } } })
  await using db = await testDatabase()
  hideControl()
  const error = await failureOf(migrate(db.url, workspace))
  expect(error).toMatchObject({ name: 'TransactionEndedError', id: 'core/001_a' })
  expect(await tableNames(db.client)).toEqual(['migration_history'])
})
