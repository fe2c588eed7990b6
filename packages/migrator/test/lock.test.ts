/** Waiting: for another run, and for tables that others hold. It is never silent, and it ends. */
import { testDatabase } from '@veza/tools/test-database'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { LOCK_KEY } from '../src/database/lock.ts'
import type { RunEvent } from '../src/run/events.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, history, idsOf, migrate } from './runs.ts'

const NAMES = {
  core: {
    migrations: {
      '001_users': { up: ['create table users ()'], down: ['drop table users'] },
      '002_names': { up: ['create table tags ()', 'alter table users add name text'], down: ['drop table tags'] },
    },
  },
}
const takeRunLock = `begin; select pg_advisory_xact_lock(${LOCK_KEY.join(', ')})`
const takeUsers = 'begin; lock table users in access exclusive mode'
const connectedTo = async (url: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}
const types = (events: readonly RunEvent[]) => events.map(({ type }) => type)

test('a run waits for another one, says for whom, and then goes on', async () => {
  using workspace = await fixtureWorkspace(NAMES)
  await using db = await testDatabase()
  await db.client.query(`set application_name = 'veza-migrator up deploy@ci-12'; ${takeRunLock}`)
  const events: RunEvent[] = []
  const onEvent = async (event: RunEvent) => {
    if (event.type === 'waiting') await db.client.query('commit')
  }
  const summary = await migrate(db.url, workspace, { onEvent }, events)
  expect(events[0]).toMatchObject({
    type: 'waiting',
    holder: { application: 'veza-migrator up deploy@ci-12', pid: expect.any(Number) },
  })
  expect(idsOf(summary)).toEqual(['core/001_users', 'core/002_names'])
})

test('a run that was about to read a history which another one drops goes on without it', async () => {
  using workspace = await fixtureWorkspace(NAMES)
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  // What the end of a `down --all` does.
  await db.client.query(`${takeRunLock}; drop table users, tags, migration_history`)
  await using other = await connectedTo(db.url)
  const run = migrate(db.url, workspace)
  await vi.waitFor(async () => {
    const { rows } = await other.query(
      'select from pg_locks where not granted and relation is not null and database = (select oid from pg_database where datname = current_database())',
    )
    expect(rows).toHaveLength(1)
  })
  await db.client.query('commit')
  expect(idsOf(await run)).toEqual(['core/001_users', 'core/002_names'])
})

test('with no patience it gives up at once, and names the holder', async () => {
  using workspace = await fixtureWorkspace(NAMES)
  await using db = await testDatabase()
  await db.client.query(`set application_name = 'veza-migrator up deploy@ci-12'; ${takeRunLock}`)
  const error = await failureOf(migrate(db.url, workspace, { lockWaitMs: 0 }))
  expect(error.exitCode).toBe(4)
  expect(
    error.message.replace(/pid \d+/, 'pid 4711').replace(/user \w+ from \S+,/, 'user veza from 10.0.0.7,'),
  ).toMatchInlineSnapshot(`
    "Another run holds the lock: pid 4711 "veza-migrator up deploy@ci-12" (user veza from 10.0.0.7, idle in transaction, for 0 s). Waited 0 s and gave up; nothing was run.
    Run it again when that one is done, or wait longer with --lock-wait."
  `)
  await db.client.query('commit')
  expect(await history(db.client)).toEqual([])
})

test('what was committed before another run got in between is named', async () => {
  using workspace = await fixtureWorkspace(NAMES)
  await using db = await testDatabase()
  const onEvent = async (event: RunEvent) => {
    if (event.type === 'committed') await db.client.query(takeRunLock)
  }
  const error = await failureOf(migrate(db.url, workspace, { perMigration: true, lockWaitMs: 0, onEvent }))
  expect(error).toMatchObject({ name: 'RunLockHeldError', outcome: { kind: 'partly', ids: ['core/001_users'] } })
  expect(error.message).toContain('gave up.\nAlready applied and committed, before this:\n  - core/001_users\n')
  await db.client.query('commit')
})

test('where nothing is pending, a run under way is not waited for', async () => {
  using workspace = await fixtureWorkspace(NAMES)
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  await db.client.query(takeRunLock)
  expect(idsOf(await migrate(db.url, workspace, { lockWaitMs: 0 }))).toEqual([])
})

test('a table that another session holds is waited for, and the session is named', async () => {
  using workspace = await fixtureWorkspace(NAMES)
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '1' } })
  await db.client.query(takeUsers)
  const events: RunEvent[] = []
  const onEvent = async (event: RunEvent) => {
    if (event.type === 'blocked') await db.client.query('commit')
  }
  await migrate(db.url, workspace, { onEvent, lockTimeoutMs: 10_000 }, events)
  expect(events.find(({ type }) => type === 'blocked')).toMatchObject({
    step: { id: 'core/002_names' },
    by: [{ application: 'veza-tests', state: 'idle in transaction' }],
  })
  expect(types(events)).not.toContain('retrying')
  expect(await history(db.client)).toEqual(['core/001_users', 'core/002_names'])
})

test('one that is not released in time costs a retry of the whole transaction, which then succeeds', async () => {
  using workspace = await fixtureWorkspace(NAMES)
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '1' } })
  await db.client.query(takeUsers)
  const events: RunEvent[] = []
  const onEvent = async (event: RunEvent) => {
    if (event.type === 'retrying') await db.client.query('commit')
  }
  await migrate(db.url, workspace, { onEvent, lockTimeoutMs: 50 }, events)
  expect(events.find(({ type }) => type === 'retrying')).toMatchObject({ step: { id: 'core/002_names' }, attempt: 2 })
  expect(types(events).filter((type) => type === 'planned')).toHaveLength(1)
  expect(await history(db.client)).toEqual(['core/001_users', 'core/002_names'])
})

test('one that is never released ends the run with its holder named, and nothing applied', async () => {
  using workspace = await fixtureWorkspace(NAMES)
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '1' } })
  await db.client.query(takeUsers)
  const error = await failureOf(migrate(db.url, workspace, { lockWaitMs: 1000, lockTimeoutMs: 400 }))
  expect(error).toMatchObject({ name: 'TableLockTimeoutError', exitCode: 4 })
  expect(error.message.replace(/pid \d+/, 'pid 4711').replace(/\(user .*\)/, '(...)')).toMatchInlineSnapshot(`
    "core/002_names did not get a lock that it needs, in 2 attempts of 400 ms each. It was blocked by:
      - pid 4711 "veza-tests" (...)
    Nothing of this run was applied; the database is as it was before.
    Run it again at a quieter time, or give it more time with --lock-timeout and --lock-wait."
  `)
  await db.client.query('commit')
  expect(await history(db.client)).toEqual(['core/001_users'])
})
