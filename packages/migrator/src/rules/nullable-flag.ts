import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

export const nullableFlag: Rule = {
  name: 'nullable-flag',
  severity: 'warning',
  confidence: 'medium',
  stake: 'loss',
  summary: 'A flag is NOT NULL, with a default.',
  consequence:
    'NULL is a third value: WHERE flag and WHERE NOT flag both leave such a row out, so it is in neither list.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const { name, type, notNull, generated, default: expression } of table.columns) {
        if (type !== 'boolean' || notNull || generated) continue
        const hasDefault = expression !== null && !/^NULL\b/.test(expression)
        const fill = `UPDATE ${sqlName(table)} SET ${quoted(name)} = ${hasDefault ? expression : 'false'} WHERE ${quoted(name)} IS NULL`
        yield {
          table: place(table),
          column: name,
          found: hasDefault
            ? `NULL is allowed, with DEFAULT ${expression}`
            : 'NULL is allowed, and there is no default',
          expected: 'boolean NOT NULL with a default',
          remedy: `${fill}; then ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} SET NOT NULL`,
          // Without a default NULL may be meant: not answered, not known.
          confidence: hasDefault ? 'medium' : 'low',
        }
      }
    }
  },
}
