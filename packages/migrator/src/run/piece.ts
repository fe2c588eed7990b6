/** What every piece of a run is run with, and how an answer is awaited. */
import type { Client } from '../database/connect.ts'
import type { KnownHistory, RunIdentity } from '../database/history.ts'
import type { Limits } from '../database/session.ts'
import type { Statement } from '../statement.ts'
import type { Direction } from '../workspace/load.ts'
import type { RunEvent } from './events.ts'
import type { FailurePlace } from './failure.ts'
import { PieceFailure } from './piece-failure.ts'
import type { Progress } from './request.ts'
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

/** Throws PieceFailure. */
export async function* answered<T>(
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
