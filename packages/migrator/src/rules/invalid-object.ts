import type { Rule } from './finding.ts'
import { keyColumn, quoted } from './subject.ts'

export const invalidObject: Rule = {
  name: 'invalid-object',
  severity: 'error',
  summary: 'Every index is valid, every constraint validated, every trigger enabled.',
  consequence:
    'An INVALID index is written and never read, and a unique one guards nothing; a NOT VALID constraint says nothing about the rows that were ' +
    'there before it.',

  *find({ tables }) {
    for (const table of tables) {
      for (const index of table.indexes) {
        const { name } = index
        if (index.valid) continue
        const found = `index ${quoted(name)} is INVALID`
        const remedy = `REINDEX INDEX CONCURRENTLY ${quoted(name)}, or drop it and build it again`
        yield { table: table.name, column: keyColumn(table, index), found, expected: 'a valid index', remedy }
      }
      for (const { name, validated, columns, definition } of table.constraints) {
        if (validated) continue
        const state = / NOT ENFORCED\b/.test(definition) ? 'NOT ENFORCED' : 'NOT VALID'
        const found = `constraint ${quoted(name)} is ${state}`
        const remedy = `Correct the rows that break it, then ALTER TABLE ${quoted(table.name)} VALIDATE CONSTRAINT ${quoted(name)}`
        yield { table: table.name, column: columns[0] ?? null, found, expected: 'a validated constraint', remedy }
      }
      for (const { name, enabled } of table.triggers) {
        if (enabled) continue
        const remedy = `ALTER TABLE ${quoted(table.name)} ENABLE TRIGGER ${quoted(name)}`
        yield {
          table: table.name,
          column: null,
          found: `trigger ${quoted(name)} is disabled`,
          expected: 'an enabled trigger',
          remedy,
        }
      }
    }
  },
}
