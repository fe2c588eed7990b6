/** A connection that dies between two questions, where nothing can fail but the connection: it is told as what it is. */
import { faultProxy } from '@veza/tools/fault-proxy'
import { testDatabase } from '@veza/tools/test-database'
import { sqlOf } from '@veza/tools/wire'
import { expect, test } from 'vitest'
import { callCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, migrate } from './runs.ts'

const WORKSPACE = { core: { migrations: { '001_a': { up: ['create table a ()'], down: ['drop table a'] } } } }

const cutAtRollback = (url: string) =>
  faultProxy(url, ({ side, message }) =>
    side === 'client' && sqlOf(message) === 'rollback' ? { bytes: 0, act: (link) => link.cut() } : undefined,
  )

test('down, after it has read the history: a failure of the connection and no defect', async () => {
  using workspace = await fixtureWorkspace(WORKSPACE)
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  await using proxy = await cutAtRollback(db.url)
  const { exitCode, stderr } = await callCommand(['down', '--database-url', proxy.url, '--workspace', workspace.root])
  expect(stderr.replace(/^PostgreSQL .*\n/, '')).toMatchInlineSnapshot(`
    "error  The server failed while the database was asked: Connection terminated unexpectedly
    "
  `)
  expect(exitCode).toBe(3)
})

test('up, while it waits for another run: the connection is lost, and nothing was applied', async () => {
  using workspace = await fixtureWorkspace(WORKSPACE)
  await using db = await testDatabase()
  await db.client.query('begin; select pg_advisory_xact_lock(1986361953, 1)')
  await using proxy = await cutAtRollback(db.url)
  const error = await failureOf(migrate(proxy.url, workspace))
  expect(error.name).toBe('ConnectionLostError')
  expect(error.outcome).toEqual({ kind: 'nothing' })
})

test('up, whose history cannot be read between two pieces: what is committed already is said', async () => {
  const index = { transaction: false, up: ['create index concurrently a_n on a (n)'], down: ['drop index a_n'] }
  const table = { up: ['create table a (n int)'], down: ['drop table a'] }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table, '002_index': index } } })
  await using db = await testDatabase()
  const onEvent = async ({ type }: { readonly type: string }) => {
    if (type === 'committed') await db.client.query('begin; lock table migration_history in access exclusive mode')
  }
  const error = await failureOf(migrate(db.url, workspace, { onEvent, lockTimeoutMs: 200 }))
  expect(error.name).toBe('BetweenStepsError')
  expect(error.message).toMatchInlineSnapshot(`
    "The server failed between two steps: canceling statement due to lock timeout (SQLSTATE 55P03)
    Already applied and committed, before this:
      - core/001_a
    The rest was not applied; the next run goes on from there."
  `)
})
