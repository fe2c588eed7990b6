/** Ctrl-C, SIGTERM and SIGHUP in every phase of a command: within two seconds the process has ended and said what is known. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { tcpProxy } from '@veza/tools/tcp-proxy'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { describe, expect, test, vi } from 'vitest'
import { LOCK_KEY } from '../src/database/lock.ts'
import { commandLine, isRunning, processTag } from '../src/embedded/process.ts'
import { type Finished, type Started, startCommand } from './command.ts'
import { fakeServer } from './fake-server.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { migrate, publicObjects } from './runs.ts'

/** The promise is two seconds. A machine on which everything else is tested too is given more; without the promise, it would be for ever. */
const WITHIN_MS = 6000

/** Sends the signal, and what the process then says and how long that takes. */
async function ended({ child, finished }: Started, signal: NodeJS.Signals): Promise<Finished> {
  const at = performance.now()
  child.kill(signal)
  const end = await finished
  expect(performance.now() - at).toBeLessThan(WITHIN_MS)
  return end
}

const up = (db: Pick<TestDatabase, 'url'>, workspace: { root: string }, ...more: readonly string[]): Started =>
  startCommand(['up', '--database-url', db.url, '--workspace', workspace.root, ...more])

/** The server may need a moment to notice that its client is gone. */
const untouched = (db: TestDatabase) =>
  vi.waitFor(async () => {
    const { rows } = await db.client.query(
      "select from pg_stat_activity where datname = current_database() and application_name like 'veza-migrator%'",
    )
    expect(rows).toEqual([])
    expect(await publicObjects(db.client)).toEqual([])
  }, 10_000)

const table = (name: string) => ({ up: [`create table ${name} ()`], down: [`drop table ${name}`] })
const one = { core: { migrations: { '001_a': table('a') } } }

/** A migration that reads, so that it runs live, and goes on with this code. */
const live = (code: string) => `
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
export const about = 'thinks'
export async function up(db: Kysely<any>): Promise<void> {
  const { rows } = await sql<{ n: number }>\`select 1 as n\`.execute(db)
  if (rows.length === 0) return
  ${code}
}
export const irreversible = 'it is a test'
`

test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s while connecting', async (signal) => {
  using workspace = await fixtureWorkspace(one)
  await using server = await fakeServer({ silent: true })
  const started = up({ url: server.urlFor('veza') }, workspace)
  await server.greeted
  const { exitCode, stderr } = await ended(started, signal)
  expect(stderr).toMatch(/^error {2}Interrupted while connecting to \S+: nothing applied, no database was changed\.\n$/)
  expect(exitCode).toBe(3)
})

test('while a live migration awaits something in JavaScript, and nothing is committed', async () => {
  const thinking = live(`await sql\`create table half ()\`.execute(db)
  console.error('thinking')
  await sleep(60_000)`)
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_think': thinking } } })
  await using db = await testDatabase()
  const started = up(db, workspace)
  await started.said(/thinking/)
  const { exitCode, stderr } = await ended(started, 'SIGTERM')
  expect(stderr).toBe('thinking\nerror  Interrupted: nothing applied. The database is as it was before.\n')
  expect(exitCode).toBe(3)
  await untouched(db)
})

test('while a live migration works on without a statement: it sends no other one, and nothing is committed', async () => {
  const thinking = live(`console.error('thinking')
  await sleep(700)
  await sql\`create table late ()\`.execute(db)`)
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_think': thinking } } })
  await using db = await testDatabase()
  const started = up(db, workspace)
  await started.said(/thinking/)
  const { stderr } = await ended(started, 'SIGINT')
  expect(stderr).toContain('Interrupted: nothing applied.')
  await untouched(db)
})

/** A function that goes on when it is cancelled. */
const STUBBORN = `do $$ begin
  for i in 1..600 loop
    begin perform pg_sleep(0.1); exception when query_canceled then null; end;
  end loop;
end $$`

test('while a statement cannot be cancelled', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': table('a'), '002_b': { up: [STUBBORN] } } },
  })
  await using db = await testDatabase()
  const started = up(db, workspace)
  await started.said(/core\/001_a/)
  const { exitCode, stderr } = await ended(started, 'SIGINT')
  expect(stderr).toBe('error  Interrupted: nothing applied. The database is as it was before.\n')
  expect(exitCode).toBe(3)
  await untouched(db)
})

test('a second Ctrl-C ends it at once, with what is known', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': table('a'), '002_b': { up: ['select pg_sleep(60)'] } } },
  })
  await using db = await testDatabase()
  await using proxy = await tcpProxy(db.url)
  const started = up(proxy, workspace)
  await started.said(/core\/001_a/)
  // Nothing can be cancelled and nothing be asked.
  proxy.silence()
  started.child.kill('SIGINT')
  await sleep(200)
  const { exitCode, stderr } = await ended(started, 'SIGINT')
  expect(stderr).toMatchInlineSnapshot(`
    "error  Interrupted. What was applied is unknown: run status.
           It could not be found out whether the run was applied. Ask again: npx nx run migrator:status
    "
  `)
  expect(exitCode).toBe(3)
})

test('while an index is built concurrently behind a writer that does not end', async () => {
  const index = { transaction: false, up: ['create index concurrently a_n on a (n)'], down: ['drop index a_n'] }
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': { up: ['create table a (n int)'], down: ['drop table a'] }, '002_index': index } },
  })
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '1' } })
  await db.client.query('begin; insert into a values (1)')
  const started = up(db, workspace)
  await started.said(/core\/002_index waits for/)
  const { exitCode, stderr } = await ended(started, 'SIGINT')
  expect(stderr).toMatch(/^error {2}Interrupted half-way\.\n {7}core\/002_index runs outside a transaction/)
  expect(exitCode).toBe(3)
  await db.client.query('rollback')
})

test('while it waits for another run', async () => {
  using workspace = await fixtureWorkspace(one)
  await using db = await testDatabase()
  await db.client.query(`begin; select pg_advisory_xact_lock(${LOCK_KEY.join(', ')})`)
  const started = up(db, workspace)
  await started.said(/waiting for another run/)
  const { stderr } = await ended(started, 'SIGHUP')
  expect(stderr).toBe('error  Interrupted: nothing applied. The database is as it was before.\n')
  await db.client.query('commit')
  await untouched(db)
})

const SLOW_TO_RENDER = `
export const about = 'takes its time'
export async function up(): Promise<void> {
  console.error('rendering')
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}
export const irreversible = 'it is a test'
`
const SLOW_TO_IMPORT = `
console.error('rendering')
await new Promise((resolve) => setTimeout(resolve, 60_000))
export const about = 'takes its time'
export async function up(): Promise<void> {}
export const irreversible = 'it is a test'
`

test.each([
  ['up', SLOW_TO_RENDER],
  ['lock', SLOW_TO_RENDER],
  ['check', SLOW_TO_RENDER],
  ['plan', SLOW_TO_IMPORT],
  ['status', SLOW_TO_IMPORT],
  ['lock', SLOW_TO_IMPORT],
])('%s, while a migration is rendered or imported', async (verb, source) => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_slow': source } } }, { lock: false })
  workspace.write('migrations.lock', `core/001_slow ${'0'.repeat(64)}\n`)
  await using db = await testDatabase()
  const started = startCommand([verb, '--database-url', db.url, '--workspace', workspace.root, '--json'])
  await started.said(/rendering/)
  const { exitCode, stdout } = await ended(started, 'SIGINT')
  expect(JSON.parse(stdout).error.message).toContain('nothing applied')
  expect(exitCode).toBe(3)
})

test('while a table is locked that status has to read', async () => {
  using workspace = await fixtureWorkspace(one)
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  await db.client.query('begin; lock table migration_history in access exclusive mode')
  const started = startCommand(['status', '--database-url', db.url, '--workspace', workspace.root])
  await started.said(/PostgreSQL/)
  const { exitCode, stderr } = await ended(started, 'SIGINT')
  expect(stderr).toMatch(/^error {2}Interrupted .*: nothing applied, no database was changed\.\n$/)
  expect(exitCode).toBe(3)
})

const childrenOf = (pid: number): number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
const titleOf = (pid: number): string => commandLine(pid)?.join(' ') ?? ''

describe.runIf(process.platform === 'linux')('with an embedded server, which is not left running:', () => {
  test.each([['check', '--no-base'], ['types']])('while %s replays the plan', async (...verb) => {
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_slow': { up: ['select pg_sleep(60)'] } } } })
    const started = startCommand([...verb, '--workspace', workspace.root])
    const server = await vi.waitFor(() => {
      const found = childrenOf(started.child.pid as number).find((pid) =>
        childrenOf(pid).some((session) => titleOf(session).includes('SELECT')),
      )
      expect(found).toBeDefined()
      return processTag(found as number)
    }, 30_000)
    const { exitCode, stderr } = await ended(started, 'SIGINT')
    expect(stderr).toMatch(/^error {2}Interrupted/)
    expect(exitCode).toBe(3)
    await vi.waitFor(() => expect(isRunning(server)).toBe(false), 10_000)
  })

  test.each([['up'], ['db']])('while %s makes its cluster', async (verb) => {
    using workspace = await fixtureWorkspace(one)
    const started = startCommand([verb, '--workspace', workspace.root])
    const initdb = await vi.waitFor(() => {
      const found = childrenOf(started.child.pid as number).find((pid) => titleOf(pid).includes('initdb'))
      expect(found).toBeDefined()
      return processTag(found as number)
    }, 30_000)
    const { exitCode, stderr } = await ended(started, 'SIGINT')
    expect(stderr).toMatch(/^error {2}Interrupted/)
    expect(exitCode).toBe(3)
    expect(isRunning(initdb)).toBe(false)
  })
})
