/**
 * A second connection to the database of a first one, opened when it is first needed: it finds out what the first one waits for, and can
 * cancel that. It is opened again if it has died.
 */
import type { Client, ConnectWait } from './connect.ts'

class Side {
  readonly #client: Client
  #opening: Promise<Client> | undefined
  #open: Client | undefined
  #stop = new AbortController()
  constructor(client: Client) {
    this.#client = client
    client.once('end', () => this.close())
  }

  connect(wait: Pick<ConnectWait, 'timeoutMs'> = {}): Promise<Client> {
    this.#opening ??= this.#another(wait)
    return this.#opening
  }

  async #another(wait: Pick<ConnectWait, 'timeoutMs'>): Promise<Client> {
    const { signal } = this.#stop
    try {
      const side = await this.#client.another('watch', { ...wait, signal, isWatched: false })
      side.once('error', () => this.#forget(side))
      if (!signal.aborted) this.#open = side
      return side
    } catch (error) {
      this.#forget(undefined)
      throw error
    }
  }

  #forget(side: Client | undefined): void {
    if (this.#open !== side) return
    this.#open = undefined
    this.#opening = undefined
  }

  /** Ends it at once, also while it is being opened. The next `connect` opens another one. */
  drop(): void {
    this.#stop.abort()
    this.#stop = new AbortController()
    this.#open = undefined
    this.#opening = undefined
  }

  async close(): Promise<void> {
    const side = this.#open
    this.#open = undefined
    if (side === undefined) return this.drop()
    this.#opening = undefined
    await side.end().catch(() => {})
  }
}

const sides = new WeakMap<Client, Side>()

/** It is closed with the first connection, if not before. */
export function sideOf(client: Client): Side {
  const side = sides.get(client) ?? new Side(client)
  sides.set(client, side)
  return side
}
