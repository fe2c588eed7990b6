/**
 * A TCP proxy on loopback in front of a PostgreSQL server: it counts round trips, can hold back what the client sends, can cut its
 * clients off, can go silent as a dead network does, and can hand out another process id than the server's, as a pooler does.
 *
 * A round trip is a turn of the client that the server answers. It begins when the client sends something for the first time or after the
 * server has sent something, and it counts once, when the first byte of the answer comes, however much either side sends. The login is one,
 * whatever the server asks for (round-trips.ts). The client's last message, which nobody answers, is none. TCP's own handshake is neither
 * counted nor held back.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { RoundTrips } from './round-trips.ts'

export interface TcpProxy extends AsyncDisposable {
  /** The server's URL with the proxy in its place. */
  readonly url: string
  readonly port: number
  /** Round trips of all connections since the start. */
  readonly roundTrips: number
  readonly connections: number
  /** Cuts every connection on the client's side and accepts new ones. The server does not notice and goes on with what it received. */
  cut(): void
  /**
   * From now on nothing that is sent in this direction arrives, the end of a connection included, on no connection: those that are there
   * stay open, and new ones are accepted. Default: both directions.
   */
  silence(direction?: 'both' | 'toServer' | 'toClient'): void
  /** What is sent from now on arrives again. What was lost stays lost. */
  restore(): void
  /** How many messages the silence has swallowed. */
  readonly lost: number
}

export interface TcpProxyOptions {
  /** How long each message of a client is held back, in milliseconds. Default 0. */
  readonly delayMs?: number
  /** Tells clients another process id than the server did, as a pooler does. Default false. */
  readonly inventPid?: boolean
}

/** `serverUrl`: any URL with a host and a port; without a port, PostgreSQL's 5432. */
export async function tcpProxy(
  serverUrl: string,
  { delayMs = 0, inventPid = false }: TcpProxyOptions = {},
): Promise<TcpProxy> {
  const target = new URL(serverUrl)
  const open = new Set<Socket>()
  const clients = new Set<Socket>()
  let roundTrips = 0
  let connections = 0
  let lost = 0
  const isSilent = { toServer: false, toClient: false }
  // Timers with the same delay fire in the order in which they were set, so the end of a client's stream comes after its data.
  const later = delayMs === 0 ? (send: () => void) => send() : (send: () => void) => void setTimeout(send, delayMs)

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const port = Number(target.port || 5432)
    const upstream = connect({ host: target.hostname, port, allowHalfOpen: true, noDelay: true })
    clients.add(client)
    connections += 1
    const trips = new RoundTrips()
    client.on('data', (bytes) => {
      if (isSilent.toServer) {
        lost += 1
        return
      }
      trips.sent(bytes)
      later(() => upstream.write(bytes))
    })
    client.on('end', () => isSilent.toServer || later(() => upstream.end()))
    upstream.on('data', (bytes) => {
      if (isSilent.toClient) {
        lost += 1
        return
      }
      roundTrips += trips.answered(bytes)
      client.write(inventPid ? withAnotherPid(bytes) : bytes)
    })
    upstream.on('end', () => isSilent.toClient || client.end())
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => {}).on('close', () => open.delete(socket))
    }
    upstream.on('close', () => isSilent.toClient || client.destroy())
    // A client that was cut off is no longer in `clients`, so its connection to the server stays open.
    client.on('close', () => clients.delete(client) && !isSilent.toServer && upstream.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const url = new URL(serverUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return {
    url: url.href,
    port,
    get roundTrips() {
      return roundTrips
    },
    get lost() {
      return lost
    },
    get connections() {
      return connections
    },
    cut: () => {
      for (const client of clients) {
        clients.delete(client)
        client.destroy()
      }
    },
    silence: (direction = 'both') => {
      isSilent.toServer ||= direction !== 'toClient'
      isSilent.toClient ||= direction !== 'toServer'
    },
    restore: () => {
      isSilent.toServer = false
      isSilent.toClient = false
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
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
