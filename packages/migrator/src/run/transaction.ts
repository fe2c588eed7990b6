/**
 * One piece in one transaction, with its history rows: all of it is committed or nothing. The transaction is already open and holds the
 * run's lock. Static steps and the commit are sent without waiting for answers: if a statement failed, the server rolls back instead.
 */
import type { QueryResult } from 'pg'
import { ensureHistory, forget, recordApplied, STARTED_SETTING } from '../database/history.ts'
import { endSessionUnless, inTransaction } from '../database/own-transaction.ts'
import { send } from '../database/pipeline.ts'
import { type Limits, resetRole, sessionSettings } from '../database/session.ts'
import { type Statement, statement } from '../statement.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import { concluded, type Ending, sendEnding } from './ending.ts'
import type { RunEvent } from './events.ts'
import type { FailurePlace } from './failure.ts'
import { Flight, type Sent } from './flight.ts'
import { answered, type PieceContext, type TransactionOptions } from './piece.ts'
import { PieceFailure } from './piece-failure.ts'
import { sendStatement } from './send-statement.ts'

export interface TransactionResult {
  readonly durations: readonly number[]
  readonly tables: number
}

/** Throws PieceFailure. */
export async function* runTransaction(
  context: PieceContext,
  steps: readonly Planned[],
  options: TransactionOptions,
): AsyncGenerator<RunEvent, TransactionResult> {
  const { client } = context
  const { idles } = client
  let ending: Ending | undefined
  const end = () => {
    ending = sendEnding(context, steps, options)
    return ending
  }
  try {
    return yield* runSteps(context, steps, options, end)
  } catch (error) {
    if (error instanceof PieceFailure && !client.lost) {
      // The commit and what was sent behind it are answered outside a transaction. Nothing else may be.
      const outside = ending === undefined ? [] : [ending.commit, ending.tables]
      await Promise.allSettled(outside)
      error.wasIdle = client.idles - idles > outside.length
    }
    throw error
  }
}

async function* runSteps(
  context: PieceContext,
  steps: readonly Planned[],
  options: TransactionOptions,
  end: () => Ending,
): AsyncGenerator<RunEvent, TransactionResult> {
  const { client, direction } = context
  const first = steps[0] as Planned
  const setUp = options.createHistory ? await ensureHistory() : []
  const opening = setUp.map((statement): Sent => ({ answer: send(client, statement), place: { step: first } }))

  const durations: number[] = []
  let ending: Ending | undefined
  for (let at = 0; at < steps.length; ) {
    assertNotInterrupted(context, steps[at] as Planned)
    // Consecutive static steps are sent together. A dynamic step needs each answer before it can send its next statement.
    const together = staticRun(steps, at, direction)
    at += Math.max(1, together.length)
    const isEnd = at >= steps.length
    const flight = new Flight({
      steps: together,
      send: (step) => sendStep(context, step),
      onAllSent: () => {
        if (isEnd) ending = end()
      },
    })
    try {
      for (const { answer, place } of opening.splice(0)) yield* answered(answer, place, context)
      for (const { step, sent } of flight) {
        yield { type: 'started', step }
        let last: QueryResult | undefined
        for (const { answer, place } of sent) last = yield* answered(answer, place, context)
        yield* landed(step, last, durations)
      }
    } catch (error) {
      // Whoever looks at the failure wants to know that nothing is under way any more.
      if (!client.lost) await flight.landed()
      throw error
    }
    if (together.length === 0) yield* runDynamic(context, steps[at - 1] as Planned, durations)
  }
  if (ending === undefined) {
    assertNotInterrupted(context, steps.at(-1) as Planned)
    ending = end()
  }
  return { durations, tables: yield* concluded(ending, steps.at(-1) as Planned, context) }
}

function staticRun(steps: readonly Planned[], from: number, direction: Direction): readonly Planned[] {
  const to = steps.findIndex((step, index) => index >= from && step.render[direction].dynamic)
  return steps.slice(from, to < 0 ? steps.length : to)
}

/** Notes the server's time at the start of a step, so that the history row gets the duration without another round trip. */
const prelude = (limits: Limits): Statement =>
  statement(`${sessionSettings(limits).sql}; select set_config('${STARTED_SETTING}', clock_timestamp()::text, true)`)

/** What stands behind the last statement of a step: its history row, which whoever has ended the transaction does not get to. */
const closing = ({ direction, identity, transactionId }: PieceContext, step: Planned): readonly Statement[] => [
  statement(`${resetRole.sql}; select ${inTransaction(transactionId)}`),
  endSessionUnless(transactionId),
  direction === 'up' ? recordApplied(step, identity) : forget(step),
]

function sendStep(context: PieceContext, step: Planned): Sent[] {
  const { client, direction, limits } = context
  const { statements } = step.render[direction]
  const of = statements.length
  return [
    { answer: send(client, prelude(limits)), place: { step } },
    ...statements.map((statement, index) => ({
      answer: sendStatement(client, statement),
      place: { step, statement: { number: index + 1, of, sql: statement.sql } },
    })),
    ...closing(context, step).map((statement) => ({ answer: send(client, statement), place: { step } })),
  ]
}

async function* runDynamic(context: PieceContext, step: Planned, durations: number[]): AsyncGenerator<RunEvent> {
  const { client, direction, limits, signal } = context
  yield { type: 'started', step }
  yield* answered(send(client, prelude(limits)), { step }, context)
  const place: { -readonly [K in keyof FailurePlace]: FailurePlace[K] } = { step }
  const { runLive } = await import('./live.ts')
  const note = (sql: string, number: number) => {
    place.statement = { number, of: undefined, sql }
  }
  const live = runLive(client, step[direction] as NonNullable<typeof step.down>, note, signal)
  yield* answered(live, place, context)
  let last: QueryResult | undefined
  for (const statement of closing(context, step)) last = yield* answered(send(client, statement), { step }, context)
  yield* landed(step, last, durations)
}

async function* landed(step: Planned, last: QueryResult | undefined, durations: number[]): AsyncGenerator<RunEvent> {
  const durationMs: number = last?.rows[0]?.duration_ms ?? 0
  durations.push(durationMs)
  yield { type: 'landed', step, durationMs }
}

/** Throws PieceFailure. */
function assertNotInterrupted({ signal }: PieceContext, step: Planned): void {
  if (signal.aborted) throw new PieceFailure(signal.reason, { step })
}
