import { sqlName } from '../catalog/place.ts'
import type { Rule } from './finding.ts'
import { columnOf } from './subject.ts'

const EXPECTED = 'timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP'

export const timestampNotNull: Rule = {
  name: 'timestamp-not-null',
  severity: 'error',
  stake: 'change',
  summary: 'Every table has created_at; it and updated_at are NOT NULL.',
  consequence: 'Rows without a time fall out of every list that is sorted or filtered by it.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const name of ['created_at', 'updated_at']) {
        const column = columnOf(table, name)
        const at = { table: place(table), column: name, expected: EXPECTED }
        if (column === undefined && name === 'created_at') {
          yield {
            ...at,
            found: 'no such column',
            remedy: `ALTER TABLE ${sqlName(table)} ADD COLUMN ${name} ${EXPECTED}`,
          }
        } else if (column !== undefined && !column.notNull) {
          yield {
            ...at,
            found: 'NULL is allowed',
            remedy: `Fill what is NULL, then ALTER TABLE ${sqlName(table)} ALTER COLUMN ${name} SET NOT NULL`,
          }
        }
      }
    }
  },
}
