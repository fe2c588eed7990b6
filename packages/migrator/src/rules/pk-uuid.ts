import { sqlName } from '../catalog/place.ts'
import type { Table } from '../catalog/types.ts'
import { isOwnTable } from '../database/own-tables.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { columnOf, list } from './subject.ts'

const EXPECTED = 'id uuid PRIMARY KEY DEFAULT uuid_v7()'
const DEFAULT = 'uuid_v7()'

/** The migrator's own tables are made before the function uuid_v7(), so their default is another one. */
const idDefault = ({ name }: Table): string => (isOwnTable(name) ? 'gen_random_uuid()' : DEFAULT)

export const pkUuid: Rule = {
  name: 'pk-uuid',
  severity: 'error',
  stake: 'change',
  summary: 'Every table has one primary key column, id uuid, filled by uuid_v7().',
  consequence:
    'A bigint from a sequence is known only after the insert, shows outsiders how many rows there are, and collides when two databases are ' +
    'merged. A composite key cannot be referenced by one column. Without any key the same row can be there twice, and logical replication ' +
    'cannot update the table.',

  costs: {
    loss: 'The same row can be there twice, and nothing can point at it; logical replication cannot update the table.',
    change:
      'A number from a sequence shows outsiders how many rows there are, and collides when two databases are merged; a composite key cannot be referenced by one column.',
  },

  *find({ catalog, tables, place }) {
    const hasFunction = catalog.functions.some(({ name }) => name === 'uuid_v7')
    for (const table of tables) {
      // The primary key of a partitioned table has to contain the partition key.
      const beside = (table.partitionKey ?? []).filter((name) => name !== 'id')
      const wantedKey =
        beside.length === 0 ? EXPECTED : `id uuid DEFAULT ${DEFAULT} with PRIMARY KEY (${list(['id', ...beside])})`
      const at = { table: place(table), expected: wantedKey }
      const key = table.constraints.find(({ kind }) => kind === 'primary key')
      if (key === undefined) {
        const remedy = `Add ${wantedKey}; a key that the rows have anyway becomes UNIQUE.`
        yield {
          ...at,
          column: null,
          found: 'no primary key',
          remedy,
          stake: 'loss',
          pattern: 'tables without a primary key',
        }
        continue
      }
      const own = key.columns.filter((name) => !beside.includes(name))
      if (own.length !== 1) {
        const remedy = `Add ${wantedKey} and keep (${list(key.columns)}) as UNIQUE.`
        yield {
          ...at,
          column: null,
          found: `PRIMARY KEY (${list(key.columns)})`,
          remedy,
          pattern: 'primary keys of several columns',
        }
        continue
      }
      const column = columnOf(table, own[0])
      if (column === undefined) continue
      if (column.type !== 'uuid') {
        const source = column.sequence === null ? '' : ` from sequence ${quoted(column.sequence)}`
        const isNumber = /^(bigint|integer|smallint)$/.test(column.type)
        // A name or a code that the rows have anyway is still looked up by; a number is given up with the key.
        const remedy = isNumber
          ? `Give the table ${wantedKey}, and every column that references it the type uuid.`
          : `Add ${wantedKey}, keep (${quoted(column.name)}) as UNIQUE, and let every reference point at id.`
        const found = `${quoted(column.name)} ${column.type}${source}`
        const pattern = `primary keys of the type ${column.type}${source && ' from a sequence'}`
        yield { ...at, column: column.name, found, remedy, pattern }
        continue
      }
      // A key that is another table's key too takes its value from there, and is called as the reference is.
      if (table.constraints.some(({ kind, columns }) => kind === 'foreign key' && columns[0] === column.name)) continue
      if (column.name !== 'id') {
        const remedy = `ALTER TABLE ${sqlName(table)} RENAME COLUMN ${quoted(column.name)} TO id`
        yield {
          ...at,
          column: column.name,
          found: `primary key column ${quoted(column.name)}`,
          remedy,
          severity: 'warning',
        }
        continue
      }
      const wanted = idDefault(table)
      if (column.default !== wanted) {
        yield {
          ...at,
          column: column.name,
          found: column.default === null ? 'uuid without a default' : `DEFAULT ${column.default}`,
          remedy: `ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(column.name)} SET DEFAULT ${wanted}${hasFunction ? '' : ', once V1 has made that function'}`,
          // Keys from another default, such as random ones, work; they only scatter over the index.
          severity: column.default === null ? 'error' : 'warning',
          pattern: column.default === null ? 'uuid keys without a default' : `uuid keys with DEFAULT ${column.default}`,
        }
      }
    }
  },
}
