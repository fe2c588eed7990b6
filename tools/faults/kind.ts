/** A kind of fault: how many different faults of it there are, and how one of them is done to a run. */
import type { Lab } from './lab.ts'
import type { Random } from './random.ts'

export interface Kind {
  /** The word for `--only`. */
  readonly name: string
  /** What is done, for the page: a noun phrase. */
  readonly about: string
  /** Why it cannot be done here, as a sentence; undefined if it can. */
  readonly missing?: (lab: Lab) => Promise<string | undefined>
  /** The different faults. Round n takes the n-th of them in an order that the seed gives, and begins again after the last. */
  readonly cases: (lab: Lab) => Promise<readonly Case[]>
  /** How many rounds at once; default 2. A kind that ends or fills the server has 1. */
  readonly lanes?: number
}

export interface Case {
  /** `up of ordinary, killed after the client's message 12`. */
  readonly what: string
  run(lab: Lab, random: Random): Promise<Observed>
}

export interface Observed {
  /** Sentences about what was wrong; none if all was as promised. */
  readonly wrong: readonly string[]
  /** What the run said of itself, in a word, to be counted. */
  readonly said: string
}
