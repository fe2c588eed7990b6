/** Results → lines of text. Pure. */
import type { Contender } from './contenders.ts'
import type { Goal, ScenarioResult } from './result.ts'

export const NOTE =
  'Milliseconds are those of one machine with whatever else ran on it; contenders took turns, so compare their ratios, not runs of two days.'

const HEAD = ['', 'median ms', 'to floor', "to kysely's", 'round trips']

export function tableLines(contenders: readonly Contender[], results: readonly ScenarioResult[]): string[] {
  const widest = Math.max(...contenders.map(({ what }) => what.length))
  const row = ([first = '', ...cells]: readonly string[]) =>
    `  ${first.padEnd(widest)}${cells.map((cell) => cell.padStart(13)).join('')}`
  return results.flatMap(({ name, figures }) => [
    '',
    name,
    row(HEAD),
    ...contenders.map((contender) => {
      const figure = figures.find((each) => each.contender === contender.name)!
      return row([
        contender.what,
        figure.medianMs.toFixed(0),
        figure.toFloor.toFixed(2),
        figure.toKysely.toFixed(2),
        String(figure.roundTrips ?? '-'),
      ])
    }),
  ])
}

export function goalLines(goals: readonly Goal[]): string[] {
  const widest = Math.max(...goals.map(({ goal }) => goal.length))
  const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(2))
  return [
    'Goals',
    ...goals.map(
      ({ goal, limit, measured, met }) =>
        `  ${goal.padEnd(widest)}  ${number(measured).padStart(5)} of at most ${number(limit).padEnd(4)}  ${met ? 'met' : 'NOT MET'}`,
    ),
  ]
}
