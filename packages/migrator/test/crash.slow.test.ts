/** Processes that are killed, connections that die, Ctrl-C: the database is as before or complete, and the next up succeeds. */
import { tcpProxy } from '@veza/tools/tcp-proxy'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, expect, test, vi } from 'vitest'
import { LOCK_KEY } from '../src/database/lock.ts'
import type { RunEvent } from '../src/run/events.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { startCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, history, idsOf, migrate, publicObjects } from './runs.ts'

// A plan that is one transaction: with a migration outside of one there would be a third state between none and all.
const v1 = v1Workspace()
afterAll(() => v1[Symbol.dispose]())
const all = (await openWorkspace(v1.root)).order.length

const table = (name: string) => ({ up: [`create table ${name} ()`], down: [`drop table ${name}`] })
const sleeping = (seconds: number) => ({
  core: {
    migrations: { '001_a': table('a'), '002_slow': { up: [`select pg_sleep(${seconds})`] }, '003_c': table('c') },
  },
})

/** The server goes on with what a dead client had sent: only when its session is over, the state is what stays. */
const sessionsOver = (db: TestDatabase) =>
  vi.waitFor(
    async () => {
      const { rows } = await db.client.query(
        "select from pg_stat_activity where datname = current_database() and application_name like 'veza-migrator%'",
      )
      expect(rows).toHaveLength(0)
    },
    { timeout: 15_000, interval: 20 },
  )

/** A process that is killed when it has said something, or so many milliseconds after it named its target. */
async function killedUp(
  db: TestDatabase,
  when: { readonly says: RegExp } | { readonly afterMs: number },
): Promise<void> {
  const { child, finished, said } = startCommand(['up', '--database-url', db.url], { cwd: v1.root })
  if ('says' in when) await said(when.says)
  else {
    await said(/PostgreSQL/)
    const { promise, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, when.afterMs)
    await promise
  }
  child.kill('SIGKILL')
  await finished
  await sessionsOver(db)
}

const MOMENTS = [
  { says: /PostgreSQL/ },
  { says: /core\/001/ },
  { says: /core\/005/ },
  { says: /streaming\/005/ },
  { says: /Applied/ },
  ...[2, 5, 10, 20, 40, 60, 90].map((afterMs) => ({ afterMs })),
]

test('kill -9 of up at a dozen moments: as before or complete, and the next up succeeds', async () => {
  const seen: ('before' | 'complete')[] = []
  const lane = async (moments: typeof MOMENTS) => {
    for (const moment of moments) {
      await using db = await testDatabase()
      await killedUp(db, moment)
      const applied = (await history(db.client)).length
      expect([0, all], JSON.stringify(moment)).toContain(applied)
      if (applied === 0) expect(await publicObjects(db.client)).toEqual([])
      seen.push(applied === 0 ? 'before' : 'complete')
      expect((await migrate(db.url, v1)).applied).toBe(all)
    }
  }
  await Promise.all([0, 1, 2].map((at) => lane(MOMENTS.filter((_, index) => index % 3 === at))))
  expect(seen).toHaveLength(12)
}, 120_000)

test('a terminated backend: the server is asked what became of the run, and says nothing', async () => {
  using workspace = await fixtureWorkspace(sleeping(30))
  await using db = await testDatabase()
  const onEvent = async (event: RunEvent) => {
    if (event.type !== 'started' || event.step.name !== '002_slow') return
    await db.client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'veza-migrator up%'",
    )
  }
  const error = await failureOf(migrate(db.url, workspace, { onEvent }))
  expect(error.name).toBe('ConnectionLostError')
  expect(error.message).toMatchInlineSnapshot(`
    "The connection to the server was lost during core/002_slow: terminating connection due to administrator command
    Nothing of this run was applied; the database is as it was before."
  `)
  expect(await publicObjects(db.client)).toEqual([])
})

test('a cut connection while the server goes on: it is asked until it is done, and says complete', async () => {
  using workspace = await fixtureWorkspace(sleeping(0.4))
  await using db = await testDatabase()
  await using proxy = await tcpProxy(db.url)
  const onEvent = (event: RunEvent) => {
    if (event.type === 'started' && event.step.name === '002_slow') proxy.cut()
  }
  const error = await failureOf(migrate(proxy.url, workspace, { onEvent }))
  expect(error.name).toBe('ConnectionLostError')
  expect(error.message).toMatchInlineSnapshot(`
    "The connection to the server was lost during core/002_slow: Connection terminated unexpectedly
    The database was asked again: all of the run is applied."
  `)
  expect(await history(db.client)).toHaveLength(3)
})

test('Ctrl-C in a long migration ends it at once, in the server too, and nothing is applied', async () => {
  using workspace = await fixtureWorkspace(sleeping(60))
  await using db = await testDatabase()
  const { child, finished, said } = startCommand(['up', '--database-url', db.url, '--workspace', workspace.root])
  await said(/core\/001_a/)
  const pressedAt = performance.now()
  child.kill('SIGINT')
  const { exitCode, stderr } = await finished
  expect(performance.now() - pressedAt).toBeLessThan(5000)
  expect(exitCode).toBe(3)
  expect(stderr).toMatchInlineSnapshot(`
    "error  Interrupted: nothing applied. The database is as it was before.
    "
  `)
  await sessionsOver(db)
  expect(await publicObjects(db.client)).toEqual([])
})

test('Ctrl-C while waiting for another run ends the waiting', async () => {
  using workspace = await fixtureWorkspace(sleeping(0))
  await using db = await testDatabase()
  await db.client.query(`begin; select pg_advisory_xact_lock(${LOCK_KEY.join(', ')})`)
  const stop = new AbortController()
  const onEvent = (event: RunEvent) => {
    if (event.type === 'waiting') stop.abort()
  }
  const error = await failureOf(migrate(db.url, workspace, { signal: stop.signal, onEvent }))
  expect(error.name).toBe('RunInterruptedError')
  await db.client.query('commit')
  expect(await publicObjects(db.client)).toEqual([])
})

test('a dozen races of two runners on an empty database: each migration is applied once, and both succeed', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_b': table('b') } } })
  for (let round = 1; round <= 10; round++) {
    await using db = await testDatabase()
    const runs = await Promise.all([migrate(db.url, workspace), migrate(db.url, workspace)])
    expect(runs.map((run) => idsOf(run).length).sort()).toEqual([0, 2])
    expect(runs.map(({ applied }) => applied)).toEqual([2, 2])
    expect(await history(db.client)).toEqual(['core/001_a', 'core/002_b'])
  }
})

test.each([1, 2])('two processes at once build V1 once, and both exit with 0 (%i)', async () => {
  await using db = await testDatabase()
  const runs = await Promise.all(
    [1, 2].map(() => startCommand(['up', '--database-url', db.url, '--json'], { cwd: v1.root }).finished),
  )
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  const applied = runs.map(({ stdout }) => JSON.parse(stdout).applied.length)
  expect(applied.sort((a, b) => a - b)).toEqual([0, all])
  expect(await history(db.client)).toHaveLength(all)
})
