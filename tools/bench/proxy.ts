/**
 * A line with latency: a TCP proxy on loopback that holds back what the client sends for `delayMs`, so each round trip takes that much
 * longer, and counts the round trips.
 *
 * A round trip is a turn of the client that the server answers: it begins when the client sends something after the server spoke (or
 * at all), and it counts once, when the first byte of the answer comes, however much either side sends. The start of the session is one;
 * the client's goodbye, which nobody answers, is none. TCP's own handshake is neither counted nor held back; it is the same for all.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface DelayProxy extends AsyncDisposable {
  readonly port: number
  /** Round trips of all connections since the last call. */
  takeRoundTrips(): number
}

export async function startProxy({
  serverPort,
  delayMs,
}: {
  readonly serverPort: number
  readonly delayMs: number
}): Promise<DelayProxy> {
  let roundTrips = 0
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ port: serverPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    let isClientsTurn = false
    client.on('data', (chunk) => {
      isClientsTurn = true
      setTimeout(() => upstream.write(chunk), delayMs)
    })
    // Timers of one delay fire in the order in which they were set: the end stays behind the data.
    client.on('end', () => setTimeout(() => upstream.end(), delayMs))
    upstream.on('data', (chunk) => {
      if (isClientsTurn) roundTrips += 1
      isClientsTurn = false
      client.write(chunk)
    })
    upstream.on('end', () => client.end())
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => open.delete(socket))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    takeRoundTrips: () => {
      const taken = roundTrips
      roundTrips = 0
      return taken
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
