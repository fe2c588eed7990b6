import type { Sequence, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

const LARGEST: Readonly<Record<string, number>> = { smallint: 32_767, integer: 2_147_483_647 }
/** From here on there is still time to change the type of a large table and of all that reference it. */
const PART = 0.5

/** The number that is known to have been reached: the sequence's last one, or the number of rows. */
function reached(table: Table, sequence: Sequence | undefined): number {
  return Math.max(table.estimatedRows, sequence?.lastValue ?? 0)
}

export const keyRunsOut: Rule = {
  name: 'key-runs-out',
  severity: 'error',
  stake: 'outage',
  summary: 'No key has used up half of the numbers of its type.',
  consequence:
    'After the last number every insert into the table fails, and changing the type rewrites the table and all that reference it.',

  *find({ catalog, tables, place }) {
    const byColumn = new Map(catalog.sequences.map((sequence) => [`${sequence.schema}.${sequence.ownedBy}`, sequence]))
    for (const table of tables) {
      for (const { name, type, sequence } of table.columns) {
        const largest = Object.hasOwn(LARGEST, type) ? LARGEST[type]! : undefined
        if (largest === undefined || sequence === null) continue
        if (reached(table, byColumn.get(`${table.schema}.${table.name}.${name}`)) < largest * PART) continue
        yield {
          table: place(table),
          column: name,
          found: `${type} from sequence ${quoted(sequence)}, more than half of its ${largest} numbers used`,
          expected: 'bigint, or a uuid',
          remedy: `Add a bigint column beside ${quoted(name)}, fill both from now on and the old rows in pieces, then exchange them; so too in every column that references it.`,
        }
      }
    }
  },
}
