/**
 * Findings → groups that a reader opens one by one. Findings come with the gravest first, and so do the groups of their rules. Pure; the
 * page's script calls it.
 */
import type { Stake } from '../../rules/finding.ts'
import { type Field, NONE, type PageFindings, type PageRule } from './findings.ts'

export type Grouping = 'rule' | 'table' | 'domain'

export interface Group {
  /** Stays the same whatever else is shown, so that a group stays open while a reader searches. */
  readonly id: string
  readonly kind: Grouping | 'pattern'
  readonly title: string
  /** Set where the group is one rule's. */
  readonly rule?: PageRule
  /** Of the first finding, which is the gravest. */
  readonly stake: Stake
  readonly errors: number
  readonly warnings: number
  /** Of both. */
  readonly known: number
  /** Shown before `findings`. */
  readonly groups: readonly Group[]
  /** Indexes of the findings that are in none of `groups`. */
  readonly findings: readonly number[]
}

export const countOf = ({ errors, warnings }: Group): number => errors + warnings

/** Up to so many findings with one pattern stand on their own. */
const MOST_ALONE = 3

export function grouped(all: PageFindings, indexes: readonly number[], grouping: Grouping): Group[] {
  if (grouping === 'rule') return byRule(all, indexes, '')
  const groups = by(all, indexes, grouping).map(({ at, own, id }): Group => {
    const group = counted(all, own, { id, kind: grouping, title: all.texts[at] ?? 'the database' })
    return grouping === 'domain' ? { ...group, groups: byRule(all, own, id), findings: [] } : group
  })
  if (grouping === 'table') return groups.sort(mostFirst)
  const order = new Map(all.domains.map((domain, place) => [domain, place]))
  return groups.sort((a, b) => (order.get(a.title) ?? 0) - (order.get(b.title) ?? 0))
}

function byRule(all: PageFindings, indexes: readonly number[], outer: string): Group[] {
  return by(all, indexes, 'rule', outer).map(({ at, own, id }) => {
    const rule = all.rules[at]!
    return { ...counted(all, own, { id, kind: 'rule', title: rule.name }), rule, ...byPattern(all, own, id) }
  })
}

function byPattern(all: PageFindings, indexes: readonly number[], outer: string): Pick<Group, 'groups' | 'findings'> {
  const patterns = by(all, indexes, 'pattern', outer)
  const isGroup = ({ at, own }: Members) => at !== NONE && own.length > MOST_ALONE
  return {
    groups: patterns
      .filter(isGroup)
      .map(({ at, own, id }) => counted(all, own, { id, kind: 'pattern', title: all.texts[at]! }))
      .sort(mostFirst),
    findings: patterns
      .filter((members) => !isGroup(members))
      .flatMap(({ own }) => own)
      .sort((a, b) => a - b),
  }
}

interface Members {
  /** The value that they share in the field. */
  readonly at: number
  readonly own: number[]
  readonly id: string
}

/** In the order in which the values first come. */
function by(all: PageFindings, indexes: readonly number[], field: Field, outer = ''): Members[] {
  const values = all.fields[field]
  const members = Map.groupBy(indexes, (index) => values[index]!)
  return [...members].map(([at, own]) => ({ at, own, id: `${outer}/${field}:${at}` }))
}

function counted(all: PageFindings, own: readonly number[], named: Pick<Group, 'id' | 'kind' | 'title'>): Group {
  let [errors, known] = [0, 0]
  for (const index of own) {
    const marks = all.marks[all.fields.marks[index]!]!
    if (marks.severity === 'error') errors++
    if (marks.known) known++
  }
  const { stake } = all.marks[all.fields.marks[own[0]!]!]!
  return { ...named, stake, errors, warnings: own.length - errors, known, groups: [], findings: own }
}

const mostFirst = (a: Group, b: Group): number => b.errors - a.errors || b.warnings - a.warnings
