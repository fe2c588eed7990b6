/** The plan's rendered statements as the text of one query, parameters written as literals, in one transaction. */

import pg from 'pg'
import type { Planned } from '../../packages/migrator/src/workspace/workspace.ts'

export function oneQuery(order: readonly Planned[]): string {
  const statements = order.flatMap(({ render }) => render.up.statements.map(inlined))
  return `begin;\n${statements.map((statement) => `${statement};\n`).join('')}commit;\n`
}

/** A quoted literal is of no type until its place gives it one, as a parameter is. Text without parameters may hold a `$1` of its own. */
function inlined({ sql, parameters }: { readonly sql: string; readonly parameters: readonly unknown[] }): string {
  if (parameters.length === 0) return sql
  return sql.replace(/\$(\d+)/g, (_, number: string) => literal(parameters[Number(number) - 1]))
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString())
  if (typeof value === 'object' || typeof value === 'symbol' || typeof value === 'function') {
    throw new Error(`a ${typeof value} among the parameters: there is no literal for it`)
  }
  return pg.escapeLiteral(String(value))
}
