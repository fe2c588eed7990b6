/** What a `down` would drop, with how many rows go: read from the rendered statements and the server's own estimates. Pure. */
import type { Screen } from '../verb.ts'
import type { Planned } from '../workspace/workspace.ts'
import { layoutFor, stepLine } from './steps.ts'

const DROPPED_TABLE = /\bdrop\s+table\s+(?:if\s+exists\s+)?(?:"?public"?\s*\.\s*)?("(?:[^"]|"")+"|\w+)/gi

const tablesOf = ({ render }: Planned): string[] =>
  render.down.statements.flatMap(({ sql }) =>
    [...sql.matchAll(DROPPED_TABLE)].map(([, name]) => (name as string).replace(/^"|"$/g, '').replaceAll('""', '"')),
  )

export const tablesDropped = (steps: readonly Planned[]): string[] => steps.flatMap(tablesOf)

export function previewLines(
  steps: readonly Planned[],
  estimates: ReadonlyMap<string, number>,
  screen: Screen,
): string[] {
  const layout = layoutFor(steps, screen)
  return steps.flatMap((step) => [
    stepLine(step, layout),
    ...tablesOf(step).map((table) => {
      const rows = estimates.get(table) ?? 0
      const count = `about ${rows.toLocaleString('en')} row${rows === 1 ? '' : 's'}`
      return `${' '.repeat(layout.numberWidth + 4)}drops table ${table} ${screen.paint(rows > 0 ? 'red' : 'dim', `(${count})`)}`
    }),
  ])
}
