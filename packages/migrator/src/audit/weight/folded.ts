/**
 * Findings → the lines that a report shows of them. Findings that have a pattern in common are one line with their count and examples;
 * every other finding is a line of its own. Pure.
 */
import type { AuditFinding } from '../report.ts'

/** So many findings with one pattern are still shown one by one. */
const MOST_ALONE = 3
const EXAMPLES = 3

type Folding = Pick<AuditFinding, 'rule' | 'pattern' | 'severity' | 'known' | 'table'>

export type Line<F extends Folding> =
  | { readonly kind: 'finding'; readonly finding: F }
  | {
      readonly kind: 'pattern'
      readonly rule: string
      /** `primary keys named <table>_pkey instead of pk_<table>`. */
      readonly pattern: string
      readonly severity: F['severity']
      readonly known: boolean
      /** All findings of the line, in their order: their number is the count. */
      readonly members: readonly F[]
      /** Three of them, of different tables where there are such. */
      readonly examples: readonly F[]
    }

/** A line stands where the first of its findings stood. Known findings and new ones are never in one line, nor are errors and warnings. */
export function folded<F extends Folding>(findings: readonly F[]): Line<F>[] {
  const groups = Map.groupBy(findings, (finding) => {
    const { rule, pattern, severity, known } = finding
    return pattern === undefined ? finding : JSON.stringify([rule, pattern, severity, known])
  })
  return [...groups.values()].flatMap((members): Line<F>[] => {
    const [{ rule, pattern, severity, known }] = members as [F]
    if (pattern === undefined || members.length <= MOST_ALONE)
      return members.map((finding) => ({ kind: 'finding', finding }))
    return [{ kind: 'pattern', rule, pattern, severity, known, members, examples: examplesOf(members) }]
  })
}

function examplesOf<F extends Folding>(members: readonly F[]): F[] {
  const firsts = new Map<string | null, F>()
  for (const member of members) if (!firsts.has(member.table)) firsts.set(member.table, member)
  return [...new Set([...firsts.values(), ...members])].slice(0, EXAMPLES)
}
