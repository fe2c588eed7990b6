import { sqlName } from '../catalog/place.ts'
import type { Column, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { baseTypes } from './key-type.ts'
import { columnOf } from './subject.ts'

/** A text and a varchar are compared as they are, whatever their lengths. */
const withoutLimit = (type: string): string => (type === 'character varying' ? 'text' : type)

const SIZES = ['smallint', 'integer', 'bigint']

interface Side {
  readonly table: Table
  readonly column: Column
}

/** What makes two numbers of different sizes equal until then: the smaller one grows, since values of the larger may not fit into it. */
function widening(...sides: readonly [Side, Side]): string {
  const [small, large] = sides.toSorted((a, b) => SIZES.indexOf(a.column.type) - SIZES.indexOf(b.column.type)) as [
    Side,
    Side,
  ]
  if (!SIZES.includes(small.column.type)) return ''
  return `; until then ALTER TABLE ${sqlName(small.table)} ALTER COLUMN ${quoted(small.column.name)} TYPE ${large.column.type}`
}

export const fkTypeMatch: Rule = {
  name: 'fk-type-match',
  severity: 'error',
  stake: 'change',
  summary: 'A foreign key has the same type on both sides: uuid.',
  consequence:
    'Integer keys of different sizes are joined through a cast, and the smaller one overflows first; a key cannot be changed to uuid while ' +
    'columns of another type reference it.',

  // Where both sides have the same wrong type the fault is the key's: pk-uuid tells it, and what references it changes with it.
  *find({ catalog, tables, place, referenced }) {
    const baseOf = baseTypes(catalog)
    for (const table of tables) {
      for (const { name: about, kind, columns, references } of table.constraints) {
        if (kind !== 'foreign key' || references === null) continue
        const target = referenced(references)
        for (const [index, name] of columns.entries()) {
          const own = columnOf(table, name)
          const other = columnOf(target, references.columns[index])
          if (own === undefined || target === undefined || other === undefined) continue
          if (withoutLimit(baseOf(own.type)) === withoutLimit(baseOf(other.type))) continue
          const there = `${sqlName(target)}.${quoted(other.name)}`
          yield {
            table: place(table),
            column: name,
            about,
            found: `${own.type}, references ${there} ${other.type}`,
            expected: 'uuid on both sides',
            remedy: `Give ${there} and every column that references it the type uuid${widening({ table, column: own }, { table: target, column: other })}.`,
          }
        }
      }
    }
  },
}
