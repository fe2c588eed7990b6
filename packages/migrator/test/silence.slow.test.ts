/**
 * A network that goes silent: connections stay open and nothing arrives. Whoever waits for an answer is told within a quarter of a minute,
 * the server frees what the vanished client had locked, and a server that is merely at work is left to work.
 */
import { faultProxy } from '@veza/tools/fault-proxy'
import { tcpProxy } from '@veza/tools/tcp-proxy'
import { testDatabase } from '@veza/tools/test-database'
import { sqlOf } from '@veza/tools/wire'
import { describe, expect, test } from 'vitest'
import { connect } from '../src/database/connect.ts'
import { sendAll } from '../src/database/pipeline.ts'
import type { RunEvent } from '../src/run/events.ts'
import { statement } from '../src/statement.ts'
import { startCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, history, migrate, publicObjects } from './runs.ts'

/** The look and the question about the outcome, and room for a slow machine. */
const BOUND_MS = 60_000

async function timed<T>(work: Promise<T>): Promise<T> {
  const at = performance.now()
  const value = await work
  expect(performance.now() - at).toBeLessThan(BOUND_MS)
  return value
}

const table = (name: string) => ({ up: [`create table ${name} ()`], down: [`drop table ${name}`] })
const LIVE = `
import { type Kysely, sql } from 'kysely'
export const about = 'reads'
export async function up(db: Kysely<any>): Promise<void> {
  const { rows } = await sql\`select 1\`.execute(db)
  if (rows.length > 0) await sql\`select pg_sleep(0.5)\`.execute(db)
  if (rows.length > 0) await sql\`create table late ()\`.execute(db)
}
export const irreversible = 'it is a test'
`

describe.concurrent('a silent network', () => {
  test.for(['both', 'toServer', 'toClient'] as const)(
    'in a live migration, direction "%s": nothing applied, since no commit was sent',
    { timeout: 60_000 },
    async (direction, { expect }) => {
      using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_live': LIVE } } })
      await using db = await testDatabase()
      await using proxy = await tcpProxy(db.url)
      const onEvent = (event: RunEvent) => {
        if (event.type === 'started' && event.step.name === '002_live') proxy.silence(direction)
      }
      const error = await timed(failureOf(migrate(proxy.url, workspace, { onEvent })))
      expect(error.name).toBe('ConnectionLostError')
      expect(error.message.replace(/for \d+ s/, 'for 13 s')).toMatchInlineSnapshot(`
        "The connection to the server was lost during core/002_live: the network is silent: nothing has come for 13 s, and another connection got no answer either
        Nothing of this run was applied; the database is as it was before."
      `)
    },
  )

  test('while the commit is under way: unknown, which is said, and the next up goes on', async ({ expect }) => {
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_a': table('a'), '002_slow': { up: ['select pg_sleep(0.5)'] } } },
    })
    await using db = await testDatabase()
    await using proxy = await tcpProxy(db.url)
    const onEvent = (event: RunEvent) => {
      if (event.type === 'started' && event.step.name === '002_slow') proxy.silence()
    }
    const error = await timed(failureOf(migrate(proxy.url, workspace, { onEvent })))
    expect(error.name).toBe('ConnectionLostError')
    expect(error.outcome).toEqual({ kind: 'unknown' })
    await migrate(db.url, workspace)
    expect(await history(db.client)).toEqual(['core/001_a', 'core/002_slow'])
  }, 60_000)

  test('on this one connection, while others get through: the server says that it waits for us', async ({ expect }) => {
    await using db = await testDatabase()
    await using proxy = await tcpProxy(db.url)
    const client = await connect(proxy.url, 'up')
    proxy.silence()
    const answer = failureOf(sendAll(client, [statement('select 1')]))
    await new Promise((resolve) => setTimeout(resolve, 100))
    proxy.restore()
    expect((await timed(answer)).message.replace(/for \d+ s/, 'for 13 s')).toMatchInlineSnapshot(
      `"the network is silent: nothing has come for 13 s, although the server has nothing more to do for it and waits"`,
    )
    await client.end()
  }, 60_000)

  test('that waits for us has its session ended, so that its lock is free at once', async ({ expect }) => {
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_live': LIVE } } })
    await using db = await testDatabase()
    // The Execute of a statement arrives and its Sync does not: the server is in the middle of a message, where no idle timeout counts.
    await using proxy = await faultProxy(db.url, ({ side, message, link }) => {
      if (side !== 'client' || message.kind !== 'E' || !link.startup.application_name?.includes(' up '))
        return undefined
      return { bytes: message.bytes.length, act: () => link.silence() }
    })
    const error = await timed(failureOf(migrate(proxy.url, workspace, { idleTimeoutMs: 0 })))
    expect(error.name).toBe('ConnectionLostError')
    expect(error.outcome).toEqual({ kind: 'nothing' })
    await migrate(db.url, workspace, { lockWaitMs: 1000 })
    expect(await history(db.client)).toEqual(['core/001_a', 'core/002_live'])
  }, 60_000)

  test('while the server ends the session: that is noticed although its last words do not arrive', async ({
    expect,
  }) => {
    await using db = await testDatabase()
    await using proxy = await faultProxy(db.url, ({ side, message }) =>
      side === 'client' && sqlOf(message) === 'select 1' ? { bytes: 5, act: (link) => link.silence() } : undefined,
    )
    const client = await connect(proxy.url, 'up')
    await sendAll(client, [statement("set idle_session_timeout = '500ms'")])
    const error = await timed(failureOf(sendAll(client, [statement('select 1')])))
    expect(error.message.replace(/for \d+ s/, 'for 13 s')).toMatchInlineSnapshot(
      `"the network is silent: nothing has come for 13 s, and the server has ended the session"`,
    )
    await client.end()
  }, 60_000)

  test('that lets every login through and no question', async ({ expect }) => {
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a') } } })
    await using db = await testDatabase()
    await using proxy = await faultProxy(db.url, ({ side, message }) =>
      side === 'client' && 'QP'.includes(message.kind) ? { bytes: 0, act: (link) => link.silence() } : undefined,
    )
    const error = await timed(failureOf(migrate(proxy.url, workspace)))
    expect(error.name).toBe('ConnectionLostError')
    expect(error.message.replace(/for \d+ s/, 'for 30 s')).toMatchInlineSnapshot(`
      "The connection to the server was lost between two steps: the network is silent: nothing has come for 30 s, and other connections are made, but no question on them is answered
      Nothing of this run was applied; the database is as it was before."
    `)
    expect(await publicObjects(db.client)).toEqual([])
  }, 90_000)

  test('and Ctrl-C: the process ends within two seconds', async ({ expect }) => {
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_a': table('a'), '002_slow': { up: ['select pg_sleep(60)'] } } },
    })
    await using db = await testDatabase()
    await using proxy = await tcpProxy(db.url)
    const { child, finished, said } = startCommand(['up', '--database-url', proxy.url, '--workspace', workspace.root])
    await said(/core\/001_a/)
    proxy.silence()
    const at = performance.now()
    child.kill('SIGINT')
    const { exitCode, stderr } = await finished
    expect(performance.now() - at).toBeLessThan(6000)
    expect(stderr).toContain('Interrupted. What was applied is unknown: run status.')
    expect(exitCode).toBe(3)
  })

  test('and Ctrl-C, while the preview of down asks: no session is left in the server', async ({ expect }) => {
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a') } } })
    await using db = await testDatabase()
    await migrate(db.url, workspace)
    const reached = Promise.withResolvers<void>()
    // The server is left in the middle of a message, where no idle timeout counts.
    await using proxy = await faultProxy(db.url, ({ side, message }) =>
      side === 'client' && sqlOf(message).startsWith("select set_config('lock_timeout'")
        ? {
            bytes: message.bytes.length,
            act: (link) => {
              link.silence()
              reached.resolve()
            },
          }
        : undefined,
    )
    const { child, finished } = startCommand(['down', '--database-url', proxy.url, '--workspace', workspace.root])
    await reached.promise
    child.kill('SIGINT')
    expect((await finished).exitCode).toBe(3)
    const left = "select from pg_stat_activity where datname = current_database() and application_name like '% down %'"
    await expect.poll(async () => (await db.client.query(left)).rowCount, { timeout: 5000 }).toBe(0)
  }, 60_000)

  test.each(['status', 'audit', 'down'])(
    '%s ends and says so',
    async (verb) => {
      using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a') } } })
      await using db = await testDatabase()
      await migrate(db.url, workspace)
      await using proxy = await tcpProxy(db.url)
      await db.client.query('begin; lock table migration_history in access exclusive mode')
      const { finished, said } = startCommand([verb, '--database-url', proxy.url, '--workspace', workspace.root])
      await said(/PostgreSQL/)
      proxy.silence()
      const { exitCode, stderr } = await timed(finished)
      expect(stderr).toMatch(/silent|no answer within/)
      expect(exitCode).toBe(3)
    },
    60_000,
  )
})

describe.concurrent('no silence is', () => {
  test('a server that is at work, or waits for a lock', async () => {
    await using db = await testDatabase()
    const client = await connect(db.url, 'up')
    await sendAll(client, [statement('select pg_sleep(17)')])
    await client.end()
  }, 60_000)

  test('a server that takes no second connection', async ({ expect }) => {
    await using db = await testDatabase()
    const role = `${db.name}_single`
    await db.client.query(`create role ${role} login password 'single' connection limit 1`)
    const url = new URL(db.url)
    url.username = role
    url.password = 'single'
    const client = await connect(url.href, 'up')
    expect((await failureOf(client.another('watch'))).name).toBe('ConnectionRefusedByServerError')
    await sendAll(client, [statement('select pg_sleep(17)')])
    await client.end()
    await db.client.query(`drop role ${role}`)
  }, 60_000)

  test('a pooler that lets the second question wait', async () => {
    await using db = await testDatabase()
    await using pooler = await tcpProxy(db.url, { inventPid: true })
    const client = await connect(pooler.url, 'up')
    await sendAll(client, [statement('select pg_sleep(17)')])
    await client.end()
  }, 60_000)
})

describe.concurrent('what a vanished client had locked', () => {
  test('is free again after the idle timeout: the next up gets the lock by itself', async ({ expect }) => {
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_live': LIVE } } })
    await using db = await testDatabase()
    await using proxy = await tcpProxy(db.url)
    const onEvent = (event: RunEvent) => {
      if (event.type === 'started' && event.step.name === '002_live') proxy.silence()
    }
    const lost = failureOf(migrate(proxy.url, workspace, { onEvent, idleTimeoutMs: 4000 }))
    await expect.poll(async () => proxy.lost, { timeout: 20_000 }).toBeGreaterThan(0)
    await migrate(db.url, workspace, { lockWaitMs: 30_000 })
    expect(await history(db.client)).toEqual(['core/001_a', 'core/002_live'])
    await lost
  }, 60_000)

  test('outside a transaction as well', async ({ expect }) => {
    const index = { transaction: false, up: ['create index concurrently a_n on a (n)'], down: ['drop index a_n'] }
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_a': { up: ['create table a (n int)'], down: ['drop table a'] }, '002_index': index } },
    })
    await using db = await testDatabase()
    await using proxy = await tcpProxy(db.url)
    const onEvent = (event: RunEvent) => {
      if (event.type === 'started' && event.step.name === '002_index') proxy.silence('toServer')
    }
    const lost = failureOf(migrate(proxy.url, workspace, { onEvent, idleTimeoutMs: 4000 }))
    await expect.poll(async () => proxy.lost, { timeout: 20_000 }).toBeGreaterThan(0)
    await migrate(db.url, workspace, { lockWaitMs: 30_000 })
    expect(await history(db.client)).toEqual(['core/001_a', 'core/002_index'])
    await lost
  }, 60_000)

  test('a migration that thinks longer than --idle-timeout is told so, and nothing is applied', async ({ expect }) => {
    const thinking = LIVE.replace('select pg_sleep(0.5)', 'select 2').replace(
      'if (rows.length > 0) await sql`create',
      'if (rows.length > 0) await new Promise(() => {})\n  if (rows.length > 0) await sql`create',
    )
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_think': thinking } } })
    await using db = await testDatabase()
    const error = await failureOf(migrate(db.url, workspace, { idleTimeoutMs: 300 }))
    expect(error.name).toBe('IdleTooLongError')
    expect(error.message).toMatchInlineSnapshot(`
      "core/002_think sent nothing to the server for 0.3 s while it held its locks, so the server ended its session.
      Nothing of this run was applied; the database is as it was before.
      Do what takes long before the run, or give it more time with --idle-timeout."
    `)
    expect(await publicObjects(db.client)).toEqual([])
  })
})
