/**
 * Findings by what they can cost. The order of the report: what lets people in or loses data first, what is only looks last. Pure.
 */
import type { Confidence, Severity, Stake } from '../../rules/finding.ts'
import type { AuditFinding } from '../report.ts'

/** Findings of one rule that can cost the same. */
export interface Group {
  readonly rule: string
  readonly stake: Stake
  /** That of the gravest finding. */
  readonly severity: Severity
  /** That of the surest finding. */
  readonly confidence: Confidence
  readonly findings: readonly AuditFinding[]
}

/** From the gravest. Nothing that a step or two could make milder comes as low as looks. */
const STEPS: Readonly<Record<Stake, number>> = { exposure: 0, loss: 1, outage: 2, change: 3, reading: 6 }

/** Warnings, and what only a name says, weigh as one stake less: they stand among what is a step milder. */
const gravity = ({ stake, severity, confidence }: AuditFinding): number =>
  STEPS[stake] + (severity === 'warning' ? 1 : 0) + (confidence === 'low' ? 1 : 0)

/** The gravest group first; among equally grave ones errors, then sure ones, then the one with most findings. */
export function groupsOf(findings: readonly AuditFinding[]): Group[] {
  const groups = Map.groupBy(findings, ({ rule, stake }) => `${rule}/${stake}`)
  return [...groups.values()]
    .map((own) => {
      const [gravest] = own.toSorted((a, b) => gravity(a) - gravity(b))
      const { rule, stake, severity, confidence } = gravest!
      return { rule, stake, severity, confidence, findings: own, gravity: gravity(gravest!) }
    })
    .sort(
      (a, b) =>
        a.gravity - b.gravity ||
        Number(b.severity === 'error') - Number(a.severity === 'error') ||
        Number(a.confidence === 'low') - Number(b.confidence === 'low') ||
        b.findings.length - a.findings.length,
    )
    .map(({ gravity: _, ...group }) => group)
}

/** All findings of a rule stand together, where its gravest group stands. */
export function weighed(findings: readonly AuditFinding[]): AuditFinding[] {
  const byRule = Map.groupBy(groupsOf(findings), ({ rule }) => rule)
  return [...byRule.values()].flatMap((groups) => groups.flatMap(({ findings: own }) => own))
}
