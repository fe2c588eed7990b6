/**
 * Counts the round trips of one connection, from what both sides send. The login counts as one, whatever the server asks for: trust needs one
 * exchange, SCRAM three, and which of them it is says nothing about the client. It ends with the server's first ReadyForQuery. If both
 * sides agree on TLS, the rest of the login cannot be read, and each of its exchanges counts.
 */
import { type Message, Messages } from './wire.ts'

export class RoundTrips {
  readonly #client = new Messages('client')
  readonly #server = new Messages('server')
  #login: 'not begun' | 'under way' | 'over' = 'not begun'
  #isCounted = false
  #isClientsTurn = false

  sent(bytes: Buffer): void {
    this.#isClientsTurn = true
    if (this.#login !== 'not begun') return
    const kind = this.#client.push(bytes)[0]?.kind
    // What does not begin like a session of PostgreSQL has no login.
    this.#login = kind === 'startup' || kind === 'ssl' ? 'under way' : 'over'
    if (kind === 'ssl') this.#server.expectAnswerToSsl()
  }

  /** How many round trips end with these bytes: 1 or 0. */
  answered(bytes: Buffer): number {
    const isAnswer = this.#isClientsTurn
    this.#isClientsTurn = false
    if (this.#login !== 'under way') return isAnswer ? 1 : 0
    if (this.#server.push(bytes).some(endsLogin)) this.#login = 'over'
    if (!isAnswer || this.#isCounted) return 0
    this.#isCounted = true
    return 1
  }
}

const endsLogin = ({ kind, bytes }: Message): boolean => kind === 'Z' || (kind === 'ssl' && bytes.toString() === 'S')
