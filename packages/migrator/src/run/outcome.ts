/** A piece that failed → the error that a person reads, which says what is and what is not applied. */

import { type Client, isConnectionLoss, sqlState } from '../database/connect.ts'
import { namesOwnTable } from '../database/own-tables.ts'
import { sendAll } from '../database/pipeline.ts'
import { reason, StrayMigrationError } from '../errors.ts'
import { statement } from '../statement.ts'
import { askOutcome } from './aftermath.ts'
import {
  CommitFailedError,
  ConnectionLostError,
  HistoryTamperedError,
  IdleTooLongError,
  MigrationFailedError,
  type Outcome,
  RunInterruptedError,
  type UnfinishedRunError,
} from './errors.ts'
import { type FailurePlace, migrationFailed } from './failure.ts'
import type { PieceFailure } from './piece-failure.ts'
import type { Progress, RunRequest } from './request.ts'

const IDLE_IN_TRANSACTION = '25P03'

/** If a step outside a transaction fails, it may have been done in part, unless it was taken back. */
function outcomeOf({ place, isTakenBack }: PieceFailure, { outcome }: Progress): Outcome {
  if (place?.statement === undefined || place.step.transaction || isTakenBack) return outcome
  return { kind: 'halfway', id: place.step.id, ids: outcome.kind === 'partly' ? outcome.ids : [] }
}

/** The migrations of the run that may have touched the history. */
const suspects = ({ planned, done }: Progress): string[] => {
  const committed = new Set(done.map(({ step }) => step.id))
  return planned
    .filter(({ id, render }) => {
      const texts = [...render.up.statements, ...render.down.statements].map(({ sql }) => sql)
      return !committed.has(id) && texts.some(namesOwnTable)
    })
    .map(({ id }) => id)
}

/**
 * What is still otherwise in the history when the piece is rolled back: another connection has done and committed it (dblink, a program).
 * Where there was no history, there is none to compare.
 */
async function lastingChanges(client: Client, before: PieceFailure['before']): Promise<readonly string[]> {
  if (before === undefined || before.form === '') return []
  await sendAll(client, [statement('rollback')]).catch(() => {})
  const { historyChanges } = await import('../database/history-changes.ts')
  // On a lost connection nothing can be found out, and that is what is told.
  return historyChanges(client, before).catch(() => [])
}

/** A run has to end: a person wants it, or the code of a migration has failed where nothing awaits it. */
function ended({ signal, direction }: RunRequest, outcome: Outcome, place: FailurePlace | undefined) {
  const { reason } = signal
  if (!(reason instanceof StrayMigrationError)) return new RunInterruptedError({ direction, outcome })
  const id = reason.id ?? place?.step.id ?? 'a migration'
  const nothing = { statement: undefined, sqlState: undefined, detail: undefined, hint: undefined }
  return new MigrationFailedError({ id, serverMessage: `it ${reason.what}`, ...nothing, direction, outcome }, reason)
}

/** The error that a person reads when no retry helps. After a connection loss the server is asked for the outcome. */
export async function failureOf(
  client: Client,
  failure: PieceFailure,
  request: RunRequest,
  progress: Progress,
): Promise<UnfinishedRunError> {
  const { direction, signal } = request
  const { cause, place } = failure
  const outcome = outcomeOf(failure, progress)
  if (failure.refusal !== undefined) return failure.refusal({ direction, outcome })
  if (failure.differences !== undefined) {
    const { differences } = failure
    const outside = place?.step.transaction === false ? place.step.id : undefined
    const lasting = outside === undefined ? await lastingChanges(client, failure.before) : []
    return new HistoryTamperedError(
      { differences, suspects: suspects(progress), outside, lasting, direction, outcome },
      cause,
    )
  }
  if (isConnectionLoss(client, cause)) {
    // Without a commit the server rolls back what it has, and need not be asked.
    const mayBeDone = progress.commitSent || place?.step.transaction === false
    const found = mayBeDone ? await askOutcome(client, { direction, steps: progress.planned }, signal) : outcome
    if (signal.aborted) return ended(request, found, place)
    if (place !== undefined && sqlState(cause) === IDLE_IN_TRANSACTION) {
      const { idleTimeoutMs = 0 } = request.limits
      return new IdleTooLongError({ id: place.step.id, idleTimeoutMs, direction, outcome: found }, cause)
    }
    const during = place ? `during ${place.step.id}` : 'while the run was being committed'
    return new ConnectionLostError({ during, detail: reason(cause), direction, outcome: found }, cause)
  }
  if (signal.aborted) return ended(request, outcome, place)
  if (place === undefined) {
    return new CommitFailedError({ serverMessage: reason(cause), sqlState: sqlState(cause), direction, outcome }, cause)
  }
  return migrationFailed(cause, place, direction, outcome)
}
