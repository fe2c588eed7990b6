/** What an abort of a run does to the server, through the connection at the side of the run's own. */
import type { Client } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import { sideOf } from '../database/side.ts'
import { statement } from '../statement.ts'
import type { Progress } from './request.ts'

const CANCEL_AGAIN_MS = 150
/** After this time a statement that does not end when it is cancelled is ended together with its session. */
const TERMINATE_AFTER_MS = 500

/**
 * Ctrl-C must stop the server too, not only this process: it would still run and commit statements that were already sent.
 * The request is repeated until the run is over, since a request that arrives between two statements cancels nothing. Returns a function
 * that ends the repetition.
 */
export function cancelOnAbort(client: Client, progress: Progress, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const begin = () => cancel(performance.now())
  const cancel = async (since: number) => {
    const how = performance.now() - since < TERMINATE_AFTER_MS ? 'pg_cancel_backend' : 'pg_terminate_backend'
    await sideOf(client)
      .connect()
      .then(async (connected) => {
        // Without an open transaction, a pooler may have given the backend to somebody else by now.
        const { backendPid } = progress
        if (backendPid !== undefined) await sendAll(connected, [statement(`select ${how}($1)`, backendPid)])
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
