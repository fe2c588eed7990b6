/**
 * A TCP proxy on loopback that reads PostgreSQL's protocol and does harm at an exact place: after the n-th message, after a message with a
 * certain SQL, after so many of its bytes. `watch` sees each message before it is passed on and may answer with a Stop; then so many bytes
 * of the message go on, and `act` decides what becomes of the connection: it is cut, it falls silent, a process is killed meanwhile.
 *
 *     await using proxy = await faultProxy(url, ({ side, message }) =>
 *       side === 'client' && /^commit/i.test(sqlOf(message)) ? { bytes: 0, act: (link) => link.cut() } : undefined)
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, connect as open, type Socket } from 'node:net'
import { type Message, Messages, type Side, startupParameters } from './wire.ts'

export interface Passing {
  readonly side: Side
  readonly message: Message
  /** Counts the messages of this side of this connection from 1. */
  readonly number: number
  readonly link: Link
}

export interface Stop {
  /** How many bytes of the message are passed on before `act` is called. */
  readonly bytes: number
  act(link: Link): void
}

export type Watch = (passing: Passing) => Stop | undefined

export interface FaultProxy extends AsyncDisposable {
  /** The server's URL with the proxy in its place. */
  readonly url: string
  readonly links: readonly Link[]
  /** What becomes of connections that are made from now on. Default `served`. */
  newcomers: 'served' | 'refused' | 'silent'
}

/** `held`: kept, to be passed on later, the end of the stream too. `dropped`: lost. */
type Flow = 'open' | 'held' | 'dropped'

interface Half {
  readonly from: Socket
  readonly to: Socket
  readonly messages: Messages
  /** How many messages have come. */
  seen: number
  /** False once the flow was changed: what comes is then passed on, held or dropped as it is. */
  watched: boolean
  flow: Flow
  readonly waiting: (Buffer | 'end')[]
}

/** One client's connection and the proxy's own to the server. */
export class Link {
  /** What the client said of itself: `application_name` and so on. */
  startup: Readonly<Record<string, string>> = {}
  readonly #halves: Readonly<Record<Side, Half>>
  readonly #watch: Watch

  constructor(client: Socket, server: Socket, watch: Watch) {
    this.#watch = watch
    this.#halves = { client: half('client', client, server), server: half('server', server, client) }
    for (const side of ['client', 'server'] as const) {
      const { from, waiting } = this.#halves[side]
      from.on('data', (chunk: Buffer) => this.#received(side, chunk))
      from.on('end', () => this.#pass(side, 'end'))
      from.on('error', () => {})
      // A peer that vanished (a killed process) is told to the other side as the system would tell it, unless the network is silent.
      from.on('close', () => waiting.includes('end') || this.#pass(side, 'end'))
    }
  }

  /** Ends the connection on these sides. The side that is left does not notice. */
  cut(side: Side | 'both' = 'both'): void {
    for (const each of ['client', 'server'] as const) {
      this.#divert(each, 'dropped')
      if (side === each || side === 'both') this.#halves[each].from.destroy()
    }
  }

  /** From now on nothing that these sides send arrives, not even the end of the connection. */
  silence(side: Side | 'both' = 'both'): void {
    for (const each of ['client', 'server'] as const) if (side === each || side === 'both') this.#divert(each, 'held')
  }

  /** What these sides have sent and will send is lost; the end of the connection still arrives. For a process that is being killed. */
  drop(side: Side): void {
    this.#divert(side, 'dropped')
  }

  /** The network works again: what was held arrives. */
  resume(): void {
    for (const side of ['client', 'server'] as const) {
      const { waiting } = this.#halves[side]
      if (this.#halves[side].flow !== 'held') continue
      this.#halves[side].flow = 'open'
      for (const each of waiting.splice(0)) this.#pass(side, each)
    }
  }

  destroy(): void {
    for (const { from } of Object.values(this.#halves)) from.destroy()
  }

  #divert(side: Side, flow: Flow): void {
    const half = this.#halves[side]
    half.flow = flow
    half.watched = false
  }

  #received(side: Side, chunk: Buffer): void {
    const half = this.#halves[side]
    if (!half.watched) {
      this.#pass(side, Buffer.concat([half.messages.takeRest(), chunk]))
      return
    }
    for (const message of half.messages.push(chunk)) {
      this.#understand(side, message)
      half.seen += 1
      const stop = half.watched ? this.#watch({ side, message, number: half.seen, link: this }) : undefined
      const before = stop?.bytes ?? message.bytes.length
      this.#pass(side, message.bytes.subarray(0, before))
      stop?.act(this)
      this.#pass(side, message.bytes.subarray(before))
    }
    if (!half.watched) this.#pass(side, half.messages.takeRest())
  }

  #understand(side: Side, message: Message): void {
    const { client, server } = this.#halves
    if (message.kind === 'startup') this.startup = startupParameters(message)
    if (message.kind !== 'ssl') return
    if (side === 'client') server.messages.expectAnswerToSsl()
    else if (message.bytes.toString() === 'S') for (const { messages } of [client, server]) messages.becomeOpaque()
  }

  #pass(side: Side, what: Buffer | 'end'): void {
    const { flow, to, waiting } = this.#halves[side]
    if (what.length === 0) return
    if (flow === 'held') waiting.push(what)
    else if (what === 'end') to.end()
    else if (flow === 'open' && to.writable) to.write(what)
  }
}

const half = (side: Side, from: Socket, to: Socket): Half => ({
  ...{ from, to, messages: new Messages(side) },
  ...{ seen: 0, watched: true, flow: 'open', waiting: [] },
})

/** `serverUrl`: any URL with a host and a port. */
export async function faultProxy(serverUrl: string, watch: Watch = () => undefined): Promise<FaultProxy> {
  const target = new URL(serverUrl)
  const links: Link[] = []
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (proxy.newcomers === 'refused') return void client.destroy()
    const port = Number(target.port || 5432)
    const link = new Link(client, open({ host: target.hostname, port, allowHalfOpen: true, noDelay: true }), watch)
    if (proxy.newcomers === 'silent') link.silence()
    links.push(link)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(serverUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const proxy: FaultProxy = {
    url: url.href,
    links,
    newcomers: 'served',
    [Symbol.asyncDispose]: async () => {
      for (const link of links) link.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
