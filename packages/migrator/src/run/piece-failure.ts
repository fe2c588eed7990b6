/** A piece of a run did not land. Only the run itself meets this: a person is told what `outcome.ts` makes of it. */
import type { Place } from './failure.ts'

export class PieceFailure extends Error {
  /** Undefined when it was the commit that failed. */
  readonly place: Place | undefined
  constructor(cause: unknown, place: Place | undefined) {
    super('a piece failed', { cause })
    this.place = place
  }
}
