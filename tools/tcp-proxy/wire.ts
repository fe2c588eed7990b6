/**
 * PostgreSQL's protocol as far as a fault needs it: where one message ends and the next begins, and which SQL a message carries
 * (PostgreSQL manual, "Message Formats"). Once the two sides have agreed on TLS nothing can be told apart: each chunk counts as a message.
 */

export type Side = 'client' | 'server'

export interface Message {
  /** The letter of the message; `startup`, `ssl`, `cancel` for those without one, `tls` for a chunk that cannot be read. */
  readonly kind: string
  /** With its letter and its length. */
  readonly bytes: Buffer
}

const SSL_REQUEST = 80877103
const CANCEL_REQUEST = 80877102

/** Cuts what one side sends into messages. A message that has not come whole is kept until the rest comes. */
export class Messages {
  readonly #side: Side
  #rest: Buffer = Buffer.alloc(0)
  #state: 'startup' | 'answer to ssl' | 'messages' | 'tls'

  constructor(side: Side) {
    this.#side = side
    this.#state = side === 'client' ? 'startup' : 'messages'
  }

  /** The client has asked for TLS: the server's next byte is the answer, and no message. */
  expectAnswerToSsl(): void {
    this.#state = 'answer to ssl'
  }

  /** The server has agreed to TLS. */
  becomeOpaque(): void {
    this.#state = 'tls'
  }

  /** What has come of a message that is not whole yet. Nothing is kept of it. */
  takeRest(): Buffer {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    return rest
  }

  push(chunk: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const whole: Message[] = []
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      whole.push(next)
      this.#rest = this.#rest.subarray(next.bytes.length)
    }
    return whole
  }

  #next(): Message | undefined {
    const rest = this.#rest
    if (rest.length === 0) return undefined
    if (this.#state === 'tls') return { kind: 'tls', bytes: rest }
    if (this.#state === 'answer to ssl') {
      this.#state = 'messages'
      return { kind: 'ssl', bytes: rest.subarray(0, 1) }
    }
    const header = this.#state === 'startup' ? 0 : 1
    if (rest.length < header + 4) return undefined
    const length = header + rest.readInt32BE(header)
    if (rest.length < length) return undefined
    const bytes = rest.subarray(0, length)
    return { kind: header === 0 ? this.#withoutLetter(bytes) : String.fromCharCode(bytes[0] as number), bytes }
  }

  #withoutLetter(bytes: Buffer): string {
    const code = bytes.length >= 8 ? bytes.readInt32BE(4) : 0
    if (code === SSL_REQUEST) return 'ssl'
    if (code === CANCEL_REQUEST) return 'cancel'
    if (this.#side === 'client') this.#state = 'messages'
    return 'startup'
  }
}

/** The SQL of a Query or a Parse message; '' for any other. */
export function sqlOf({ kind, bytes }: Message): string {
  if (kind === 'Q') return bytes.toString('utf8', 5, bytes.length - 1)
  if (kind !== 'P') return ''
  const start = bytes.indexOf(0, 5) + 1
  return bytes.toString('utf8', start, bytes.indexOf(0, start))
}

/** What a startup message says: `user`, `database`, `application_name` and so on. */
export function startupParameters({ kind, bytes }: Message): Readonly<Record<string, string>> {
  if (kind !== 'startup') return {}
  const words = bytes.toString('utf8', 8).split('\0')
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < words.length && words[at] !== ''; at += 2)
    pairs.push([words[at] as string, words[at + 1] as string])
  return Object.fromEntries(pairs)
}
