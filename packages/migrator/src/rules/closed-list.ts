import { sqlName } from '../catalog/place.ts'
import type { Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { shortName, snake, typeName } from './subject.ts'

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
      const usesIn = (some: readonly Table[]) =>
        some.flatMap((table) =>
          table.columns.filter((column) => written.includes(column.type)).map((column) => ({ table, column })),
        )
      const uses = usesIn(tables)
      for (const { table, column } of uses) {
        const isArray = column.type.endsWith('[]')
        const wanted = isArray ? 'text[]' : 'text'
        const check = isArray
          ? `CHECK (${quoted(column.name)} <@ ARRAY[${type.definition}]::text[])`
          : `CHECK (${quoted(column.name)} IN (${type.definition}))`
        const alter = `ALTER TABLE ${sqlName(table)}`
        const name = quoted(shortName(`chk_${snake(table.name)}_${snake(column.name)}`))
        yield {
          table: place(table),
          column: column.name,
          found: `enum ${column.type}`,
          expected: `${wanted} ${check}`,
          remedy: `${alter} ALTER COLUMN ${quoted(column.name)} TYPE ${wanted}; ${alter} ADD CONSTRAINT ${name} ${check}, and DROP TYPE ${sqlName(type)} once nothing has it.`,
          pattern: `columns of the enum ${enumName}`,
        }
      }
      if (usesIn(catalog.tables).length === 0) {
        const remedy = `If no function, view or other type uses it: DROP TYPE ${sqlName(type)}`
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
