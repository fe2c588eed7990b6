import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { indexName, keyColumn } from './subject.ts'

export const invalidObject: Rule = {
  name: 'invalid-object',
  severity: 'error',
  stake: 'loss',
  summary: 'Every index is valid, every constraint validated, every trigger enabled.',
  consequence:
    'An INVALID index is written and never read, and a unique one guards nothing; a NOT VALID constraint says nothing about the rows that were ' +
    'there before it.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const index of table.indexes) {
        const { name } = index
        if (index.valid) continue
        const found = `index ${quoted(name)} is INVALID`
        const remedy = `REINDEX INDEX CONCURRENTLY ${indexName(table, name)}, or drop it and build it again`
        yield { table: place(table), column: keyColumn(table, index), found, expected: 'a valid index', remedy }
      }
      for (const { name, kind, validated, columns, definition } of table.constraints) {
        if (validated) continue
        const alter = `ALTER TABLE ${sqlName(table)}`
        if (/ NOT ENFORCED$/.test(definition)) {
          yield {
            table: place(table),
            column: columns[0] ?? null,
            about: name,
            found: `constraint ${quoted(name)} is NOT ENFORCED`,
            expected: 'an enforced constraint',
            // PostgreSQL can ALTER only a foreign key to ENFORCED, and refuses to VALIDATE a constraint that is not enforced.
            remedy:
              kind === 'foreign key'
                ? `Correct the rows that break it, then ${alter} ALTER CONSTRAINT ${quoted(name)} ENFORCED`
                : `Correct the rows that break it, then ${alter} DROP CONSTRAINT ${quoted(name)} and add it again without NOT ENFORCED.`,
          }
          continue
        }
        const found = `constraint ${quoted(name)} is NOT VALID`
        const remedy = `Correct the rows that break it, then ${alter} VALIDATE CONSTRAINT ${quoted(name)}`
        yield {
          ...{ table: place(table), column: columns[0] ?? null, about: name },
          ...{ found, expected: 'a validated constraint', remedy },
        }
      }
      for (const { name, enabled } of table.triggers) {
        if (enabled) continue
        const remedy = `ALTER TABLE ${sqlName(table)} ENABLE TRIGGER ${quoted(name)}`
        yield {
          table: place(table),
          column: null,
          found: `trigger ${quoted(name)} is disabled`,
          expected: 'an enabled trigger',
          remedy,
        }
      }
    }
  },
}
