/** What an audit found, as one value from which every format is made. */
import { hash } from 'node:crypto'
import type { Unread } from '../catalog/types.ts'
import type { Target } from '../database/target.ts'
import type { Rule, RuleFinding, Stake } from '../rules/finding.ts'
import { rules } from '../rules/list.ts'
import { DRIFT_RULE } from './drift/drift.ts'
import type { Drift } from './drift/drifted.ts'
import type { CopyOrder } from './gap/copy-order.ts'
import type { DomainOf } from './gap/domain-guess.ts'
import type { Gap } from './gap/gap.ts'
import { GAP_RULE } from './gap/gap-findings.ts'
import type { Governance } from './gap/governance.ts'
import type { TableKey } from './gap/keys.ts'
import type { Extension } from './live/extension-note.ts'
import { UNREAD_RULE } from './live/unread.ts'
import type { LeftOut } from './weight/confident.ts'
import type { Figures } from './weight/figures.ts'
import type { AgainstBaseline, Grade, Grave } from './weight/verdict.ts'

export interface AuditFinding extends RuleFinding {
  /** Made of rule, table, column and `found`: equal in every run for the same finding. */
  readonly id: string
  /** The finding is in the baseline: it is reported and does not fail the audit. */
  readonly known: boolean
  /** What it can cost: as the finding says, else as its rule says. */
  readonly stake: Stake
}

export interface AuditReport {
  readonly target: Target & { readonly serverVersion: string }
  readonly auditedAt: Date
  readonly toolVersion: string
  /** The schemas that were audited, the home schema first: names in it stand alone. */
  readonly schemas: readonly string[]
  /** What could not be looked at. Each is a finding too. */
  readonly unread: readonly Unread[]
  /** Number of tables that the rules checked. */
  readonly tables: number
  /** Number of migrations that make V1. */
  readonly migrations: number
  /** In the order of the domains' dependencies. */
  readonly domains: readonly string[]
  /** The gravest first: see weigh.ts. */
  readonly findings: readonly AuditFinding[]
  readonly figures: Figures
  /** At most five. */
  readonly gravest: readonly Grave[]
  readonly grade: Grade
  readonly gap: Gap
  /** Every table that the rules checked, with its primary key and the one that V1 asks for. */
  readonly keys: readonly TableKey[]
  /** The domain of each table, known or guessed. */
  readonly domainsByTable: ReadonlyMap<string, DomainOf>
  readonly governance: Governance
  readonly copying: CopyOrder
  /** Null where no migration has been applied. */
  readonly drift: { readonly applied: number; readonly differences: readonly Drift[] } | null
  /** What a reader has to know to understand the rest of the report. */
  readonly notes: readonly string[]
  /** Those that are installed, without plpgsql, which every database has. */
  readonly extensions: readonly Extension[]
  /** Ids that the baseline knows and that were not found, whatever the confidence. */
  readonly gone: readonly string[]
  /** Null where no baseline was given. */
  readonly baseline: AgainstBaseline | null
  /** What `--min-confidence` left out of the findings. */
  readonly leftOut: LeftOut
}

/** The rules that a report may name. */
export const reportRules: readonly Omit<Rule, 'find'>[] = [...rules, DRIFT_RULE, GAP_RULE, UNREAD_RULE]

const RULES = new Map(reportRules.map((rule) => [rule.name, rule]))

export const ruleOf = (name: string): Omit<Rule, 'find'> | undefined => RULES.get(name)

/** A finding of a rule that this report does not know costs the least. */
export const stakeOf = ({ rule, stake }: Pick<RuleFinding, 'rule' | 'stake'>): Stake =>
  stake ?? ruleOf(rule)?.stake ?? 'reading'

/** Shown as the domain of an object that no migration made. */
export const NO_DOMAIN = 'no domain'

export const isFailure = ({ severity, known }: AuditFinding): boolean => severity === 'error' && !known

export function fingerprint({
  rule,
  table,
  column,
  found,
}: Pick<RuleFinding, 'rule' | 'table' | 'column' | 'found'>): string {
  return hash('sha256', JSON.stringify([rule, table, column, found]), 'hex').slice(0, 16)
}

/** `users.email`, `users`, `the database`. */
export function placeText({ table, column }: Pick<RuleFinding, 'table' | 'column'>): string {
  if (table === null) return 'the database'
  return column === null ? table : `${table}.${column}`
}

export interface Count {
  readonly name: string
  readonly errors: number
  readonly warnings: number
}

/** Per rule, in the order of the findings: the rule with the gravest one first. Rules without a finding are left out. */
export const countsByRule = ({ findings }: Pick<AuditReport, 'findings'>): Count[] =>
  [...Map.groupBy(findings, ({ rule }) => rule)].map(([name, own]) => count(name, own))

/** Per domain, in the order of the domains, `no domain` last. */
export function countsByDomain({ findings, domains }: AuditReport): Count[] {
  const owners = new Set([...domains, ...findings.flatMap(({ owner }) => owner ?? [])])
  return [
    ...[...owners].map((name) =>
      count(
        name,
        findings.filter(({ owner }) => owner === name),
      ),
    ),
    count(
      NO_DOMAIN,
      findings.filter(({ owner }) => owner === null),
    ),
  ].filter(isSome)
}

export const total = ({ findings }: Pick<AuditReport, 'findings'>): Count => count('total', findings)

function count(name: string, findings: readonly RuleFinding[]): Count {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return { name, errors, warnings: findings.length - errors }
}

const isSome = ({ errors, warnings }: Count): boolean => errors + warnings > 0
