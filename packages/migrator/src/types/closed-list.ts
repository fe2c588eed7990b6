/**
 * CHECK constraint → closed list. PostgreSQL renders `status IN ('a', 'b')` as `CHECK ((status = ANY (ARRAY['a'::text, 'b'::text])))`,
 * `rating IN (1, -1)` as `ARRAY[1, '-1'::integer]`, and a list of one value as an equality. Only a validated constraint with nothing
 * but the list makes a union: under any other constraint the column could hold values that are not in the list.
 */
import type { Column, Constraint, Table } from '../catalog/types.ts'

export type ListValue = string | number

export interface ClosedList {
  readonly column: string
  /** In the order of the constraint, in the form in which the driver returns them. */
  readonly values: readonly ListValue[]
}

const COLUMN = '(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")'
const OPERAND = String.raw`(?:${COLUMN}|\(${COLUMN}\)::text)`
const QUOTED = `'(?:[^']|'')*'::(?:text|character varying|bpchar)`
const STRING = String.raw`(?:${QUOTED}|\(${QUOTED}\)::text)`
const NUMBER = String.raw`(?:\d+|'-\d+'::integer|\(-\d+\))`
const NULL_OR = String.raw`(?:\(${COLUMN} IS NULL\) OR )?`

const anyOf = (literal: string): RegExp =>
  new RegExp(
    String.raw`^CHECK \(\(${NULL_OR}\(?${OPERAND} = ANY \(\(?ARRAY\[(${literal}(?:, ${literal})*)\](?:\)::text\[\])?\)\)?\)\)$`,
  )
const equals = (literal: string): RegExp =>
  new RegExp(String.raw`^CHECK \(\(${NULL_OR}\(?${OPERAND} = (${literal})(?:::text)?\)?\)\)$`)

const unquoted = (literal: string): string =>
  literal.slice(literal.indexOf("'") + 1, literal.lastIndexOf("'::")).replaceAll("''", "'")

interface Form {
  readonly patterns: readonly RegExp[]
  readonly literal: string
  readonly toValue: (literal: string) => ListValue
}

const form = (literal: string, toValue: Form['toValue']): Form => ({
  patterns: [anyOf(literal), equals(literal)],
  literal,
  toValue,
})

const FORMS: readonly Form[] = [
  form(STRING, unquoted),
  form(NUMBER, (literal) => Number(literal.replaceAll(/'|::integer|[()]/g, ''))),
]

/** The values of a list, or undefined where the definition (from pg_get_constraintdef) is anything else. */
export function parseClosedList(definition: string): ClosedList['values'] | undefined {
  for (const { patterns, literal, toValue } of FORMS) {
    const list = patterns.map((pattern) => pattern.exec(definition)?.[1]).find((found) => found !== undefined)
    if (list !== undefined) return list.match(new RegExp(literal, 'g'))!.map((one) => toValue(one))
  }
  return undefined
}

/** Undefined for numbers of a type that the driver returns as text; a `character(3)` gets the blanks that PostgreSQL adds. */
function asReturned({ type }: Column, values: ClosedList['values']): ClosedList['values'] | undefined {
  if (values.some((value) => typeof value === 'number'))
    return type === 'integer' || type === 'smallint' ? values : undefined
  const width = Number(/^character\((\d+)\)$/.exec(type)?.[1] ?? 0)
  return values.map((value) => String(value).padEnd(width))
}

function listOf(column: Column, constraints: readonly Constraint[]): ClosedList | undefined {
  for (const { kind, columns, definition, validated } of constraints) {
    if (kind !== 'check' || columns.length !== 1 || columns[0] !== column.name || !validated) continue
    const values = asReturned(column, parseClosedList(definition) ?? [])
    if (values !== undefined && values.length > 0) return { column: column.name, values }
  }
  return undefined
}

/** At most one per column, in the order of the columns. */
export function closedLists({ columns, constraints }: Table): ClosedList[] {
  return columns.flatMap((column) => listOf(column, constraints) ?? [])
}
