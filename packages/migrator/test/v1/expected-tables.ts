/**
 * The page as DDL of temporary tables, so that PostgreSQL itself puts both sides of the comparison into the same words.
 */
import type { Kind, SpecColumn, SpecTable } from './parse-spec.ts'

const instant = (name: string) => ({
  name,
  type: 'timestamptz',
  notNull: true,
  default: 'CURRENT_TIMESTAMP',
  unique: false,
  checks: [],
})
const deletedAt: SpecColumn = { name: 'deleted_at', type: 'timestamptz', notNull: false, unique: false, checks: [] }

const kindColumns: Readonly<Record<Kind, readonly SpecColumn[]>> = {
  'append-only': [instant('created_at')],
  record: [instant('created_at'), instant('updated_at')],
  resource: [instant('created_at'), instant('updated_at'), deletedAt],
}

/** All of its columns, `id` first. */
export const columnsOf = ({ kind, columns }: SpecTable): readonly SpecColumn[] => [
  { name: 'id', type: 'uuid', notNull: true, default: 'uuid_v7()', unique: false, checks: [] },
  ...columns,
  ...kindColumns[kind],
]

/** A constraint over several columns whose name the page leaves open is given one of these. */
export const UNNAMED = 'unnamed'

export function expectedTable(table: SpecTable): string {
  const { name, uniques, checks, indexes } = table
  const columns = columnsOf(table)
  const lines = [
    ...columns.map(
      (column) =>
        `${column.name} ${column.type}${column.notNull ? ' NOT NULL' : ''}${column.default ? ` DEFAULT ${column.default}` : ''}`,
    ),
    `CONSTRAINT pk_${name} PRIMARY KEY (id)`,
    ...columns.filter(({ unique }) => unique).map((column) => uniqueLine(name, [column.name])),
    ...uniques.map((names) => uniqueLine(name, names)),
    ...columns
      .filter((column) => column.checks.length > 0)
      .map((column) => `CONSTRAINT chk_${name}_${column.name} CHECK (${allOf(column.checks)})`),
    ...checks.map((check, number) => `CONSTRAINT ${UNNAMED}_${number} CHECK (${check})`),
    ...columns.flatMap(({ name: column, references }) =>
      references
        ? `CONSTRAINT fk_${name}_${column} FOREIGN KEY (${column}) REFERENCES ${references.table} (id) ON DELETE ${references.onDelete}`
        : [],
    ),
  ]
  const indexLines = indexes.map(
    ({ name: index, unique, gin, parts, where }) =>
      `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${index} ON ${name} ${gin ? 'USING gin ' : ''}(${parts})${where ? ` WHERE ${where}` : ''};`,
  )
  return [`CREATE TEMP TABLE ${name} (${lines.join(', ')});`, ...indexLines].join('\n')
}

const uniqueLine = (table: string, columns: readonly string[]) =>
  `CONSTRAINT uq_${table}_${columns.join('_')} UNIQUE (${columns.join(', ')})`

const allOf = (checks: readonly string[]) =>
  checks.length === 1 ? checks[0] : checks.map((check) => `(${check})`).join(' AND ')
