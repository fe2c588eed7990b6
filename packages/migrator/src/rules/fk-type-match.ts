import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { columnOf } from './subject.ts'

export const fkTypeMatch: Rule = {
  name: 'fk-type-match',
  severity: 'error',
  stake: 'change',
  summary: 'A foreign key has the type uuid on both sides.',
  consequence:
    'Integer keys of different sizes are joined through a cast, and the smaller one overflows first; a key cannot be changed to uuid while ' +
    'columns of another type reference it.',

  *find({ tables, place, referenced }) {
    for (const table of tables) {
      for (const { kind, columns, references } of table.constraints) {
        if (kind !== 'foreign key' || references === null) continue
        const target = referenced(references)
        for (const [index, name] of columns.entries()) {
          const own = columnOf(table, name)
          const other = columnOf(target, references.columns[index])
          if (own === undefined || target === undefined || other === undefined) continue
          if (own.type === 'uuid' && other.type === 'uuid') continue
          const there = `${sqlName(target)}.${quoted(other.name)}`
          yield {
            table: place(table),
            column: name,
            found: `${own.type}, references ${there} ${other.type}`,
            expected: 'uuid on both sides',
            remedy: `Give ${there} and every column that references it the type uuid.`,
            // A foreign key with equal types works; its column changes together with the key that it references.
            severity: own.type === other.type ? 'warning' : 'error',
          }
        }
      }
    }
  },
}
