import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { columnOf, list } from './subject.ts'

const EXPLICIT = new Set(['cascade', 'set null', 'restrict'])

export const fkOnDelete: Rule = {
  name: 'fk-on-delete',
  severity: 'error',
  stake: 'loss',
  summary: 'Every foreign key says what a delete does: ON DELETE CASCADE, SET NULL or RESTRICT.',
  consequence:
    'Without a rule a delete of the referenced row fails as soon as one row points at it, and nobody has decided whether that is meant.',

  costs: {
    loss: 'A delete of the referenced row fails as soon as one row points at it.',
    outage: 'Every delete of a referenced row fails, since its references can neither follow nor be emptied.',
  },

  *find({ tables, place, inV1 }) {
    for (const table of tables) {
      for (const { name, kind, columns, references } of table.constraints) {
        if (kind !== 'foreign key' || references === null) continue
        const where = `${quoted(name)} on (${list(columns)})`
        const [column = ''] = columns
        const known = inV1(place(table))?.constraints.find(
          (other) => other.kind === kind && other.columns.join() === columns.join(),
        )?.references?.onDelete
        const isDecided = known !== undefined && EXPLICIT.has(known)
        const expected = isDecided ? `ON DELETE ${known.toUpperCase()}` : 'ON DELETE CASCADE, SET NULL or RESTRICT'
        if (!EXPLICIT.has(references.onDelete)) {
          const found =
            references.onDelete === 'no action' ? 'no ON DELETE' : `ON DELETE ${references.onDelete.toUpperCase()}`
          const choice = isDecided
            ? ', as V1 has it'
            : ': CASCADE where the row belongs to the other, else SET NULL or RESTRICT'
          const remedy = `Add the constraint again with ${expected}${choice}.`
          yield { table: place(table), column, about: name, found: `${where}: ${found}`, expected, remedy }
        } else if (references.onDelete === 'set null' && columns.some((one) => columnOf(table, one)?.notNull)) {
          yield {
            table: place(table),
            column,
            about: name,
            found: `${where}: ON DELETE SET NULL on a NOT NULL column`,
            expected: 'a column that can be NULL, or another rule',
            remedy: 'Drop NOT NULL from the column, or choose CASCADE or RESTRICT: as it is, every such delete fails.',
            stake: 'outage',
          }
        }
      }
    }
  },
}
