/** A piece of a run failed. Only the run itself sees this error: `outcome.ts` turns it into the error that a person reads. */
import type { Place } from './failure.ts'

export class PieceFailure extends Error {
  /** Undefined if the commit failed. */
  readonly place: Place | undefined
  constructor(cause: unknown, place: Place | undefined) {
    super('a piece failed', { cause })
    this.place = place
  }
}
