/** What could not be looked at, as findings: nothing may say that a database passed over it. Pure. */
import type { Unread } from '../../catalog/types.ts'
import type { RuleFinding } from '../../rules/finding.ts'

export const UNREAD_RULE = {
  name: 'unread',
  severity: 'error',
  stake: 'loss',
  summary: 'All of the database can be looked at.',
  consequence: 'Nothing is known of what was not looked at: any fault may be there.',
} as const

/** The reason stands beside the remedy and not in `found`, since it names a process, and the finding is the same in the next run. */
export const unreadFindings = (unread: readonly Unread[]): RuleFinding[] =>
  unread.map(({ table, what, reason, remedy }) => ({
    rule: UNREAD_RULE.name,
    severity: UNREAD_RULE.severity,
    confidence: 'high',
    table,
    column: null,
    owner: null,
    found: `${what} could not be looked at`,
    expected: 'everything can be looked at',
    remedy: `${reason[0]!.toUpperCase()}${reason.slice(1)}. ${remedy}`,
  }))
