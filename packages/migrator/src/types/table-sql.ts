/** One table as SQL: columns under each other, then its constraints, indexes, triggers and comments. */

import pg from 'pg'
import type { Column, Constraint, ConstraintKind, Index, Sequence, Table } from '../catalog/types.ts'
import { parseClosedList } from './closed-list.ts'
import { comment, quoteName, title } from './sql-words.ts'

const CONSTRAINT_ORDER: readonly ConstraintKind[] = ['primary key', 'unique', 'exclude', 'foreign key', 'check']

export interface TableContext {
  /** Of the domain: those that the table's columns own come with it. */
  readonly sequences: readonly Sequence[]
  /** Constraints that are added later. */
  readonly without: readonly Constraint[]
}

export function tableSql(table: Table, { sequences, without }: TableContext): string {
  const name = quoteName(table.name)
  const owned = sequences.filter(({ ownedBy }) => ownedBy?.startsWith(`${table.name}.`))
  const serials = owned.filter((sequence) => table.columns.some((column) => isSerial(column, sequence)))
  const lines = [...columnLines(table.columns), ...constraintLines(table, without)]
  const { indexes, triggers, columns, constraints } = table
  return [
    title(`table ${table.name}`),
    ...serials.map((sequence) => `CREATE SEQUENCE ${quoteName(sequence.name)}${serialType(table, sequence)};\n`),
    `CREATE TABLE ${name} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)${inheritance(table)};\n`,
    ...serials.map((sequence) => `ALTER SEQUENCE ${quoteName(sequence.name)} OWNED BY ${sequence.ownedBy};\n`),
    ...indexes.filter(({ constraint }) => constraint === null).map((index) => indexSql(table, index)),
    ...triggers.map(({ definition }) => `${onTable(definition, table.name)};\n`),
    comment('table', name, table.comment),
    ...columns.map((column) => comment('column', `${name}.${quoteName(column.name)}`, column.comment)),
    ...constraints.map((one) => comment('constraint', `${quoteName(one.name)} ON ${name}`, one.comment)),
    ...indexes
      .filter(({ constraint }) => constraint === null)
      .map((index) => comment('index', quoteName(index.name), index.comment)),
    ...triggers.map((trigger) => comment('trigger', `${quoteName(trigger.name)} ON ${name}`, trigger.comment)),
  ].join('')
}

const isSerial = (column: Column, { name }: Sequence): boolean => column.sequence === name && column.identity === null

function serialType({ columns }: Table, sequence: Sequence): string {
  const column = columns.find((one) => isSerial(one, sequence))
  return column === undefined || column.type === 'bigint' ? '' : ` AS ${column.type}`
}

/** A partitioned table's key is not in the catalogue that this is made from. */
function inheritance({ kind, parents }: Table): string {
  if (kind === 'partitioned') return ' /* partitioned: see its migration */'
  return parents.length > 0 ? ` INHERITS (${parents.map(quoteName).join(', ')})` : ''
}

const ABBREVIATED: Readonly<Record<string, string>> = {
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone[]': 'timestamptz[]',
}

function columnLines(columns: readonly Column[]): string[] {
  const rows = columns.map((column) => ({
    name: quoteName(column.name),
    type: ABBREVIATED[column.type] ?? column.type,
    rest: [column.notNull ? 'NOT NULL' : '', valueSql(column)].filter((words) => words !== '').join(' '),
  }))
  const nameWidth = Math.max(...rows.map(({ name }) => name.length))
  const typeWidth = Math.max(...rows.map(({ type }) => type.length))
  return rows.map(({ name, type, rest }) => `${name.padEnd(nameWidth)}  ${type.padEnd(typeWidth)}  ${rest}`.trimEnd())
}

function valueSql({ default: expression, identity, generated }: Column): string {
  if (identity !== null) return `GENERATED ${identity.toUpperCase()} AS IDENTITY`
  if (expression === null) return ''
  return generated ? `GENERATED ALWAYS AS (${expression}) STORED` : `DEFAULT ${expression}`
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
  `CONSTRAINT ${quoteName(constraint.name)} ${definitionSql(constraint)}`

export const addKeySql = (table: Table, key: Constraint): string =>
  `ALTER TABLE ${quoteName(table.name)} ADD ${constraintSql(key)};\n`

/** A list is written as the migration wrote it; PostgreSQL turns both forms into the same constraint. */
function definitionSql({ kind, columns, definition }: Constraint): string {
  const values = kind === 'check' && columns.length === 1 ? parseClosedList(definition) : undefined
  if (values === undefined || values.length === 1 || !/^CHECK \(\(\w+ = ANY/.test(definition)) return definition
  return `CHECK (${quoteName(columns[0]!)} IN (${values.map((value) => pg.escapeLiteral(value)).join(', ')}))`
}

function indexSql({ name }: Table, { definition }: Index): string {
  return `${onTable(definition, name).replace(' USING btree (', ' (')};\n`
}

/** PostgreSQL names the schema here, whatever the search path; everything in these files is in public. */
const onTable = (definition: string, table: string): string =>
  definition.replace(` ON public.${quoteName(table)} `, () => ` ON ${quoteName(table)} `)
