/** Samples → medians, ratios and goals. Pure. */
import { CONTENDERS, type ContenderName, type State } from './contenders.ts'
import type { Sample, Scenario } from './measure.ts'

interface Figure {
  readonly contender: ContenderName
  readonly medianMs: number
  readonly toFloor: number
  readonly toKysely: number
  /** The lowest count of all runs, since each is an upper bound; undefined on loopback. */
  readonly roundTrips: number | undefined
  readonly samplesMs: readonly number[]
}

export interface ScenarioResult extends Scenario {
  readonly figures: readonly Figure[]
}

export interface Goal {
  readonly goal: string
  readonly limit: number
  readonly measured: number
  readonly met: boolean
}

/** For an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] as number
  return Number.isInteger(middle) ? ((sorted[middle - 1] as number) + upper) / 2 : upper
}

export function results(scenarios: readonly Scenario[], samples: readonly Sample[]): ScenarioResult[] {
  return scenarios.map((scenario) => {
    const of = (contender: ContenderName) =>
      samples.filter((sample) => sample.scenario === scenario.name && sample.contender === contender)
    const medianOf = (contender: ContenderName) => median(of(contender).map(({ elapsedMs }) => elapsedMs))
    const figures = CONTENDERS.map((contender): Figure => {
      const trips = of(contender).flatMap(({ roundTrips }) => roundTrips ?? [])
      return {
        contender,
        medianMs: medianOf(contender),
        toFloor: medianOf(contender) / medianOf('floor'),
        toKysely: medianOf(contender) / medianOf('kysely'),
        roundTrips: trips.length === 0 ? undefined : Math.min(...trips),
        samplesMs: of(contender).map(({ elapsedMs }) => elapsedMs),
      }
    })
    return { ...scenario, figures }
  })
}

const MOST_TRIPS: Readonly<Record<State, number>> = { v1: 3, nothing: 2 }
/** The whole process from the bundle, compared with one that sends one query. Undefined: there is no goal. */
const MOST_TO_FLOOR: Readonly<Record<State, { readonly near: number; readonly far: number | undefined }>> = {
  v1: { near: 1.25, far: 1.1 },
  nothing: { near: 1.35, far: undefined },
}
/** 0.15 s if kysely's Migrator takes 0.19 s. Seconds depend on the machine; their ratio hardly does. */
const MOST_TO_KYSELY = 0.79

/** The goals that the measured scenarios can answer. */
export function goals(measured: readonly ScenarioResult[]): Goal[] {
  return measured.flatMap(({ name, state, delayMs, figures }) => {
    const of = (contender: ContenderName) => figures.find((each) => each.contender === contender) as Figure
    const goal = (what: string, limit: number, value: number): Goal => ({
      goal: `${name}: ${what}`,
      limit,
      measured: value,
      met: value <= limit,
    })
    const toFloor = MOST_TO_FLOOR[state][delayMs > 0 ? 'far' : 'near']
    const trips = (['bundle', 'migrator'] as const).map((each) => of(each).roundTrips as number)
    return [
      ...(delayMs > 0 ? [goal('round trips', MOST_TRIPS[state], Math.max(...trips))] : []),
      ...(toFloor === undefined ? [] : [goal('from the bundle, time to the floor', toFloor, of('bundle').toFloor)]),
      ...(state === 'nothing' ? [goal("time to kysely's", MOST_TO_KYSELY, of('migrator').toKysely)] : []),
    ]
  })
}
