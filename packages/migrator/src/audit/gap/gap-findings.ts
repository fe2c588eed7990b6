/** The gap to V1 as findings, so that it fails an audit, is counted, and can be accepted. Pure. */

import type { CatalogDifference } from '../../catalog/difference.ts'
import { normalised } from '../../catalog/normalised.ts'
import { makerOf } from '../../replay/made-by.ts'
import type { Makers } from '../../replay/makers.ts'
import type { RuleFinding, Severity } from '../../rules/finding.ts'
import { quoted } from '../../sql/names.ts'
import type { Gap } from './gap.ts'

export const GAP_RULE = {
  name: 'gap-to-v1',
  severity: 'error',
  stake: 'outage',
  summary: 'The database has what V1 has, and as V1 has it.',
  consequence: 'A service written for V1 fails on the first table, column or key that is missing or differs.',
} as const

/** `drifted` are the differences that are already reported as drift: they are left out here. */
export function gapFindings(gap: Gap, makers: Makers, drifted: readonly CatalogDifference[]): RuleFinding[] {
  const reported = new Set(drifted.map(factOf))
  return gap.differences
    .filter((one) => !reported.has(factOf(one)))
    .map((one) => ({
      rule: GAP_RULE.name,
      severity: severityOf(one),
      confidence: 'high' as const,
      table: one.table,
      column: one.kind === 'column' ? one.name : null,
      owner: makerOf(one, makers.makerOf)?.domain ?? null,
      found: foundText(one),
      expected: one.expected || (one.change === 'added' ? 'nothing of that name' : 'as V1 has it'),
      remedy: remedyOf(one),
    }))
}

const factOf = ({ kind, table, name, change }: CatalogDifference): string => JSON.stringify([kind, table, name, change])

/** An object that V1 does not have hinders no service, and another name breaks no query: both are warnings. */
const severityOf = (one: CatalogDifference): Severity =>
  one.change === 'added' || isRenamed(one) ? 'warning' : 'error'

/** Where the names differ, compare() puts each name before its definition: the constraint or index is renamed if the rest is equal. */
function isRenamed({ kind, change, found, expected, name }: CatalogDifference): boolean {
  if (change !== 'changed' || (kind !== 'constraint' && kind !== 'index')) return false
  const prefix = `${name}: `
  if (found === null || !expected?.startsWith(prefix)) return false
  const words = expected.slice(prefix.length)
  return normalised(found).endsWith(`: ${normalised(words)}`)
}

function foundText({ kind, name, change, found }: CatalogDifference): string {
  const what = `${kind} ${kind === 'function' ? name : quoted(name)}`
  if (change === 'missing') return `${what} is missing`
  if (change === 'added') return `${what} is not in V1`
  return `${what} differs${found ? `: ${found}` : ''}`
}

function remedyOf({ kind, change }: CatalogDifference): string {
  if (change === 'added')
    return `Write a migration for the ${kind} in a domain, or leave it out when the rows are copied to V1.`
  return 'Build V1 in an empty database (npx nx run migrator:up) and copy the rows over; where migrations are pending, apply them.'
}
