/** Formats the measurements of check-scale.ts as lines of text. Pure. */
import type { LockPeak } from './lock-peak.ts'
import type { Size } from './scale-workspace.ts'
import { goalLines } from './table.ts'

export interface CheckTimes extends Size {
  readonly phases: readonly { readonly name: string; readonly durationMs: number }[]
  readonly findings: number
}

/** The limits: the ratio of the times for four times the migrations, the time of `check` on the larger workspace, the memory of `lock`. */
const RATIO = 4.6
const SECONDS = 30
const PEAK_MB = 500

/** `times`: empty, or first the times of the smaller workspace and then those of the larger one. */
export function scaleLines(times: readonly CheckTimes[], peaks: readonly LockPeak[]): string[] {
  const [small, large] = times
  const table = small !== undefined && large !== undefined ? checkTable(small, large) : { lines: [], goals: [] }
  const lockGoals = peaks.map(({ migrations, peakMb }) => ({
    goal: `lock over ${migrations} migrations: peak memory, MB`,
    limit: PEAK_MB,
    measured: Math.round(peakMb),
    met: peakMb <= PEAK_MB,
  }))
  return [...table.lines, ...goalLines([...table.goals, ...lockGoals])]
}

function checkTable(small: CheckTimes, large: CheckTimes) {
  const row = (...[name, ...cells]: readonly string[]) =>
    `  ${name!.padEnd(20)}${cells.map((cell) => cell.padStart(14)).join('')}`
  const seconds = (durationMs: number) => `${(durationMs / 1000).toFixed(2)} s`
  const total = ({ phases }: CheckTimes) => phases.at(-1)!.durationMs
  const ratio = total(large) / total(small)
  return {
    lines: [
      `check, ${large.migrations} migrations a domain`,
      row('', `${small.domains} domains`, `${large.domains} domains`, 'ratio'),
      ...small.phases.map(({ name, durationMs }, index) => {
        const other = large.phases[index]!.durationMs
        return row(name, seconds(durationMs), seconds(other), (other / durationMs).toFixed(1))
      }),
      row('findings', String(small.findings), String(large.findings)),
      '',
    ],
    goals: [
      { goal: 'check: time of four times the domains', limit: RATIO, measured: ratio, met: ratio <= RATIO },
      { goal: 'check: seconds', limit: SECONDS, measured: total(large) / 1000, met: total(large) <= SECONDS * 1000 },
    ],
  }
}
