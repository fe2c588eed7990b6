/**
 * A server that speaks just enough of PostgreSQL's protocol to refuse: for refusals that the tests' own server, which trusts everybody,
 * never gives. On loopback, on a free port.
 */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

interface Refusal {
  /** SQLSTATE. */
  readonly code: string
  readonly message: string
}

export interface FakeServer extends AsyncDisposable {
  readonly port: number
  /** Resolves when a client has sent its first bytes. */
  readonly greeted: Promise<void>
  /** With a user and a password in it, which no message may repeat. */
  urlFor(database: string): string
}

export const PASSWORD = 'top-secret-42'

/** `refuse` answers the greeting with an error, after the password if it asks for one; `hangUp` closes the connection instead. */
export type Behaviour =
  | { readonly refuse: Refusal; readonly askForPassword?: boolean }
  | { readonly hangUp: true }
  /** Takes the connection and never says anything, not even when `askForPassword` has got its answer. */
  | { readonly silent: true; readonly askForPassword?: boolean }
  /** Asks for a password as SCRAM-SHA-256 does, far enough for a client to notice that it has none. */
  | { readonly scram: true }

export async function fakeServer(behaviour: Behaviour): Promise<FakeServer> {
  const sockets = new Set<Socket>()
  const { promise: greeted, resolve: greet } = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    socket.once('data', () => {
      greet()
      if ('hangUp' in behaviour) socket.destroy()
      else if ('silent' in behaviour) {
        if (behaviour.askForPassword) socket.write(message('R', int32(3)))
      } else if ('scram' in behaviour) beginScram(socket)
      else if (behaviour.askForPassword) {
        socket.write(message('R', int32(3)))
        socket.once('data', () => socket.end(errorResponse(behaviour.refuse)))
      } else socket.end(errorResponse(behaviour.refuse))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { port: number }
  return {
    port,
    greeted,
    urlFor: (database) => `postgresql://veza:${PASSWORD}@127.0.0.1:${port}/${database}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function beginScram(socket: Socket): void {
  socket.write(message('R', Buffer.concat([int32(10), text('SCRAM-SHA-256'), text('')])))
  socket.once('data', (answer) => {
    const nonce = /r=([^,]+)/.exec(answer.toString('latin1'))?.[1]
    socket.write(message('R', Buffer.concat([int32(11), Buffer.from(`r=${nonce}more,s=c2FsdA==,i=4096`)])))
  })
}

function errorResponse({ code, message: words }: Refusal): Buffer {
  const field = (kind: string, value: string) => Buffer.concat([Buffer.from(kind), text(value)])
  return message(
    'E',
    Buffer.concat([field('S', 'FATAL'), field('V', 'FATAL'), field('C', code), field('M', words), Buffer.from([0])]),
  )
}

/** A message of the protocol: its kind, its length with itself, its body (PostgreSQL manual, "Message Formats"). */
const message = (kind: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(kind), int32(body.length + 4), body])

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`)
