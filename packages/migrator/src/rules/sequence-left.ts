import { HOME, sqlName } from '../catalog/place.ts'
import type { Catalog, Column } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { primaryKey } from './key-type.ts'
import { typeName } from './subject.ts'

/** `invoice_numbers` of `nextval('public.invoice_numbers'::regclass)`: the home schema is left out, as in the names of types. */
function drawnFrom({ home = HOME }: Catalog, { default: expression }: Column): string | undefined {
  const name = /nextval\('((?:[^']|'')+)'::regclass\)/.exec(expression ?? '')?.[1]?.replaceAll("''", "'")
  const prefix = `${quoted(home)}.`
  return name?.startsWith(prefix) ? name.slice(prefix.length) : name
}

export const sequenceLeft: Rule = {
  name: 'sequence-left',
  severity: 'warning',
  stake: 'change',
  summary: 'No serial, no identity, no sequence: ids come from uuid_v7().',
  consequence:
    'Two databases give out the same ids from their sequences, and a sequence must be set by hand after a part of the data was restored.',

  *find({ catalog, tables, place }) {
    for (const table of tables) {
      for (const column of table.columns) {
        const { name, sequence, identity, type } = column
        const drawn = sequence === null ? drawnFrom(catalog, column) : quoted(sequence)
        // Every key from a sequence is a fault of pk-uuid, also where it is one column of several.
        if (drawn === undefined || primaryKey(table).includes(name)) continue
        const isReference =
          identity === null &&
          table.constraints.some(({ kind, columns }) => kind === 'foreign key' && columns.includes(name))
        const how =
          sequence === null
            ? 'nextval'
            : identity === null
              ? 'serial'
              : `GENERATED ${identity.toUpperCase()} AS IDENTITY`
        yield {
          table: place(table),
          column: name,
          found: `${type} ${how}, sequence ${drawn}`,
          expected: 'uuid DEFAULT uuid_v7()',
          remedy: isReference
            ? `A reference is given by whoever inserts the row: ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} DROP DEFAULT`
            : 'Where it only tells rows apart, replace it by a uuid; where people read it as a number, keep it and say so in its comment.',
        }
      }
    }
    const drawn = new Set(catalog.tables.flatMap(({ columns }) => columns.map((column) => drawnFrom(catalog, column))))
    for (const sequence of catalog.sequences) {
      const { ownedBy, extension } = sequence
      // Where a default draws from it, the column is told of.
      if (extension !== null || ownedBy !== null || drawn.has(typeName(catalog, sequence))) continue
      yield {
        table: null,
        column: null,
        found: `sequence ${sqlName(sequence)}, owned by no column`,
        expected: 'no sequence',
        // A service may draw from it.
        confidence: 'medium',
        remedy: `If nothing calls nextval on it: DROP SEQUENCE ${sqlName(sequence)}`,
      }
    }
  },
}
