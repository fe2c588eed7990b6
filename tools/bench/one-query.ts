/** The plan's rendered statements as the text of one query, parameters written as literals, in one transaction. */

import { inlined } from '../../packages/migrator/src/sql/literal.ts'
import type { Planned } from '../../packages/migrator/src/workspace/workspace.ts'

export function oneQuery(order: readonly Planned[]): string {
  const statements = order.flatMap(({ id, render }) => render.up.statements.map((one) => inlined(one, id)))
  return `begin;\n${statements.map((statement) => `${statement};\n`).join('')}commit;\n`
}
