/**
 * A migration has ended the run's transaction. What it did before and after that may be committed, so the history gets a row for it that
 * says that it was begun and not finished: no later run takes it for pending or for applied.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../database/connect.ts'
import { ensureHistory, idOf, recordStarted } from '../database/history.ts'
import { type DatabaseState, inspect } from '../database/inspect.ts'
import { sendAll } from '../database/pipeline.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { TransactionEndedError } from './errors.ts'
import type { PieceContext } from './piece.ts'
import type { PieceFailure } from './piece-failure.ts'

const GIVE_UP_AFTER_MS = 5000
const NEXT_TRY_MS = 250

/** Ends the session, whose state is not known any more. `planned`: all steps of the run. */
export async function transactionEnded(
  context: PieceContext,
  { cause, place }: PieceFailure,
  planned: readonly Planned[],
): Promise<TransactionEndedError> {
  const { client, direction } = context
  const step = place?.step ?? (planned.at(-1) as Planned)
  await client.end().catch(() => {})
  const state = await recorded(context, step)
  const has = new Set(state?.history.map(idOf))
  const ids =
    state === undefined ? [] : planned.filter(({ id }) => id !== step.id && has.has(id) === (direction === 'up'))
  return new TransactionEndedError(
    { id: step.id, direction, ids: ids.map(({ id }) => id), isRecorded: state !== undefined },
    cause,
  )
}

/** Writes the row as soon as the old session has released the lock. Returns what the database had before that, or undefined. */
async function recorded(context: PieceContext, step: Planned): Promise<DatabaseState | undefined> {
  const deadline = performance.now() + GIVE_UP_AFTER_MS
  do {
    let other: Client | undefined
    try {
      other = await context.client.another('aftermath')
      const state = await inspect(other, context.limits, 'override')
      if (state.lock.held) {
        const table = state.hasHistory ? [] : await ensureHistory()
        await sendAll(other, [...table, recordStarted(step, context.identity), statement('commit')])
        return state
      }
    } catch {
      // A server that restarts, or another run that holds the lock for a moment: this tries again until the deadline.
    } finally {
      await other?.end().catch(() => {})
    }
    await sleep(NEXT_TRY_MS)
  } while (performance.now() < deadline)
  return undefined
}
