import { testDatabase } from '@veza/tools/test-database'
import pg from 'pg'
import { expect, test } from 'vitest'
import { faultProxy, type Link, type Stop } from './fault-proxy.ts'
import { type Message, Messages, sqlOf, startupParameters } from './wire.ts'

const message = (kind: string, body: string | Buffer): Buffer => {
  const bytes = Buffer.from(body)
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length + 4)
  return Buffer.concat([Buffer.from(kind), length, bytes])
}
const startup = message('', Buffer.from('\0\x03\0\0user\0ann\0application_name\0it\0\0'))
const sslRequest = message('', Buffer.from([4, 210, 22, 47]))

const kinds = (found: readonly Message[]): string[] => found.map(({ kind }) => kind)

test('messages are cut out of a stream however it arrives', () => {
  const sent = Buffer.concat([
    startup,
    message('Q', 'select 1\0'),
    message('P', 'name\0select $1\0\0\0'),
    message('S', ''),
  ])
  const whole = new Messages('client').push(sent)
  expect(kinds(whole)).toEqual(['startup', 'Q', 'P', 'S'])
  expect(startupParameters(whole[0]!)).toEqual({ user: 'ann', application_name: 'it' })
  expect(whole.map(sqlOf)).toEqual(['', 'select 1', 'select $1', ''])
  const byByte = new Messages('client')
  expect([...sent].flatMap((byte) => byByte.push(Buffer.from([byte]))).map(({ bytes }) => bytes)).toEqual(
    whole.map(({ bytes }) => bytes),
  )
})

test("the server's answer to a request for TLS is a byte, and what follows a yes cannot be read", () => {
  const client = new Messages('client')
  expect(kinds(client.push(sslRequest))).toEqual(['ssl'])
  const server = new Messages('server')
  server.expectAnswerToSsl()
  expect(kinds(server.push(Buffer.concat([Buffer.from('N'), message('Z', 'I')])))).toEqual(['ssl', 'Z'])
  server.becomeOpaque()
  expect(kinds(server.push(Buffer.from('anything')))).toEqual(['tls'])
})

/** A session through a proxy that does `stop` at the first `select 2`. */
async function through(url: string, stop: Stop) {
  const proxy = await faultProxy(url, ({ side, message }) =>
    side === 'client' && sqlOf(message) === 'select 2' ? stop : undefined,
  )
  const client = new pg.Client({ connectionString: proxy.url, application_name: 'cut me' })
  client.on('error', () => {})
  await client.connect()
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  const close = async () => {
    client.end().catch(() => {})
    await proxy[Symbol.asyncDispose]()
  }
  return { client, proxy, [Symbol.asyncDispose]: close }
}

test('a connection is cut at a byte of a message: the statement never arrives', async () => {
  await using db = await testDatabase()
  await using cut = await through(db.url, { bytes: 3, act: (link) => link.cut() })
  await expect(cut.client.query('select 2')).rejects.toThrow(/terminated/)
  expect(cut.proxy.links[0]!.startup.application_name).toBe('cut me')
})

test('a silent network keeps what is sent, and it arrives in order when the network is back', async () => {
  await using db = await testDatabase()
  const held: Link[] = []
  const act = (link: Link) => {
    link.silence()
    held.push(link)
  }
  await using silent = await through(db.url, { bytes: 3, act })
  const answers = [silent.client.query('select 2 as n'), silent.client.query('select 3 as n')]
  // The first is not the text that the proxy waits for; the one that is, is held with all behind it.
  const late = [silent.client.query('select 2'), silent.client.query('select 4 as n')]
  expect((await Promise.all(answers)).map(({ rows }) => rows[0].n)).toEqual([2, 3])
  await expect.poll(() => held.length).toBe(1)
  held[0]!.resume()
  expect((await Promise.all(late)).map(({ rows }) => Object.values(rows[0])[0])).toEqual([2, 4])
})

test('newcomers are refused or met with silence when told so', async () => {
  await using db = await testDatabase()
  await using proxy = await faultProxy(db.url)
  proxy.newcomers = 'refused'
  await expect(new pg.Client({ connectionString: proxy.url }).connect()).rejects.toThrow(/terminated|ECONNRESET/)
  proxy.newcomers = 'silent'
  const waiting = new pg.Client({ connectionString: proxy.url, connectionTimeoutMillis: 300 })
  await expect(waiting.connect()).rejects.toThrow(/timeout/)
})
