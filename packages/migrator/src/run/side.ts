/** The run's second connection: it finds the sessions that the first connection waits for, and can cancel the first one's statement. */
import type { Client } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import { statement } from '../statement.ts'
import type { Progress } from './request.ts'

/** A second connection, opened when it is first needed. */
export function sideConnection(client: Client): { connect(): Promise<Client>; close(): Promise<void> } {
  let opened: Promise<Client> | undefined
  return {
    connect: () => {
      opened ??= client.another('watch')
      opened.catch(() => {
        opened = undefined
      })
      return opened
    },
    close: async () => {
      await opened?.then((side) => side.end()).catch(() => {})
    },
  }
}

const CANCEL_AGAIN_MS = 250

/**
 * Ctrl-C must stop the server too, not only this process: it would still run and commit statements that were already sent.
 * The request is repeated until the run is over, since a request that arrives between two statements cancels nothing. Returns a function
 * that ends the repetition.
 */
export function cancelOnAbort(progress: Progress, signal: AbortSignal, connectSide: () => Promise<Client>): () => void {
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const cancel = async () => {
    await connectSide()
      .then((side) => sendAll(side, [statement('select pg_cancel_backend($1)', progress.backendPid)]))
      .catch(() => {})
    // The run may have ended while the request was under way. A timer that is set after that would never be cleared.
    if (!isOver) timer = setTimeout(cancel, CANCEL_AGAIN_MS)
  }
  signal.addEventListener('abort', cancel, { once: true })
  return () => {
    isOver = true
    signal.removeEventListener('abort', cancel)
    clearTimeout(timer)
  }
}
