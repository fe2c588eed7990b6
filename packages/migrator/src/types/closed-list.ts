/**
 * CHECK constraint → closed list. PostgreSQL renders `status IN ('a', 'b')` as `CHECK ((status = ANY (ARRAY['a'::text, 'b'::text])))`,
 * and a list of one as an equality. Only a constraint that says this and nothing else makes a union: with anything beside it, or
 * without validation of the rows that are there, the column could hold more than the list.
 */
import type { Constraint, Table } from '../catalog/types.ts'

export interface ClosedList {
  readonly column: string
  /** In the order in which the constraint names them. */
  readonly values: readonly [string, ...string[]]
}

const COLUMN = '(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")'
const OPERAND = String.raw`(?:${COLUMN}|\(${COLUMN}\)::text)`
const LITERAL = `'(?:[^']|'')*'::(?:text|character varying)`
const NULL_OR = String.raw`(?:\(${COLUMN} IS NULL\) OR )?`
const ANY_OF = new RegExp(
  String.raw`^CHECK \(\(${NULL_OR}\(?${OPERAND} = ANY \(\(?ARRAY\[(${LITERAL}(?:, ${LITERAL})*)\](?:\)::text\[\])?\)\)?\)\)$`,
)
const EQUALS = new RegExp(String.raw`^CHECK \(\(${NULL_OR}\(?${OPERAND} = (${LITERAL})(?:::text)?\)?\)\)$`)

/** The values of a list, or undefined where the definition (pg_get_constraintdef) says anything else. */
export function parseClosedList(definition: string): ClosedList['values'] | undefined {
  const [, list] = ANY_OF.exec(definition) ?? EQUALS.exec(definition) ?? []
  const literals = list?.match(new RegExp(LITERAL, 'g'))?.map((literal) => literal.slice(1, literal.lastIndexOf("'::")))
  if (literals === undefined) return undefined
  return literals.map((literal) => literal.replaceAll("''", "'")) as [string, ...string[]]
}

function fromConstraint({ kind, columns, definition, validated }: Constraint): ClosedList | undefined {
  const [column] = columns
  if (kind !== 'check' || columns.length !== 1 || column === undefined || !validated) return undefined
  const values = parseClosedList(definition)
  return values && { column, values }
}

/** At most one per column, in the table's order. */
export function closedLists(table: Table): ClosedList[] {
  const found = table.constraints.flatMap((constraint) => fromConstraint(constraint) ?? [])
  return table.columns.flatMap(({ name }) => found.find(({ column }) => column === name) ?? [])
}
