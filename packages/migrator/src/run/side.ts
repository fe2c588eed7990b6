/** The run's second connection: it finds the sessions that the first connection waits for, and can cancel the first one's statement. */
import type { Client } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import { statement } from '../statement.ts'
import type { Progress } from './request.ts'

/** A second connection, opened when it is first needed. */
export function sideConnection(client: Client): { connect(): Promise<Client>; close(): Promise<void> } {
  let opened: Promise<Client> | undefined
  const isOver = new AbortController()
  return {
    connect: () => {
      opened ??= client.another('watch', { signal: isOver.signal })
      opened.catch(() => {
        opened = undefined
      })
      return opened
    },
    close: async () => {
      isOver.abort()
      await opened?.then((side) => side.end()).catch(() => {})
    },
  }
}

const CANCEL_AGAIN_MS = 250
/** After this time a statement that does not end when it is cancelled is ended together with its session. */
const TERMINATE_AFTER_MS = 700

/**
 * Ctrl-C must stop the server too, not only this process: it would still run and commit statements that were already sent.
 * The request is repeated until the run is over, since a request that arrives between two statements cancels nothing. Returns a function
 * that ends the repetition.
 */
export function cancelOnAbort(progress: Progress, signal: AbortSignal, connectSide: () => Promise<Client>): () => void {
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const begin = () => cancel(performance.now())
  const cancel = async (since: number) => {
    const how = performance.now() - since < TERMINATE_AFTER_MS ? 'pg_cancel_backend' : 'pg_terminate_backend'
    await connectSide()
      .then(async (side) => {
        // Without an open transaction, a pooler may have given the backend to somebody else by now.
        const { backendPid } = progress
        if (backendPid !== undefined) await sendAll(side, [statement(`select ${how}($1)`, backendPid)])
      })
      .catch(() => {})
    // The run may have ended while the request was under way. A timer that is set after that would never be cleared.
    if (!isOver) timer = setTimeout(cancel, CANCEL_AGAIN_MS, since)
  }
  signal.addEventListener('abort', begin, { once: true })
  return () => {
    isOver = true
    signal.removeEventListener('abort', begin)
    clearTimeout(timer)
  }
}
