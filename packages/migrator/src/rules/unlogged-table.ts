import { sqlName } from '../catalog/place.ts'
import type { Rule } from './finding.ts'

/** What such a table is for: rows that can be made again. */
const MADE_AGAIN =
  /(^|_)(cache|cached|caches|tmp|temp|staging|scratch|session|sessions|lock|locks|buffer|rate_limits?|throttles?)(_|$)/

export const unloggedTable: Rule = {
  name: 'unlogged-table',
  severity: 'warning',
  stake: 'loss',
  summary: 'No table is UNLOGGED.',
  consequence:
    'PostgreSQL empties an unlogged table after every crash, and its rows are neither on a standby server nor in a physical backup.',

  *find({ tables, place }) {
    for (const table of tables) {
      if (table.persistence !== 'unlogged') continue
      yield {
        table: place(table),
        column: null,
        found: 'UNLOGGED',
        expected: 'a logged table',
        remedy: `ALTER TABLE ${sqlName(table)} SET LOGGED (it writes the whole table to the log under an ACCESS EXCLUSIVE lock)`,
        confidence: MADE_AGAIN.test(table.name) ? 'low' : 'high',
      }
    }
  },
}
