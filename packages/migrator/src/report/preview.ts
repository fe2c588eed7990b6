/** Which tables a `down` would drop, from the rendered statements, and how many rows they have, by the server's estimates. Pure. */
import { statementsWithin } from '../sql/bodies.ts'
import { isPublic } from '../sql/names.ts'
import { objectStatement } from '../sql/objects.ts'
import type { Screen } from '../verb.ts'
import type { Planned } from '../workspace/workspace.ts'
import { layoutFor, stepLine } from './steps.ts'

const tablesOf = ({ render }: Planned): string[] =>
  render.down.statements
    .flatMap(({ sql }) => statementsWithin(sql))
    .flatMap((statement) => {
      const found = objectStatement(statement)
      return found?.verb === 'drop' && found.kind === 'table'
        ? found.names.filter(isPublic).map(({ name }) => name)
        : []
    })

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
      const count = `about ${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`
      return `${' '.repeat(layout.numberWidth + 4)}drops table ${table} ${screen.paint(rows > 0 ? 'red' : 'dim', `(${count})`)}`
    }),
  ])
}
