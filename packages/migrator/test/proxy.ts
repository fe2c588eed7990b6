/**
 * A TCP proxy that counts round trips: every time the client speaks after the server has spoken begins one.
 * Statements sent without waiting for an answer count once, however many there are.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Proxy extends AsyncDisposable {
  /** The server's URL with the proxy in its place. */
  readonly url: string
  /** Round trips since the start, the connection's own included. */
  readonly roundTrips: number
  readonly connections: number
  /** Cuts every connection on the client's side; new ones are taken. The server does not notice: it goes on with what it got. */
  cut(): void
}

export interface ProxyOptions {
  /** Tells clients another process id than the server did, as a pooler does. */
  readonly inventPid?: boolean
}

export async function proxyTo(serverUrl: string, { inventPid = false }: ProxyOptions = {}): Promise<Proxy> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  const clients = new Set<Socket>()
  const severed = new Set<Socket>()
  const count = { roundTrips: 0, connections: 0 }
  const server = createServer((client) => {
    count.connections += 1
    clients.add(client)
    let speaker: 'client' | 'server' = 'server'
    const upstream = connect({ host: target.hostname, port: Number(target.port || 5432), noDelay: true })
    client.setNoDelay(true)
    client.on('data', (bytes) => {
      // Terminate ("X", length 4) is a farewell: nobody waits for an answer.
      const isFarewell = bytes.length === 5 && bytes[0] === 0x58
      if (speaker === 'server' && !isFarewell) count.roundTrips += 1
      speaker = 'client'
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      speaker = 'server'
      client.write(inventPid ? withAnotherPid(bytes) : bytes)
    })
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {}).once('close', () => severed.has(socket) || other.destroy())
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(serverUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as { port: number }).port)
  return {
    url: url.href,
    get roundTrips() {
      return count.roundTrips
    },
    get connections() {
      return count.connections
    },
    cut: () => {
      for (const socket of clients) {
        severed.add(socket)
        socket.destroy()
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** BackendKeyData: "K", its length 12, then the process id (PostgreSQL manual, "Message Formats"). */
function withAnotherPid(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]))
  if (at >= 0) bytes.writeInt32BE(bytes.readInt32BE(at + 5) + 1, at + 5)
  return bytes
}
