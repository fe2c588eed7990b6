/** The gravest things of a database: what was found, in how much of it, what it can cost, and where to begin. Pure. */

import { placeOf } from '../../catalog/place.ts'
import type { Catalog } from '../../catalog/types.ts'
import { GAP_RULE } from '../gap/gap-findings.ts'
import { type AuditFinding, placeText, ruleOf } from '../report.ts'
import { sum } from './share.ts'
import type { Grave } from './verdict.ts'
import { groupsOf } from './weigh.ts'

const MOST = 5
const NAMED = 3

/**
 * `isMigrated`: the migrator ran on this database, so what V1 has otherwise is a fault of it. In any other database the gap to V1 has a
 * section of its own, and would stand here in place of what is wrong with the database itself.
 */
export function gravestOf(
  findings: readonly AuditFinding[],
  { live, isMigrated }: { readonly live: Catalog; readonly isMigrated: boolean },
): Grave[] {
  const rows = new Map(live.tables.map((table) => [placeOf(table, live.home), table.estimatedRows]))
  const rowsOf = (table: string): number => rows.get(table) ?? 0
  const groups = groupsOf(findings).filter(({ rule }) => isMigrated || rule !== GAP_RULE.name)
  return [...Map.groupBy(groups, ({ rule }) => rule).values()]
    .map(([gravest]) => gravest!)
    .slice(0, MOST)
    .map(({ rule, stake, severity, confidence, findings: own }) => {
      const tables = [...new Set(own.flatMap(({ table }) => table ?? []))].sort((a, b) => rowsOf(b) - rowsOf(a))
      const first = own.find(({ table }) => table === tables[0]) ?? own[0]!
      return {
        rule,
        stake,
        severity,
        confidence,
        findings: own.length,
        known: own.filter(({ known }) => known).length,
        tables: tables.length,
        estimatedRows: sum(tables, rowsOf),
        largest: tables.slice(0, NAMED),
        cost: ruleOf(rule)?.costs?.[stake] ?? ruleOf(rule)?.consequence ?? '',
        firstStep: { place: placeText(first), remedy: first.remedy },
      }
    })
}
