/** The run's second connection: it looks at whom the first one waits for, and cancels what that one does. */
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
 * Ctrl-C ends what the server is doing, not only this process: statements already sent would otherwise still be run and committed.
 * Asked again until the run is over, since a request that arrives between two statements cancels nothing.
 */
export function cancelOnAbort(progress: Progress, signal: AbortSignal, connectSide: () => Promise<Client>): () => void {
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const cancel = async () => {
    await connectSide()
      .then((side) => sendAll(side, [statement('select pg_cancel_backend($1)', progress.backendPid)]))
      .catch(() => {})
    // The run may have ended while this was asked; nothing would end a timer that is set now.
    if (!isOver) timer = setTimeout(cancel, CANCEL_AGAIN_MS)
  }
  signal.addEventListener('abort', cancel, { once: true })
  return () => {
    isOver = true
    signal.removeEventListener('abort', cancel)
    clearTimeout(timer)
  }
}
