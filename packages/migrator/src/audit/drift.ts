/**
 * What somebody changed by hand on a database that the migrator runs on: the live catalogue is compared with a replay of exactly the
 * migrations in its history. Pure.
 */

import { type CatalogDifference, compare } from '../catalog/compare.ts'
import type { Catalog } from '../catalog/types.ts'
import { makerOf } from '../replay/made-by.ts'
import type { Maker } from '../replay/makers.ts'
import type { Replayed } from '../replay/replay.ts'
import type { RuleFinding } from '../rules/finding.ts'
import { quoted } from '../sql/names.ts'
import { majorOf } from './gap.ts'

export interface Drift extends CatalogDifference {
  /** Who made the object, or the table that it was added to; undefined where no migration made it. */
  readonly maker: Maker | undefined
}

export const DRIFT_RULE = {
  name: 'drift',
  severity: 'error',
  stake: 'outage',
  summary: 'The database is what its migrations made, and nothing else.',
  consequence:
    'The next migration runs on a table that is not as its author knew it: it fails, or works on one database only.',
} as const

export function driftFrom(live: Catalog, { catalog, makers }: Replayed): Drift[] {
  const bodies = majorOf(live) === majorOf(catalog)
  return compare(live, catalog, { bodies, comments: true }).map((difference) => ({
    ...difference,
    maker: makerOf(difference, makers.makerOf),
  }))
}

/** `column users.email was changed by hand; core/002_users made it`. */
export function driftText({ kind, table, name, change, maker }: Drift): string {
  // The name of a function is its signature here, which is not quoted as one name.
  const own = kind === 'function' ? name : quoted(name)
  const object = table === null || kind === 'table' ? own : `${quoted(table)}.${own}`
  const what = { missing: 'was dropped', added: 'was added', changed: 'was changed' }[change]
  const by = maker?.migration ?? maker?.domain
  const origin =
    by === undefined
      ? ''
      : change === 'added' || kind === 'policy' || kind === 'rule'
        ? `; ${by} made its table`
        : `; ${by} made it`
  return `${kind} ${object} ${what} by hand${origin}`
}

export function driftFindings(drift: readonly Drift[]): RuleFinding[] {
  return drift.map((one) => ({
    rule: DRIFT_RULE.name,
    severity: DRIFT_RULE.severity,
    confidence: 'high' as const,
    table: one.table,
    column: one.kind === 'column' ? one.name : null,
    owner: one.maker?.domain ?? null,
    found: `${driftText(one)}${one.found === null ? '' : `: ${one.found}`}`,
    expected: one.expected ?? 'nothing of that name',
    remedy:
      one.change === 'added'
        ? 'Write a migration that adds it, or drop it.'
        : `Bring it back to what ${one.maker?.migration ?? 'the migrator'} made, or write a migration that makes the change everywhere.`,
  }))
}
