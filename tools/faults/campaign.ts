/** Kinds x rounds → results. Which case a round takes, and all chance within it, follows from the seed, the kind and the round's number. */
import type { Case, Kind } from './kind.ts'
import type { Lab } from './lab.ts'
import { randomFrom } from './random.ts'

interface Fault {
  readonly round: number
  readonly what: string
  readonly wrong: readonly string[]
}

export interface KindResult {
  readonly kind: string
  /** Why it was not done; then there are no rounds. */
  readonly skipped?: string
  /** How many different faults there are of this kind. */
  readonly cases: number
  readonly rounds: number
  readonly faults: readonly Fault[]
  /** How often a run said what of itself. */
  readonly said: Readonly<Record<string, number>>
  readonly seconds: number
}

export interface Order {
  /** 'all': each case once. */
  readonly rounds: number | 'all'
  readonly seed: number
  /** Only this round, to repeat a fault. */
  readonly round?: number | undefined
  /** Ends the campaign after the rounds that are under way; what was done until then is the result. */
  readonly signal?: AbortSignal
  onRound?(done: number, of: number): void
  onFault?(kind: Kind, fault: Fault): void
}

const LANES = 2

export async function campaign(lab: Lab, kind: Kind, order: Order): Promise<KindResult> {
  const startedAt = performance.now()
  const skipped = await kind.missing?.(lab)
  if (skipped !== undefined) return { kind: kind.name, skipped, cases: 0, rounds: 0, faults: [], said: {}, seconds: 0 }
  const all = await kind.cases(lab)
  const cases = randomFrom(`${order.seed}/${kind.name}`).shuffled(all)
  const rounds = order.rounds === 'all' ? cases.length : order.rounds
  const wanted = order.round === undefined ? Array.from({ length: rounds }, (_, at) => at + 1) : [order.round]
  const faults: Fault[] = []
  const said: Record<string, number> = {}
  let done = 0
  const lane = async (): Promise<void> => {
    for (let round = wanted.shift(); round !== undefined && !order.signal?.aborted; round = wanted.shift()) {
      const one = cases[(round - 1) % cases.length] as Case
      const observed = await attempted(one, lab, `${order.seed}/${kind.name}/${round}`)
      said[observed.said] = (said[observed.said] ?? 0) + 1
      done += 1
      order.onRound?.(done, rounds)
      if (observed.wrong.length === 0) continue
      const fault = { round, what: one.what, wrong: observed.wrong }
      faults.push(fault)
      order.onFault?.(kind, fault)
    }
  }
  await Promise.all(Array.from({ length: kind.lanes ?? LANES }, lane))
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  return { kind: kind.name, cases: all.length, rounds: done, faults, said, seconds }
}

/** A round that the laboratory itself could not finish is no proof of anything: it counts as a fault. */
async function attempted(one: Case, lab: Lab, seed: string): ReturnType<Case['run']> {
  try {
    return await one.run(lab, randomFrom(seed))
  } catch (error) {
    return {
      said: 'laboratory failed',
      wrong: [`the laboratory failed: ${error instanceof Error ? error.stack : error}`],
    }
  }
}
