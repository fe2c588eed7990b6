import { sqlName } from '../catalog/place.ts'
import type { Index } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { concurrently, list, shortName, snake } from './subject.ts'

/** Whether the predicate only excludes NULL: `(a IS NOT NULL)`, `((a IS NOT NULL) AND (b IS NOT NULL))`. */
function isOnlyNotNull(predicate: string, columns: readonly string[]): boolean {
  const tests = columns.map((column) => `(${quoted(column)} IS NOT NULL)`)
  const parts = tests.includes(predicate) ? [predicate] : predicate.replace(/^\((.*)\)$/s, '$1').split(' AND ')
  return parts.every((part) => tests.includes(part))
}

/** Whether a look-up by exactly these columns can use the index for every row in which none of them is NULL. */
function serves(index: Index, columns: readonly string[]): boolean {
  if (!index.valid || (index.method !== 'btree' && index.method !== 'hash')) return false
  const covered = index.keys.slice(0, columns.length)
  if (!columns.every((column) => covered.includes(column))) return false
  // Rows in which the reference is NULL are never looked up, so the index may leave them out.
  return index.predicate === null || isOnlyNotNull(index.predicate, columns)
}

export const fkIndex: Rule = {
  name: 'fk-index',
  severity: 'error',
  stake: 'outage',
  summary: 'Every foreign key column is the first column of some index over all rows.',
  consequence:
    'Each delete in the referenced table, and each update of its key, reads the whole referencing table while it holds its locks.',

  *find({ tables, place }) {
    for (const table of tables) {
      const seen = new Set<string>()
      for (const { name, kind, columns } of table.constraints) {
        if (kind !== 'foreign key' || table.indexes.some((index) => serves(index, columns))) continue
        // One index serves every foreign key on the same columns.
        const key = JSON.stringify(columns.toSorted())
        if (seen.has(key)) continue
        seen.add(key)
        const partial = table.indexes.find(({ keys, predicate }) => predicate !== null && keys[0] === columns[0])
        yield {
          table: place(table),
          column: columns[0] ?? null,
          about: name,
          found: partial === undefined ? 'no index begins with it' : `only a partial index, ${quoted(partial.name)}`,
          expected: `an index on (${list(columns)})`,
          remedy: `CREATE INDEX ${concurrently(table)}${quoted(shortName(`idx_${snake(table.name)}_${columns.map(snake).join('_')}`))} ON ${sqlName(table)} (${list(columns)})`,
        }
      }
    }
  },
}
