import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { columnOf } from './subject.ts'

const EXPECTED = 'timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP'

export const timestampNotNull: Rule = {
  name: 'timestamp-not-null',
  severity: 'error',
  stake: 'loss',
  summary: 'Every table has created_at; it and updated_at are NOT NULL.',
  consequence: 'Rows without a time fall out of every list that is sorted or filtered by it.',

  *find({ tables }) {
    for (const owner of tables) {
      const table = owner.name
      for (const name of ['created_at', 'updated_at']) {
        const column = columnOf(owner, name)
        const at = { table, column: name, expected: EXPECTED }
        if (column === undefined && name === 'created_at') {
          yield {
            ...at,
            found: 'no such column',
            remedy: `ALTER TABLE ${quoted(table)} ADD COLUMN ${name} ${EXPECTED}`,
          }
        } else if (column !== undefined && !column.notNull) {
          yield {
            ...at,
            found: 'NULL is allowed',
            remedy: `Fill what is NULL, then ALTER TABLE ${quoted(table)} ALTER COLUMN ${name} SET NOT NULL`,
          }
        }
      }
    }
  },
}
