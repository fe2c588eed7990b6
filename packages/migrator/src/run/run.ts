/**
 * One `up` or `down` against one database. For each piece: begin, take the lock, read the history while holding it, plan, run, commit.
 * Each piece is planned from the history at that moment, so another runner, a retry or a crash needs no special case.
 */
import type { Client } from '../database/connect.ts'
import { sideOf } from '../database/side.ts'
import { cancelOnAbort } from './cancel.ts'
import type { RunEvent, RunSummary } from './events.ts'
import { ready } from './ready.ts'
import { Progress, type RunTask, requestOf, summary } from './request.ts'

/**
 * Runs on an open connection, which the caller closes.
 * Throws what verifyHistory throws, MigrationFailedError, CommitFailedError, ConnectionLostError, RunInterruptedError, PoolerError,
 * NonEmptyDatabaseError, CollisionError, ServerTooOldError, RunLockHeldError, TableLockTimeoutError.
 */
export async function* run(client: Client, task: RunTask): AsyncGenerator<RunEvent, RunSummary> {
  const request = requestOf(client, task)
  const progress = new Progress()
  const stopCancelling = cancelOnAbort(client, progress, request.signal)
  // A run with nothing to do, which most are, starts without the files that do it.
  const files = () => import('./run-pieces.ts')
  try {
    const first = yield* ready(client, request, progress, (steps) => {
      const read = files().then(({ readAhead }) => readAhead(steps, request.direction, progress))
      // Whatever is wrong with the steps is found again, and said, before the first of them runs.
      read.catch(() => {})
    })
    if (first.plan.steps.length === 0) {
      return summary(request, progress, { ...first.plan, tables: first.state.tables })
    }
    const { runPieces } = await files()
    return yield* runPieces(client, request, { first, progress })
  } finally {
    stopCancelling()
    // What is still under way must not be waited for, nor be done by the server.
    if (request.signal.aborted) client.destroy(new Error('interrupted'))
    await sideOf(client).close()
  }
}
