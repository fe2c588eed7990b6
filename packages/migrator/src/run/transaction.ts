/**
 * One piece in one transaction, with its history rows: all of it is committed or nothing. The transaction is already open and holds the
 * run's lock. Static steps and the commit are sent without waiting for answers: if a statement failed, the server rolls back instead.
 */
import type { QueryResult } from 'pg'
import type { Client } from '../database/connect.ts'
import {
  dropHistory,
  ensureHistory,
  forget,
  HISTORY_TABLE,
  type HistoryRow,
  type RunIdentity,
  recordApplied,
  STARTED_SETTING,
} from '../database/history.ts'
import { type ExpectedHistory, historyDifferences, proveHistory } from '../database/history-proof.ts'
import { countTables } from '../database/inspect.ts'
import { inTransaction } from '../database/own-transaction.ts'
import { send } from '../database/pipeline.ts'
import { type Limits, resetRole, resetSession, sessionSettings } from '../database/session.ts'
import { type Statement, statement } from '../statement.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { RunEvent } from './events.ts'
import type { FailurePlace } from './failure.ts'
import { PieceFailure } from './piece-failure.ts'
import type { Progress } from './request.ts'
import { sendStatement } from './send-statement.ts'
import { type Watch, watched } from './watch.ts'

export interface PieceContext {
  readonly client: Client
  readonly direction: Direction
  readonly identity: RunIdentity
  readonly limits: Limits
  readonly watch: Watch
  readonly progress: Progress
  /** Nothing is sent any more once it is aborted, least of all a commit. */
  readonly signal: AbortSignal
  /** Of the open transaction, which holds the run's lock. */
  readonly transactionId: string
}

/** The history as it was read at the beginning of the transaction. */
export interface KnownHistory {
  readonly rows: readonly HistoryRow[]
  readonly form: string
}

export interface TransactionOptions {
  /** The history table does not exist yet and is created first. */
  readonly createHistory: boolean
  /** Right before the commit the history is proven to be these rows and those of the steps; undefined: nothing is proven. */
  readonly known: KnownHistory | undefined
  /** Drop the history table afterwards if it is empty. */
  readonly dropHistory: boolean
  /** Statements sent right before the commit, such as the one that keeps the run's lock for the next piece. */
  readonly beforeCommit: readonly Statement[]
}

export interface TransactionResult {
  readonly durations: readonly number[]
  readonly tables: number
}

interface Sent {
  readonly answer: Promise<QueryResult>
  readonly place: FailurePlace
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
    const sent = together.map((step) => sendStep(context, step))
    at += Math.max(1, together.length)
    if (together.length > 0 && at >= steps.length) ending = end()
    for (const { answer, place } of opening.splice(0)) yield* answered(answer, place, context)
    for (const [index, step] of together.entries()) {
      yield { type: 'started', step }
      let last: QueryResult | undefined
      for (const { answer, place } of sent[index] as Sent[]) last = yield* answered(answer, place, context)
      yield* landed(step, last, durations)
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

/** After the last statement of a step and before its history row: whoever has ended the transaction is stopped here. */
const stillOpen = ({ transactionId }: PieceContext): Statement =>
  statement(`${resetRole.sql}; select ${inTransaction(transactionId)}`)

const closing = ({ direction, identity }: PieceContext, step: Planned): Statement =>
  direction === 'up' ? recordApplied(step, identity) : forget(step)

/** What the history must hold when all steps are done. */
function expectedHistory(
  { direction, identity, transactionId }: PieceContext,
  steps: readonly Planned[],
  { rows, form }: KnownHistory,
  createHistory: boolean,
): ExpectedHistory {
  const gone = new Set(direction === 'up' ? [] : steps.map(({ id }) => id))
  return {
    transactionId,
    form: createHistory ? undefined : form,
    kept: rows.filter(({ domain, name }) => !gone.has(`${domain}/${name}`)),
    added: direction === 'up' ? steps : [],
    run: identity,
  }
}

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
    { answer: send(client, stillOpen(context)), place: { step } },
    { answer: send(client, closing(context, step)), place: { step } },
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
  yield* answered(send(client, stillOpen(context)), { step }, context)
  yield* landed(step, yield* answered(send(client, closing(context, step)), { step }, context), durations)
}

async function* landed(step: Planned, last: QueryResult | undefined, durations: number[]): AsyncGenerator<RunEvent> {
  const durationMs: number = last?.rows[0]?.duration_ms ?? 0
  durations.push(durationMs)
  yield { type: 'landed', step, durationMs }
}

/** Throws PieceFailure. */
async function* answered<T>(
  answer: Promise<T>,
  place: FailurePlace,
  { watch }: PieceContext,
): AsyncGenerator<RunEvent, T> {
  try {
    return yield* watched(answer, place.step, watch)
  } catch (error) {
    throw new PieceFailure(error, place)
  }
}

interface Ending {
  /** Triggers and constraints that wait for the commit: they are part of the commit, and must not act after the proof. */
  readonly deferred: Promise<QueryResult>
  readonly proof: { readonly expected: ExpectedHistory; readonly answer: Promise<QueryResult> } | undefined
  readonly before: readonly Promise<QueryResult>[]
  readonly commit: Promise<QueryResult>
  readonly tables: Promise<QueryResult>
}

async function* proven(
  { expected, answer }: NonNullable<Ending['proof']>,
  last: Planned,
  context: PieceContext,
): AsyncGenerator<RunEvent> {
  try {
    yield* answered(answer, { step: last }, context)
  } catch (error) {
    const failure = error as PieceFailure
    failure.differences = historyDifferences(failure.cause, expected)
    throw failure
  }
}

/** Drops the history table only if it is empty: rows of migrations that this checkout does not know must not be lost. */
export const dropEmptyHistory = statement(`do $drop$ begin
  if not exists (select from public.${HISTORY_TABLE}) then ${dropHistory.sql}; end if;
end $drop$`)

/** Throws PieceFailure. */
function assertNotInterrupted({ signal }: PieceContext, step: Planned): void {
  if (signal.aborted) throw new PieceFailure(signal.reason, { step })
}

function sendEnding(context: PieceContext, steps: readonly Planned[], options: TransactionOptions): Ending {
  const { client, progress } = context
  progress.commitSent = true
  const expected = options.known && expectedHistory(context, steps, options.known, options.createHistory)
  const before = [...(options.dropHistory ? [dropEmptyHistory] : []), resetSession, ...options.beforeCommit]
  return {
    deferred: send(client, statement('set constraints all immediate')),
    proof: expected && { expected, answer: send(client, proveHistory(expected)) },
    before: before.map((statement) => send(client, statement)),
    commit: send(client, statement('commit')),
    tables: send(client, countTables),
  }
}

async function* concluded(
  { deferred, proof, before, commit, tables }: Ending,
  last: Planned,
  context: PieceContext,
): AsyncGenerator<RunEvent, number> {
  try {
    yield* watched(deferred, last, context.watch)
  } catch (error) {
    throw new PieceFailure(error, undefined)
  }
  if (proof !== undefined) yield* proven(proof, last, context)
  for (const answer of before) yield* answered(answer, { step: last }, context)
  let tag: string
  try {
    tag = (yield* watched(commit, last, context.watch)).command
  } catch (error) {
    throw new PieceFailure(error, undefined)
  }
  if (tag !== 'COMMIT') throw new PieceFailure(new Error(`the server answered ${tag}`), undefined)
  // The commit has succeeded. If the connection dies right after it, only the number of tables is missing.
  return tables.then(
    ({ rows }) => rows[0]?.tables ?? 0,
    () => 0,
  )
}
