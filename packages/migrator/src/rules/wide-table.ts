import type { Rule } from './finding.ts'

const MOST = 100

export const wideTable: Rule = {
  name: 'wide-table',
  severity: 'warning',
  confidence: 'medium',
  stake: 'change',
  summary: `No table has more than ${MOST} columns.`,
  consequence:
    'Each UPDATE writes the whole row again, also for one counter, and most columns are NULL in most rows: several things share one table.',

  *find({ tables, place }) {
    for (const table of tables) {
      if (table.columns.length <= MOST) continue
      yield {
        table: place(table),
        column: null,
        found: `more than ${MOST} columns`,
        expected: 'one table for each thing, with the same key',
        remedy: `Of its ${table.columns.length} columns, move those that are written together into a table of their own.`,
      }
    }
  },
}
