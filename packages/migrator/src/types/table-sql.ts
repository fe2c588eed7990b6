/** One table as SQL: columns under each other, then its constraints, indexes, triggers and comments. */

import type { Column, Constraint, ConstraintKind, Index, Table } from '../catalog/types.ts'
import { textLiteral } from '../sql/literal.ts'
import { quoted } from '../sql/names.ts'
import { type ListValue, parseClosedList } from './closed-list.ts'
import { comment, title } from './sql-words.ts'

const CONSTRAINT_ORDER: readonly ConstraintKind[] = ['primary key', 'unique', 'exclude', 'foreign key', 'check']

/** `without` are constraints that are added later. */
export function tableSql(table: Table, { without }: { readonly without: readonly Constraint[] }): string {
  const name = quoted(table.name)
  const serials = table.columns.flatMap(({ name: column, type, sequence, identity }) =>
    sequence === null || identity !== null ? [] : [{ column: quoted(column), type, sequence: quoted(sequence) }],
  )
  const lines = [...columnLines(table.columns), ...constraintLines(table, without)]
  const { indexes, triggers, columns, constraints } = table
  return [
    title(`table ${table.name}`),
    ...serials.map(({ sequence, type }) => `CREATE SEQUENCE ${sequence}${type === 'bigint' ? '' : ` AS ${type}`};\n`),
    `CREATE TABLE ${name} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n);\n`,
    ...serials.map(({ sequence, column }) => `ALTER SEQUENCE ${sequence} OWNED BY ${name}.${column};\n`),
    ...indexes.filter(({ constraint }) => constraint === null).map((index) => indexSql(table, index)),
    ...triggers.map(({ definition }) => `${onTable(definition, table.name)};\n`),
    comment('table', name, table.comment),
    ...columns.map((column) => comment('column', `${name}.${quoted(column.name)}`, column.comment)),
    ...constraints.map((one) => comment('constraint', `${quoted(one.name)} ON ${name}`, one.comment)),
    ...indexes
      .filter(({ constraint }) => constraint === null)
      .map((index) => comment('index', quoted(index.name), index.comment)),
    ...triggers.map((trigger) => comment('trigger', `${quoted(trigger.name)} ON ${name}`, trigger.comment)),
  ].join('')
}

const ABBREVIATED: Readonly<Record<string, string>> = {
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone[]': 'timestamptz[]',
}

function columnLines(columns: readonly Column[]): string[] {
  const rows = columns.map((column) => ({
    name: quoted(column.name),
    type: ABBREVIATED[column.type] ?? column.type,
    rest: [column.notNull ? 'NOT NULL' : '', valueSql(column)].filter((words) => words !== '').join(' '),
  }))
  const nameWidth = Math.max(...rows.map(({ name }) => name.length))
  const typeWidth = Math.max(...rows.map(({ type }) => type.length))
  return rows.map(({ name, type, rest }) => `${name.padEnd(nameWidth)}  ${type.padEnd(typeWidth)}  ${rest}`.trimEnd())
}

function valueSql({ default: expression, identity, generated, virtual }: Column): string {
  if (identity !== null) return `GENERATED ${identity.toUpperCase()} AS IDENTITY`
  if (expression === null) return ''
  return generated ? `GENERATED ALWAYS AS (${expression}) ${virtual ? 'VIRTUAL' : 'STORED'}` : `DEFAULT ${expression}`
}

function constraintLines({ constraints, columns }: Table, without: readonly Constraint[]): string[] {
  const place = (constraint: Constraint): number[] => [
    CONSTRAINT_ORDER.indexOf(constraint.kind),
    constraint.columns.length > 1 ? 1 : 0,
    columns.findIndex(({ name }) => name === constraint.columns[0]),
  ]
  return constraints
    .filter((constraint) => !without.includes(constraint))
    .sort((a, b) => {
      const [left, right] = [place(a), place(b)]
      const differing = left.findIndex((value, index) => value !== right[index])
      return differing < 0 ? 0 : left[differing]! - right[differing]!
    })
    .map(constraintSql)
}

const constraintSql = (constraint: Constraint): string =>
  `CONSTRAINT ${quoted(constraint.name)} ${definitionSql(constraint)}`

export const addKeySql = (table: Table, key: Constraint): string =>
  `ALTER TABLE ${quoted(table.name)} ADD ${constraintSql(key)};\n`

/**
 * A closed list is written with IN, as in the migration, and PostgreSQL turns it into the same constraint. For a varchar this is necessary:
 * PostgreSQL renders its list as `(word)::text = ANY ((ARRAY[...])::text[])`. When that text is loaded, PostgreSQL renders it as
 * `ARRAY[('x'::character varying)::text]`, so the loaded database would differ.
 */
function definitionSql({ kind, columns, definition }: Constraint): string {
  const values = kind === 'check' && columns.length === 1 ? parseClosedList(definition) : undefined
  if (
    values === undefined ||
    values.length === 1 ||
    !/^CHECK \(\((?:\w+|\(\w+\)::text) = ANY \(\(?ARRAY\[(?!\()/.test(definition)
  )
    return definition
  return `CHECK (${quoted(columns[0]!)} IN (${values.map(literal).join(', ')}))`
}

const literal = (value: ListValue): string => (typeof value === 'number' ? String(value) : textLiteral(value))

function indexSql({ name }: Table, { definition }: Index): string {
  return `${onTable(definition, name).replace(' USING btree (', ' (')};\n`
}

/** PostgreSQL always writes the schema here, whatever the search path. It is removed: everything in these files is in public. */
const onTable = (definition: string, table: string): string =>
  definition.replace(` ON public.${quoted(table)} `, () => ` ON ${quoted(table)} `)
