/** What a `down` would drop, with how many rows go: read from the rendered statements and the server's own estimates. */
import type { QueryResultRow } from 'pg'
import { type Statement, statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { Output } from './output.ts'
import { layoutFor, stepLine } from './report.ts'

const DROPPED_TABLE = /\bdrop\s+table\s+(?:if\s+exists\s+)?(?:"?public"?\s*\.\s*)?("(?:[^"]|"")+"|\w+)/gi

const tablesOf = ({ render }: Planned): string[] =>
  render.down.statements.flatMap(({ sql }) =>
    [...sql.matchAll(DROPPED_TABLE)].map(([, name]) => (name as string).replace(/^"|"$/g, '').replaceAll('""', '"')),
  )

export const tablesDropped = (steps: readonly Planned[]): string[] => steps.flatMap(tablesOf)

/** The larger of the planner's and the statistics' figure: either can lag behind, and counting a large table takes long. */
export const rowEstimates = (tables: readonly string[]): Statement =>
  statement(
    `select c.relname as name, greatest(c.reltuples::bigint, pg_stat_get_live_tuples(c.oid))::float8 as rows
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any($1)`,
    tables,
  )

export const toRowEstimates = (rows: readonly QueryResultRow[]): Map<string, number> =>
  new Map(rows.map(({ name, rows }) => [name, rows]))

export function previewLines(
  steps: readonly Planned[],
  estimates: ReadonlyMap<string, number>,
  output: Pick<Output, 'paint' | 'width'>,
): string[] {
  const layout = layoutFor(steps, output)
  return steps.flatMap((step) => [
    stepLine(step, layout),
    ...tablesOf(step).map((table) => {
      const rows = estimates.get(table) ?? 0
      const count = `about ${rows.toLocaleString('en')} row${rows === 1 ? '' : 's'}`
      return `${' '.repeat(layout.numberWidth + 4)}drops table ${table} ${output.paint(rows > 0 ? 'red' : 'dim', `(${count})`)}`
    }),
  ])
}
