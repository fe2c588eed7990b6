/** The locks of steps that were counted before, for a run that is cut again after each piece. */
import type { Planned } from '../workspace/workspace.ts'

/** By step, and from its text: an upper bound that is cheap to find, and the number itself. */
export class Counted {
  readonly atMost = new Map<Planned, number>()
  readonly exactly = new Map<Planned, number>()
}

export function remembered(numbers: Map<Planned, number>, step: Planned, count: (step: Planned) => number): number {
  const known = numbers.get(step) ?? count(step)
  numbers.set(step, known)
  return known
}
