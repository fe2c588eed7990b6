/**
 * One migration outside any transaction, because PostgreSQL demands it (CREATE INDEX CONCURRENTLY): one statement. Its history row is
 * written before the statement and gets its duration after it, so that the next run sees that a run was killed in between. What stands
 * is looked at before the row is written, while the run's lock is held: nothing that was there before can be taken for this run's own.
 */
import {
  ensureHistory,
  forgetBegun,
  type HistoryRow,
  type KnownHistory,
  recordFinished,
  recordReverting,
  recordStarted,
} from '../database/history.ts'
import { historyChanges } from '../database/history-changes.ts'
import { assureRunLock, dropRunLock, keepRunLock } from '../database/lock.ts'
import { send, sendAll, sendSingle } from '../database/pipeline.ts'
import { lastingSettings } from '../database/session.ts'
import { type Statement, statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { dropEmptyHistory } from './ending.ts'
import { RunLockLostError } from './errors.ts'
import type { RunEvent } from './events.ts'
import type { PieceContext } from './piece.ts'
import { PieceFailure } from './piece-failure.ts'
import { lookedAt } from './standing.ts'
import { takenBack } from './take-back.ts'
import { watched } from './watch.ts'

export interface AloneOptions {
  readonly createHistory: boolean
  /** The migration's row in the history. An `up` finds one only if the migration was begun and not finished. */
  readonly row: HistoryRow | undefined
  /** The history as it was before; undefined: whether the statement changed it is not looked at. */
  readonly known: KnownHistory | undefined
  /** Drop the history table afterwards if it is empty. */
  readonly dropHistory: boolean
}

/** Expects an open transaction that holds the run's lock, and commits it. Returns the duration in milliseconds. Throws PieceFailure. */
export async function* runAlone(
  context: PieceContext,
  step: Planned,
  options: AloneOptions,
): AsyncGenerator<RunEvent, number> {
  const { client, direction, identity } = context
  try {
    const found = await lookedAt(context, step, options.row)
    await sendAll(client, [
      ...(options.createHistory ? await ensureHistory() : []),
      direction === 'up' ? recordStarted(step, identity) : recordReverting(step),
      keepRunLock,
      lastingSettings(context.limits),
      statement('commit'),
    ])
    if (found.leftover !== undefined) {
      yield* watched(sendAll(client, [statement(`drop index concurrently ${found.leftover}`)]), step, context.watch)
      yield { type: 'cleaned', step, index: found.leftover, of: 'an interrupted run' }
    }
    yield { type: 'started', step }
    const startedAt = performance.now()
    if (found.done === undefined) yield* runStatement(context, step, options)
    else yield { type: 'adopted', step, index: found.done }
    const durationMs = Math.round(performance.now() - startedAt)
    await close(context, step, options, durationMs)
    yield { type: 'landed', step, durationMs }
    return durationMs
  } catch (error) {
    throw error instanceof PieceFailure ? error : new PieceFailure(error, { step })
  }
}

async function* runStatement(context: PieceContext, step: Planned, options: AloneOptions): AsyncGenerator<RunEvent> {
  const { client, direction, watch, signal } = context
  const [only] = step.render[direction].statements
  if (only === undefined) return
  try {
    signal.throwIfAborted()
    yield* watched(sendOne(client, only), step, watch)
  } catch (error) {
    const failure = new PieceFailure(error, { step, statement: { number: 1, of: 1, sql: only.sql } })
    const { isTakenBack, dropped } = await takenBack(context, step, options, error)
    if (dropped !== undefined) yield { type: 'cleaned', step, index: dropped, of: 'its own failed build' }
    failure.isTakenBack = isTakenBack
    throw failure
  }
}

/** In the extended protocol the server refuses a text that it reads as more than one statement. */
const sendOne = (client: PieceContext['client'], only: Statement) =>
  only.parameters.length > 0 ? send(client, only) : sendSingle(client, only.sql)

/** The end is recorded only while the lock is held and the row is still this run's: the statement may have released the lock. */
async function close(
  { client, direction, identity, limits }: PieceContext,
  step: Planned,
  { row, known, dropHistory }: AloneOptions,
  durationMs: number,
): Promise<void> {
  const [, lock] = await sendAll(client, [lastingSettings(limits), assureRunLock])
  const { held, kept } = lock!.rows[0]
  if (!held) throw lockLost(step)
  // Where the lock was not kept, another run may have changed the history.
  const differences = known === undefined || !kept ? [] : await historyChanges(client, known, step.id)
  if (differences.length > 0) throw tampered(step, differences)
  const closing =
    direction === 'up' ? recordFinished(step, identity.runId, durationMs) : forgetBegun(step, (row as HistoryRow).runId)
  const [closed] = await sendAll(client, [closing, ...(dropHistory ? [dropEmptyHistory] : []), dropRunLock])
  if (closed!.rowCount !== 1) throw lockLost(step)
}

function tampered(step: Planned, differences: readonly string[]): PieceFailure {
  const failure = new PieceFailure(new Error('the history was changed'), { step })
  failure.differences = differences
  return failure
}

function lockLost(step: Planned): PieceFailure {
  const failure = new PieceFailure(new Error('the lock of the run was lost'), { step })
  failure.refusal = (unfinished) => new RunLockLostError({ id: step.id, ...unfinished })
  return failure
}
