import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { tcpProxy } from './index.ts'

/** A server that answers each `?` with `!` and nothing else. `served` lists its connections. */
async function answerer(): Promise<Disposable & { readonly url: string; readonly served: readonly Socket[] }> {
  const served: Socket[] = []
  const server = createServer((socket) => {
    served.push(socket)
    socket
      .on('error', () => {})
      .on('data', (data) => {
        for (const _ of String(data).matchAll(/\?/g)) socket.write('!')
      })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `postgresql://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { url, served, [Symbol.dispose]: () => void server.close() }
}

test('it counts turns that are answered, not messages, and holds each turn back', async () => {
  using server = await answerer()
  await using proxy = await tcpProxy(server.url, { delayMs: 20 })
  const client = connect(proxy.port, '127.0.0.1')
  const startedAt = performance.now()
  client.write('three?')
  client.write('at once?')
  client.write('are one turn?')
  for (let answers = ''; answers.length < 3; ) answers += String((await once(client, 'data'))[0])
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(19)
  expect(proxy.roundTrips).toBe(1)
  client.write('the second?')
  await once(client, 'data')
  client.end('goodbye')
  await text(client)
  expect(proxy.roundTrips).toBe(2)
})

test('a client that it cuts off is gone, and the server goes on', async () => {
  using server = await answerer()
  await using proxy = await tcpProxy(server.url)
  const client = connect(proxy.port, '127.0.0.1')
  client.on('error', () => {})
  client.write('anybody there?')
  await once(client, 'data')
  proxy.cut()
  await once(client, 'close')
  expect(server.served.map(({ destroyed }) => destroyed)).toEqual([false])
})

test('a client that leaves takes its connection to the server with it', async () => {
  using server = await answerer()
  await using proxy = await tcpProxy(server.url)
  const client = connect(proxy.port, '127.0.0.1')
  client.write('anybody there?')
  await once(client, 'data')
  const [served] = server.served as [Socket]
  const gone = once(served, 'close')
  client.resetAndDestroy()
  await gone
  expect(served.destroyed).toBe(true)
})

test.each([
  ['both', 'before? after?'],
  ['toServer', 'before? after?'],
  ['toClient', 'before? lost? after?'],
] as const)(
  'silent in the direction "%s", its connections stay open and what is sent is lost',
  async (direction, heard) => {
    using server = await answerer()
    await using proxy = await tcpProxy(server.url)
    const client = connect(proxy.port, '127.0.0.1')
    let answers = ''
    client.on('data', (data) => {
      answers += data
    })
    client.write('before?')
    await vi.waitFor(() => expect(answers).toBe('!'))
    const [served] = server.served as [Socket]
    const words = ['before?']
    served.on('data', (data) => words.push(String(data)))
    proxy.silence(direction)
    client.write('lost?')
    await vi.waitFor(() => expect(proxy.lost).toBe(1))
    // A new connection is taken, and gets nothing either.
    const other = connect(proxy.port, '127.0.0.1')
    await once(other, 'connect')
    other.write('and I?')
    await vi.waitFor(() => expect(proxy.lost).toBe(2))
    proxy.restore()
    client.write('after?')
    await vi.waitFor(() => expect(answers).toBe('!!'))
    expect(words.join(' ')).toBe(heard)
    expect([client, other, ...server.served].map(({ destroyed }) => destroyed)).not.toContain(true)
  },
)
