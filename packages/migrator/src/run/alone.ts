/**
 * One migration outside any transaction, because PostgreSQL demands it (CREATE INDEX CONCURRENTLY). Its history row is written before
 * its first statement and gets its duration after the last, so that the next run sees that a run was killed in between, and cleans up.
 * The session holds the run's lock all the time.
 */

import { ensureHistory, forget, recordFinished, recordStarted } from '../database/history.ts'
import { dropRunLock, keepRunLock } from '../database/lock.ts'
import { sendAll } from '../database/pipeline.ts'
import { resetSession } from '../database/session.ts'
import { quoted } from '../sql/names.ts'
import { concurrentIndex } from '../sql/objects.ts'
import { type Statement, statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { RunEvent } from './events.ts'
import type { FailurePlace } from './failure.ts'
import { runLive } from './live.ts'
import { PieceFailure } from './piece-failure.ts'
import { dropEmptyHistory, type PieceContext } from './transaction.ts'
import { watched } from './watch.ts'

export interface AloneOptions {
  readonly createHistory: boolean
  /** The migration's history row says that it was begun and not finished. */
  readonly interrupted: boolean
  /** Drop the history table afterwards if it is empty. */
  readonly dropHistory: boolean
}

/** Expects an open transaction that holds the run's lock, and commits it. Returns the duration in milliseconds. Throws PieceFailure. */
export async function* runAlone(
  context: PieceContext,
  step: Planned,
  { createHistory, interrupted, dropHistory }: AloneOptions,
): AsyncGenerator<RunEvent, number> {
  const { client, direction, identity } = context
  try {
    await sendAll(client, [
      ...(createHistory ? await ensureHistory() : []),
      recordStarted(step, identity),
      keepRunLock,
      resetSession,
      statement('commit'),
      sessionWide(context.limits.statementTimeoutMs),
    ])
    if (interrupted && direction === 'up') yield* dropLeftovers(context, step)
    yield { type: 'started', step }
    const startedAt = performance.now()
    yield* runStatements(context, step)
    const durationMs = Math.round(performance.now() - startedAt)
    const closing = direction === 'up' ? recordFinished(step, durationMs) : forget(step)
    await sendAll(client, [resetSession, closing, ...(dropHistory ? [dropEmptyHistory] : []), dropRunLock])
    yield { type: 'landed', step, durationMs }
    return durationMs
  } catch (error) {
    throw error instanceof PieceFailure ? error : new PieceFailure(error, { step })
  }
}

/**
 * Settings for the whole session. There is no lock_timeout: CREATE INDEX CONCURRENTLY waits for other transactions as it waits for locks,
 * blocks nobody meanwhile, and would leave an INVALID index behind if the timeout ended it.
 */
const sessionWide = (statementTimeoutMs: number): Statement =>
  statement(
    `select set_config('search_path', 'public', false), set_config('lock_timeout', '0', false),
  set_config('statement_timeout', $1, false), set_config('standard_conforming_strings', 'on', false)`,
    String(statementTimeoutMs),
  )

async function* runStatements(context: PieceContext, step: Planned): AsyncGenerator<RunEvent> {
  const { client, direction, watch, signal } = context
  const { statements, dynamic } = step.render[direction]
  let current: NonNullable<FailurePlace['statement']> = { number: 0, of: undefined, sql: '' }
  const note = (sql: string, number: number) => {
    current = { number, of: dynamic ? undefined : statements.length, sql }
  }
  try {
    if (dynamic) {
      yield* watched(runLive(client, step[direction] as NonNullable<typeof step.down>, note, signal), step, watch)
      return
    }
    for (const [index, statement] of statements.entries()) {
      signal.throwIfAborted()
      note(statement.sql, index + 1)
      yield* watched(sendAll(client, [statement]), step, watch)
    }
  } catch (error) {
    throw new PieceFailure(error, { step, statement: current.number > 0 ? current : undefined })
  }
}

/** The names of the indexes that a step creates concurrently. */
const concurrentIndexes = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ sql }) => concurrentIndex(sql)?.names.map(({ name }) => name) ?? [])

/** Drops the indexes that the interrupted run built, even valid ones: that run did not record that the migration was finished. */
async function* dropLeftovers({ client, watch }: PieceContext, step: Planned): AsyncGenerator<RunEvent> {
  for (const name of concurrentIndexes(step.render.up.statements)) {
    const index = `public.${quoted(name)}`
    const [found] = await sendAll(client, [statement('select to_regclass($1) is not null as there', index)])
    if (!found?.rows[0]?.there) continue
    yield* watched(sendAll(client, [statement(`drop index concurrently ${index}`)]), step, watch)
    yield { type: 'cleaned', step, index: name }
  }
}
