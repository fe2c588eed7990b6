import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { baseTypes } from './key-type.ts'
import { columnOf } from './subject.ts'

/** A text and a varchar are compared as they are, whatever their lengths. */
const withoutLimit = (type: string): string => (type === 'character varying' ? 'text' : type)

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
            remedy: `Give ${there} and every column that references it the type uuid; until then ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} TYPE ${other.type}`,
          }
        }
      }
    }
  },
}
