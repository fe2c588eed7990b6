import type { Index, KeySorting } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { concurrently, indexName, keyColumn, keyText } from './subject.ts'

/** A much wider index is slower to read than a narrow one, which may have been made for that. */
const MANY_MORE_KEYS = 3

/** Whether the longer index, read in either direction, gives the rows in the order of the shorter. */
function sortsAlike(short: readonly KeySorting[], long: readonly KeySorting[]): boolean {
  const comparesAlike = short.every(
    ({ operatorClass, collation }, at) => operatorClass === long[at]?.operatorClass && collation === long[at].collation,
  )
  const isSame = (way: boolean) =>
    short.every(
      (key, at) =>
        (key.descending === long[at]?.descending) === way && (key.nullsFirst === long[at]?.nullsFirst) === way,
    )
  return comparesAlike && (isSame(true) || isSame(false))
}

function isPrefix(short: Index, long: Index): boolean {
  const { sorting: own = [], included = [] } = short
  const { sorting: theirs = [], included: theirIncluded = [] } = long
  if (own.length !== short.keys.length || theirs.length !== long.keys.length) return false
  if (!short.keys.every((key, at) => key === long.keys[at])) return false
  const held = new Set([...long.keys, ...theirIncluded])
  if (!included.every((column) => held.has(column))) return false
  if (short.method === 'hash') return long.method === 'btree' && own[0]?.collation === theirs[0]?.collation
  // Two indexes with the same keys and columns are duplicates, which is another rule's finding.
  const isLonger = long.keys.length > short.keys.length || held.size > new Set([...short.keys, ...included]).size
  if (!isLonger) return false
  return short.method === 'btree' && long.method === 'btree' && sortsAlike(own, theirs)
}

/**
 * Whether every query that can use the index can use the other as well, so that it can be dropped. An index that is unique guards something,
 * also for foreign keys and a replica identity, which need a unique one: it is never found here. With another predicate, or with one where the
 * other has none, the index is smaller on purpose.
 */
const isRedundantBeside = (index: Index, other: Index): boolean =>
  index !== other &&
  index.valid &&
  other.valid &&
  !index.unique &&
  index.constraint === null &&
  index.predicate === other.predicate &&
  isPrefix(index, other)

export const prefixIndex: Rule = {
  name: 'prefix-index',
  severity: 'warning',
  stake: 'outage',
  summary: 'No index is the beginning of another one of its table.',
  consequence:
    'Every insert and update writes both, and vacuum cleans both; the longer one answers every query that the shorter one answers.',

  *find({ tables, place }) {
    for (const table of tables) {
      const redundant = (index: Index) => table.indexes.filter((other) => isRedundantBeside(index, other))
      for (const index of table.indexes) {
        // The shortest of the others that stays.
        const [kept] = redundant(index)
          .filter((other) => redundant(other).length === 0)
          .toSorted((a, b) => a.keys.length - b.keys.length)
        if (kept === undefined) continue
        const further = kept.keys.length - index.keys.length
        const held = ({ keys, included = [] }: Index) =>
          `(${keyText(table, { keys })})${included.length === 0 ? '' : ` INCLUDE (${keyText(table, { keys: included })})`}`
        const how = index.method === 'hash' ? 'is a hash of the first key of' : 'is the beginning of'
        yield {
          table: place(table),
          column: keyColumn(table, index),
          about: index.name,
          found: `${quoted(index.name)} ${held(index)} ${how} ${quoted(kept.name)} ${held(kept)}`,
          expected: `${quoted(kept.name)} alone`,
          remedy: `DROP INDEX ${concurrently(table)}${indexName(table, index.name)}`,
          confidence: further >= MANY_MORE_KEYS ? 'medium' : 'high',
        }
      }
    }
  },
}
