import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { typeName } from './subject.ts'

export const closedList: Rule = {
  name: 'closed-list',
  severity: 'error',
  stake: 'change',
  summary: 'A closed list is text with CHECK (column IN (...)), never an enum.',
  consequence:
    'A value cannot be removed from an enum again, and every service and driver has to know the type; all of them can read text.',

  *find({ catalog, tables, place }) {
    for (const type of catalog.types) {
      if (type.kind !== 'enum' || type.extension !== null) continue
      const enumName = typeName(catalog, type)
      const written = [enumName, `${enumName}[]`]
      const uses = tables.flatMap((table) =>
        table.columns.filter((column) => written.includes(column.type)).map((column) => ({ table, column })),
      )
      for (const { table, column } of uses) {
        yield {
          table: place(table),
          column: column.name,
          found: `enum ${column.type}`,
          expected: `text CHECK (${quoted(column.name)} IN (${type.definition}))`,
          remedy: `ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(column.name)} TYPE text, then add the CHECK and drop the type.`,
        }
      }
      if (uses.length === 0) {
        const remedy = `DROP TYPE ${sqlName(type)}`
        yield {
          table: null,
          column: null,
          found: `enum ${sqlName(type)}, used by no table`,
          expected: 'no enum',
          remedy,
        }
      }
    }
  },
}
