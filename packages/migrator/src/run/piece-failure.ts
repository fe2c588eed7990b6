/** A piece of a run failed. Only the run itself sees this error: `outcome.ts` turns it into the error that a person reads. */
import type { KnownHistory } from '../database/history.ts'
import type { Unfinished, UnfinishedRunError } from './errors.ts'
import type { FailurePlace } from './failure.ts'

export class PieceFailure extends Error {
  /** Undefined if the commit failed. */
  readonly place: FailurePlace | undefined
  /** Set if the history did not hold what it should, see history-proof.ts. */
  differences: readonly string[] | undefined
  /** With `differences`: the history as it was before the piece. */
  before: KnownHistory | undefined
  /** The server said, before the commit was sent, that no transaction is open. */
  wasIdle = false
  /** Set if nothing was run, or nothing more: the error that a person reads. */
  refusal: ((unfinished: Unfinished) => UnfinishedRunError) | undefined
  /** A migration outside a transaction failed and left nothing: its history row was taken back. */
  isTakenBack = false
  constructor(cause: unknown, place: FailurePlace | undefined) {
    super('a piece failed', { cause })
    this.place = place
  }
}
