import { sqlName } from '../catalog/place.ts'
import type { Index, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { concurrently, indexName, keyColumn } from './subject.ts'

/** The definition of an index without its name and without UNIQUE. */
function substance({ definition, method }: Index): string {
  const at = definition.indexOf(` USING ${method} (`)
  return at < 0 ? definition : definition.slice(at)
}

/** The index with the lowest rank stays: first that of a constraint, then a unique one, then any other; equal ranks by name. */
const rank = ({ constraint, unique }: Index): number => (constraint !== null ? 0 : unique ? 1 : 2)

/**
 * Indexes that can be duplicates. Left out are INVALID ones, which no query uses (invalid-object reports them), and those of EXCLUDE
 * constraints, which do more than their index.
 */
function comparable({ indexes, constraints }: Table): Index[] {
  const excluding = new Set(constraints.filter(({ kind }) => kind === 'exclude').map(({ name }) => name))
  return indexes.filter(({ valid, constraint }) => valid && (constraint === null || !excluding.has(constraint)))
}

export const duplicateIndex: Rule = {
  name: 'duplicate-index',
  severity: 'warning',
  stake: 'outage',
  summary: 'No two indexes of a table are the same.',
  consequence: 'Every insert and update writes both, and vacuum cleans both; no query is faster for it.',

  *find({ tables, place }) {
    for (const table of tables) {
      const alike = Map.groupBy(comparable(table), substance)
      for (const group of alike.values()) {
        const [kept, ...others] = group.toSorted((a, b) => rank(a) - rank(b))
        for (const other of others) {
          const { name, constraint } = other
          yield {
            table: place(table),
            column: keyColumn(table, other),
            about: name,
            found: `${quoted(name)} is the same as ${quoted(kept!.name)}`,
            expected: 'one of them',
            remedy:
              constraint === null
                ? `DROP INDEX ${concurrently(table)}${indexName(table, name)}`
                : `ALTER TABLE ${sqlName(table)} DROP CONSTRAINT ${quoted(constraint)}`,
          }
        }
      }
    }
  },
}
