import { sqlName } from '../catalog/place.ts'
import type { Index, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Breach, Rule } from './finding.ts'
import { columnOf, concurrently, indexName, keyColumn, keyText, type Subject, snake } from './subject.ts'

const EXPECTED = 'deleted_at timestamptz, NULL = live'
const LIVE = 'deleted_at IS NULL'
const OTHER_NAME =
  /^(is_)?deleted$|^(removed|archived|deletion|delete)_?(at|on|date|time)$|^deleted_?(on|date|time)$|^deletedAt$/i

export const softDelete: Rule = {
  name: 'soft-delete',
  severity: 'error',
  stake: 'loss',
  summary: 'A resource has deleted_at, and its unique indexes hold among its live rows.',
  consequence:
    'Without deleted_at, a row that a user deletes is lost at once with all that references it; where a unique index counts deleted rows, the user cannot create ' +
    'the same thing again.',

  costs: {
    loss: 'A row that a user deletes is lost at once, with all that references it.',
    outage: 'A user who has deleted something cannot create the same thing again.',
    change: 'Every query and every index has to know which word this table has for a deleted row.',
  },

  *find(subject) {
    for (const table of subject.tables) {
      if (columnOf(table, 'deleted_at') === undefined) yield* missing(subject, table)
      else yield* overAllRows(subject, table)
    }
  },
}

function* missing({ inV1, place }: Subject, table: Table): Iterable<Breach> {
  const other = table.columns.find(({ name }) => OTHER_NAME.test(name))
  const isResource = columnOf(inV1(place(table)), 'deleted_at') !== undefined
  if (!isResource && other === undefined) return
  const at = { table: place(table), column: 'deleted_at', expected: EXPECTED }
  yield other === undefined
    ? { ...at, found: 'no such column', remedy: `ALTER TABLE ${sqlName(table)} ADD COLUMN deleted_at timestamptz` }
    : {
        ...at,
        found: `${quoted(other.name)} ${other.type}`,
        remedy: `Add deleted_at, fill it from ${quoted(other.name)}, then drop that.`,
        // Deleted rows are kept here, in another way than everywhere else.
        stake: 'change',
      }
}

function* overAllRows({ inV1, place }: Subject, table: Table): Iterable<Breach> {
  for (const index of table.indexes) {
    if (!index.unique || index.primary || index.predicate?.includes(LIVE)) continue
    // A constraint that V1 has too is meant to hold over all rows, deleted ones included (a token, a version number).
    if (index.constraint !== null && isKeyInV1(inV1(place(table)), index)) continue
    yield {
      table: place(table),
      column: keyColumn(table, index),
      about: index.name,
      found: `${quoted(index.name)} is unique over deleted rows too`,
      expected: `a unique index on (${keyText(table, index)}) WHERE ${LIVE}`,
      remedy: `CREATE UNIQUE INDEX ${concurrently(table)}uq_${snake(table.name)}_... ON ${sqlName(table)} (${keyText(table, index)}) WHERE ${LIVE}, then drop ${indexName(table, index.name)}`,
      severity: index.constraint === null ? 'error' : 'warning',
      stake: 'outage',
    }
  }
}

const isKeyInV1 = (table: Table | undefined, { keys }: Index): boolean =>
  table?.constraints.some(({ kind, columns }) => kind === 'unique' && columns.join() === keys.join()) ?? false
