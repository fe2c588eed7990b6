/**
 * The answers that a connection waits for. If one takes long, silence.ts looks whether the network still brings anything. A connection that
 * waits for none does not keep the process alive: if a migration awaits something that never happens, Node then has nothing left to do, and
 * the command notices it.
 */
import type { Client } from './connect.ts'

const FIRST_LOOK_MS = 3000

class Owed {
  readonly #client: Client
  #count = 0
  #timer: NodeJS.Timeout | undefined
  constructor(client: Client) {
    this.#client = client
  }

  add(answer: Promise<unknown>): void {
    if (this.#count === 0) this.#client.ref()
    this.#count += 1
    if (this.#client.isWatched) this.#timer ??= setTimeout(() => this.#look(), FIRST_LOOK_MS).unref()
    const paid = () => {
      this.#count -= 1
      if (this.#count > 0) return
      this.#client.unref()
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
    answer.then(paid, paid)
  }

  async #look(): Promise<void> {
    // Nearly all statements are answered before this time, and need no file that looks at the network.
    const { watchSilence } = await import('./silence.ts')
    await watchSilence(this.#client, () => this.#count > 0)
    this.#timer = undefined
  }
}

const owed = new WeakMap<Client, Owed>()

/** Node does not report a failure of the answer as an unhandled rejection: it can be awaited at any later time. */
export function owe(client: Client, answer: Promise<unknown>): void {
  const known = owed.get(client) ?? new Owed(client)
  owed.set(client, known)
  known.add(answer)
}
