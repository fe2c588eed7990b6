import { sqlName } from '../catalog/place.ts'
import type { Rule } from './finding.ts'

const OFF = /^autovacuum_enabled=(off|false|no|0)$/i

export const autovacuumOff: Rule = {
  name: 'autovacuum-off',
  severity: 'warning',
  stake: 'outage',
  summary: 'Autovacuum is on for every table.',
  consequence:
    'Dead rows are never cleared away, so the table only grows and gets slower, and its statistics go stale until the planner chooses bad plans.',

  *find({ tables, place }) {
    for (const table of tables) {
      const off = table.options?.find((option) => OFF.test(option))
      if (off === undefined) continue
      yield {
        table: place(table),
        column: null,
        found: `WITH (${off})`,
        expected: 'autovacuum, with thresholds of the table’s own if it is in the way',
        remedy: `ALTER TABLE ${sqlName(table)} RESET (autovacuum_enabled)`,
      }
    }
  },
}
