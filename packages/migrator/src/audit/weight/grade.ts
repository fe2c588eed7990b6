/**
 * One letter for a database, and why. From 100 points each stake takes some, by the share of the tables that have a finding of it, so that
 * a large database is not worse for being large. docs/audit.md explains the same to a reader. Pure.
 */
import { STAKES, type Stake } from '../../rules/finding.ts'
import { GAP_RULE } from '../gap/gap-findings.ts'
import type { AuditFinding } from '../report.ts'
import type { Share } from './share.ts'
import type { Grade, Letter, Reason } from './verdict.ts'
import { type Group, groupsOf } from './weigh.ts'

/** What a stake takes where every table has an error of it. */
const MOST_POINTS: Readonly<Record<Stake, number>> = { exposure: 15, loss: 35, outage: 10, change: 10, reading: 5 }
/** What the first exposed table takes on top: one place where anybody gets in is enough. */
const EXPOSED = 35
/** How much a table with warnings and no error counts. */
const WARNED = 0.25
/** The fewest points of each letter. An A needs more: no error. */
const LETTERS: readonly (readonly [Letter, number])[] = [
  ['B', 80],
  ['C', 60],
  ['D', 40],
  ['E', 25],
  ['F', 0],
]

interface Judged {
  readonly letter: Letter
  readonly points: number
}

export function gradeOf(findings: readonly AuditFinding[], tables: number): Grade {
  if (tables === 0) return { letter: null, points: 0, reasons: [], next: null }
  const groups = groupsOf(findings)
  const concerned = new Concerned(tables)
  // From the mildest group to the gravest: each step is the database in which all graver groups are mended.
  const steps: Judged[] = [judged(concerned, false)]
  let errors = false
  for (const group of groups.toReversed()) {
    errors ||= group.severity === 'error'
    concerned.add(group)
    steps.push(judged(concerned, errors))
  }
  const [now, ...later] = steps.reverse()
  const mended = later.findIndex(({ letter }) => letter < now!.letter)
  return {
    ...now!,
    reasons: reasonsOf(groups, concerned),
    next:
      mended < 0
        ? null
        : { letter: later[mended]!.letter, mend: [...new Set(groups.slice(0, mended + 1).map(({ rule }) => rule))] },
  }
}

function judged(concerned: Concerned, errors: boolean): Judged {
  const points = Math.max(0, Math.round(100 - STAKES.reduce((lost, stake) => lost + concerned.points(stake), 0)))
  return { points, letter: errors ? LETTERS.find(([, fewest]) => points >= fewest)![0] : 'A' }
}

const reasonsOf = (groups: readonly Group[], concerned: Concerned): Reason[] =>
  STAKES.map((stake) => ({
    stake,
    points: Math.round(concerned.points(stake)),
    tables: concerned.tables(stake),
    rules: [...new Set(groups.filter((one) => one.stake === stake && counts(one)).map(({ rule }) => rule))],
  }))
    .filter(({ rules }) => rules.length > 0)
    .sort((a, b) => b.points - a.points)

/** That a database is not V1 is no fault of it, and what only a name says may be none: neither takes points. */
const counts = ({ rule, confidence }: Group): boolean => rule !== GAP_RULE.name && confidence !== 'low'

/** The tables that have findings, by stake. */
class Concerned {
  readonly #all: number
  readonly #weights = new Map<Stake, Map<string, number>>(STAKES.map((stake) => [stake, new Map()]))

  constructor(tables: number) {
    this.#all = tables
  }

  add(group: Group): void {
    if (!counts(group)) return
    const weights = this.#weights.get(group.stake)!
    for (const { table, severity } of group.findings) {
      // What belongs to no table counts as one more of them.
      const at = table ?? ''
      weights.set(at, Math.max(weights.get(at) ?? 0, severity === 'error' ? 1 : WARNED))
    }
  }

  tables(stake: Stake): Share {
    return { count: Math.min(this.#weights.get(stake)!.size, this.#all), of: this.#all }
  }

  points(stake: Stake): number {
    const weights = [...this.#weights.get(stake)!.values()]
    const share = Math.min(1, weights.reduce((sum, weight) => sum + weight, 0) / this.#all)
    return MOST_POINTS[stake] * share + (stake === 'exposure' && weights.includes(1) ? EXPOSED : 0)
  }
}
