/**
 * The end of a piece in a transaction: what waits for the commit acts now, the history is proven, and the commit goes out. All of it is sent
 * without waiting for answers: after a failure the server makes the commit a rollback.
 */
import type { QueryResult } from 'pg'
import { dropHistory, HISTORY_TABLE, idOf, type KnownHistory } from '../database/history.ts'
import { type ExpectedHistory, historyDifferences, proveHistory } from '../database/history-proof.ts'
import { countTables } from '../database/inspect.ts'
import { send } from '../database/pipeline.ts'
import { sessionSettings } from '../database/session.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { RunEvent } from './events.ts'
import { answered, type PieceContext, type TransactionOptions } from './piece.ts'
import { PieceFailure } from './piece-failure.ts'
import { watched } from './watch.ts'

export interface Ending {
  /** Triggers and constraints that wait for the commit: they are part of the commit, and must not act after the proof. */
  readonly deferred: Promise<QueryResult>
  readonly proof:
    | { readonly expected: ExpectedHistory; readonly before: KnownHistory; readonly answer: Promise<QueryResult> }
    | undefined
  readonly before: readonly Promise<QueryResult>[]
  readonly commit: Promise<QueryResult>
  readonly tables: Promise<QueryResult>
}

async function* proven(
  { expected, before, answer }: NonNullable<Ending['proof']>,
  last: Planned,
  context: PieceContext,
): AsyncGenerator<RunEvent> {
  try {
    yield* answered(answer, { step: last }, context)
  } catch (error) {
    const failure = error as PieceFailure
    failure.differences = historyDifferences(failure.cause, expected)
    failure.before = before
    throw failure
  }
}

/** Drops the history table only if it is empty: rows of migrations that this checkout does not know must not be lost. */
export const dropEmptyHistory = statement(`do $drop$ begin
  if not exists (select from public.${HISTORY_TABLE}) then ${dropHistory.sql}; end if;
end $drop$`)

export function sendEnding(context: PieceContext, steps: readonly Planned[], options: TransactionOptions): Ending {
  const { client, progress, limits } = context
  progress.commitSent = true
  const { known } = options
  const expected = known && expectedHistory(context, steps, known, options.createHistory)
  const before = [...(options.dropHistory ? [dropEmptyHistory] : []), sessionSettings(limits), ...options.beforeCommit]
  return {
    deferred: send(client, statement('set constraints all immediate')),
    proof: expected && { expected, before: known, answer: send(client, proveHistory(expected)) },
    before: before.map((statement) => send(client, statement)),
    commit: send(client, statement('commit')),
    tables: send(client, countTables),
  }
}

/** Returns how many tables public has. Throws PieceFailure. */
export async function* concluded(
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
    kept: rows.filter((row) => !gone.has(idOf(row))),
    added: direction === 'up' ? steps : [],
    run: identity,
  }
}
