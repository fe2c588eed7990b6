import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

export const sequenceLeft: Rule = {
  name: 'sequence-left',
  severity: 'warning',
  stake: 'change',
  summary: 'No serial, no identity, no sequence: ids come from uuid_v7().',
  consequence:
    'Two databases give out the same ids from their sequences, and a sequence must be set by hand after a part of the data was restored.',

  *find({ catalog, tables, place }) {
    for (const table of tables) {
      for (const { name, sequence, identity, type } of table.columns) {
        if (sequence === null) continue
        const how = identity === null ? 'serial' : `GENERATED ${identity.toUpperCase()} AS IDENTITY`
        yield {
          table: place(table),
          column: name,
          found: `${type} ${how}, sequence ${quoted(sequence)}`,
          expected: 'uuid DEFAULT uuid_v7()',
          remedy: `Replace the column by a uuid; the sequence goes with it.`,
        }
      }
    }
    for (const sequence of catalog.sequences) {
      const { ownedBy, extension } = sequence
      if (extension !== null || ownedBy !== null) continue
      yield {
        table: null,
        column: null,
        found: `sequence ${sqlName(sequence)}, owned by no column`,
        expected: 'no sequence',
        remedy: `If nothing calls nextval on it: DROP SEQUENCE ${sqlName(sequence)}`,
      }
    }
  },
}
