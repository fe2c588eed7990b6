/** A connection knows where it goes and opens another of itself; the password that both need is seen by nobody. */
import { inspect } from 'node:util'
import { tcpProxy } from '@veza/tools/tcp-proxy'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, connect, isConnectionLoss } from '../src/database/connect.ts'
import { send } from '../src/database/pipeline.ts'
import { statement } from '../src/statement.ts'
import { type Behaviour, fakeServer, PASSWORD } from './fake-server.ts'
import { failureOf } from './runs.ts'
import { told } from './told.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db?.drop())

/** With a password in its URL; where a test server lets everybody in without one, any will do. */
async function connected(purpose: string): Promise<Client> {
  const url = new URL(db.url)
  url.password ||= PASSWORD
  return connect(url.href, purpose)
}

const ME = `select current_database() as database, current_user::text as user, pg_backend_pid() as pid,
  current_setting('application_name') as application`
const whoIs = async (client: Client) => (await client.query(ME)).rows[0]

/** Every way in which an object of ours may come into a log, a message or a test's diff. */
function printed(value: object): string {
  const seen = new WeakSet<object>()
  const json = JSON.stringify(value, (_key, part) => {
    if (typeof part !== 'object' || part === null) return part
    if (seen.has(part)) return '(seen)'
    seen.add(part)
    return part
  })
  return [inspect(value, { depth: Number.POSITIVE_INFINITY }), json, String(value), inspect({ ...value })].join('\n')
}

test('another connection goes to the same database as the same user, under a name of its own', async () => {
  const first = await connected('up')
  const second = await first.another('watch')
  try {
    const [one, other] = [await whoIs(first), await whoIs(second)]
    expect(other).toMatchObject({ database: one.database, user: one.user })
    expect(other.pid).not.toBe(one.pid)
    expect(one.application).toMatch(/^veza-migrator up /)
    expect(other.application).toMatch(/^veza-migrator watch /)
    expect(second.target).toEqual(first.target)
    expect(second.serverVersion).toBe(first.serverVersion)
  } finally {
    await Promise.all([first.end(), second.end()])
  }
})

test('a connection that has died opens another one all the same', async () => {
  const first = await connected('up')
  await db.client.query('select pg_terminate_backend($1)', [(await whoIs(first)).pid])
  const error = await failureOf(first.query('select 1'))
  expect(isConnectionLoss(first, error)).toBe(true)
  const second = await first.another('aftermath')
  try {
    expect(await whoIs(second)).toMatchObject({ database: db.name })
  } finally {
    await second.end()
    await first.end().catch(() => {})
  }
})

test('a connection, open, at work or closed, is printed without its password', async () => {
  const client = await connected('up')
  const working = client.query('select pg_sleep(0)')
  const shown = [printed(client), printed(client.target)]
  await working
  shown.push(printed(client))
  await client.end()
  shown.push(printed(client))
  expect(shown[0]).toContain(client.target.database)
  expect(shown.join('\n')).not.toContain(new URL(db.url).password || PASSWORD)
})

test('the error of a refused connection is printed without the password, its cause included', async () => {
  await using server = await fakeServer({ refuse: { code: '28P01', message: 'no' }, askForPassword: true })
  const error = await failureOf(connect(server.urlFor('veza'), 'up'))
  expect(error.cause).toBeDefined()
  expect(printed(error)).toContain('AuthenticationError')
  expect(printed(error)).not.toContain(PASSWORD)
})

describe('a server that takes the connection and says nothing', () => {
  const silences: Behaviour[] = [{ silent: true }, { silent: true, askForPassword: true }]

  test.each(silences)('is waited for as long as --connect-timeout says: %j', async (behaviour) => {
    await using server = await fakeServer(behaviour)
    const error = await failureOf(connect(server.urlFor('veza'), 'up', { timeoutMs: 50 }))
    expect(await told(error)).toMatchInlineSnapshot(`
      "No PostgreSQL server answers at 127.0.0.1:5432/veza: no answer within 50 ms.
      Is it running, and is the address in --database-url or DATABASE_URL right? Without either, the embedded database is used."
    `)
  })

  test.each(silences)('is left at once on Ctrl-C: %j', async (behaviour) => {
    await using server = await fakeServer(behaviour)
    const stop = new AbortController()
    const connecting = connect(server.urlFor('veza'), 'up', { signal: stop.signal, timeoutMs: 0 })
    await server.greeted
    stop.abort()
    expect(await told(connecting)).toMatchInlineSnapshot(
      `"Interrupted while connecting to 127.0.0.1:5432/veza: nothing applied, no database was changed."`,
    )
  })

  test('is not even asked when Ctrl-C came before', async () => {
    await using server = await fakeServer({ silent: true })
    const error = await failureOf(connect(server.urlFor('veza'), 'up', { signal: AbortSignal.abort() }))
    expect(error.name).toBe('InterruptedError')
  })
})

test('a goodbye that is not heard is not waited for', async () => {
  await using proxy = await tcpProxy(db.url)
  const client = await connect(proxy.url, 'up')
  // The connection is ended on this side while a statement is under way that takes longer than the test may.
  const working = failureOf(client.query('select pg_sleep(60)'))
  await client.end()
  expect((await working).message).toBe('Connection terminated')
})

test('whoever leaves a connection does not wait for the server to close it, and the process may end', async () => {
  await using db = await testDatabase()
  const open = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
  const before = open()
  const client = await connect(db.url, 'test')
  const { processID } = client
  await send(client, statement('select 1'))
  client.leave()
  expect(open()).toBe(before)
  const there = 'select count(*)::int as there from pg_stat_activity where pid = $1'
  await expect.poll(async () => (await db.client.query(there, [processID])).rows[0].there).toBe(0)
})
