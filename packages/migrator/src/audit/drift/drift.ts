/**
 * What somebody changed by hand on a database that the migrator runs on: the live catalogue is compared with a replay of exactly the
 * migrations in its history. Pure.
 */

import { compare } from '../../catalog/compare.ts'
import { type CatalogDifference, EVERYTHING } from '../../catalog/difference.ts'
import type { Catalog } from '../../catalog/types.ts'
import { makerOf } from '../../replay/made-by.ts'
import type { Replayed } from '../../replay/replay.ts'
import type { RuleFinding } from '../../rules/finding.ts'
import { CHAT_SCHEMA } from '../../rules/scope.ts'
import { majorOf } from '../gap/gap.ts'
import { driftSeverity } from './drift-severity.ts'
import { driftText, remedyText } from './drift-text.ts'
import type { Drift } from './drifted.ts'
import { expectedRights } from './expected-rights.ts'
import { seedDifferences } from './seed-drift.ts'
import type { SeededTable } from './seeded-rows.ts'

export const DRIFT_RULE = {
  name: 'drift',
  severity: 'error',
  stake: 'outage',
  summary: 'The database is what its migrations made, and nothing else.',
  consequence:
    'The next migration runs on a table that is not as its author knew it: it fails, or works on one database only.',
} as const

/** `domains`: all of the workspace, whose roles `grants` makes. */
export function driftFrom(live: Catalog, { catalog, makers }: Replayed, domains: readonly string[]): Drift[] {
  const bodies = majorOf(live) === majorOf(catalog)
  const expected = expectedRights({ catalog, makers, live, domains })
  return compare(live, expected, { ...EVERYTHING, bodies })
    .filter((one) => !isNoDrift(one))
    .map((difference) => ({ ...difference, maker: makerOf(difference, makers.makerOf) }))
}

/** What became of the rows that the migrations inserted. */
export const rowDriftFrom = (tables: readonly SeededTable[], { makers }: Replayed): Drift[] =>
  seedDifferences(tables).map((one) => ({ ...one, maker: makerOf(one, makers.makerOf) }))

/**
 * The schema of the chat server is its own. Default privileges that give nobody anything only take from PUBLIC: `grants` does so. The comment
 * that PostgreSQL gives the schema public is lost when somebody empties a database by dropping and making it.
 */
const isNoDrift = ({ kind, of, name, change, found }: CatalogDifference): boolean =>
  (kind === 'schema' && name === CHAT_SCHEMA) ||
  (kind === 'default privileges' && change === 'added' && found === '') ||
  (kind === 'comment' && of === 'schema' && name === 'public' && change === 'missing')

/** What is after the colon is a part of the finding's id, and these had one from the first, also where it is nothing. */
const MAY_BE_EMPTY: ReadonlySet<CatalogDifference['kind']> = new Set(['function', 'view', 'sequence', 'type'])

const foundText = ({ kind, found }: Drift): string =>
  found === null || (found === '' && !MAY_BE_EMPTY.has(kind)) ? '' : `: ${found}`

export function driftFindings(drift: readonly Drift[]): RuleFinding[] {
  return drift.map((one) => ({
    rule: DRIFT_RULE.name,
    severity: driftSeverity(one),
    confidence: 'high' as const,
    table: one.table,
    column: one.kind === 'column' ? one.name : null,
    owner: one.maker?.domain ?? null,
    found: `${driftText(one)}${foundText(one)}`,
    expected: one.expected || (one.of === undefined ? 'nothing of that name' : 'none'),
    remedy: remedyText(one),
    ...(one.kind === 'grant' && { pattern: `rights that role ${one.role} was given by hand` }),
  }))
}
