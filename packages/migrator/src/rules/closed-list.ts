import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

export const closedList: Rule = {
  name: 'closed-list',
  severity: 'error',
  stake: 'loss',
  summary: 'A closed list is text with CHECK (column IN (...)), never an enum.',
  consequence:
    'A value cannot be removed from an enum again, and every service and driver has to know the type; all of them can read text.',

  *find({ catalog, tables }) {
    for (const type of catalog.types) {
      if (type.kind !== 'enum' || type.extension !== null) continue
      const written = [quoted(type.name), `${quoted(type.name)}[]`]
      const uses = tables.flatMap((table) =>
        table.columns.filter((column) => written.includes(column.type)).map((column) => ({ table, column })),
      )
      for (const { table, column } of uses) {
        yield {
          table: table.name,
          column: column.name,
          found: `enum ${column.type}`,
          expected: `text CHECK (${quoted(column.name)} IN (${type.definition}))`,
          remedy: `ALTER TABLE ${quoted(table.name)} ALTER COLUMN ${quoted(column.name)} TYPE text, then add the CHECK and drop the type.`,
        }
      }
      if (uses.length === 0) {
        const remedy = `DROP TYPE ${quoted(type.name)}`
        yield {
          table: null,
          column: null,
          found: `enum ${quoted(type.name)}, used by no table`,
          expected: 'no enum',
          remedy,
        }
      }
    }
  },
}
