/** The V1 run as `plan` shows it: every migration with its number, under its domain. Pure. */
import type { Report, Screen } from '../verb.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { layoutFor, markText, stepDocument, stepLine } from './steps.ts'

type Shown = Pick<Workspace, 'order' | 'domains' | 'graph'>

export const planReport = (workspace: Shown): Report => ({
  lines: (screen) => [...stepLines(workspace, screen), countsLine(workspace)],
  document: {
    command: 'plan',
    domains: workspace.domains.map(({ name, packageName, path, dependencies }) => ({
      name,
      packageName,
      path,
      dependencies,
    })),
    migrations: workspace.order.map((step) => stepDocument(step, 'up')),
  },
  exitCode: 0,
})

/** The lines of the steps, with a heading wherever the domain changes. */
function stepLines({ order, domains }: Shown, screen: Screen): string[] {
  const { paint } = screen
  const layout = layoutFor(order, screen)
  return order.flatMap((step, index) => {
    const line = stepLine(step, layout, markText(step, 'up', paint))
    if (step.domain === order[index - 1]?.domain) return [line]
    const needs = domains.find(({ name }) => name === step.domain)?.dependencies ?? []
    const heading = needs.length > 0 ? paint('dim', `  needs ${needs.join(', ')}`) : ''
    return [`${paint('bold', step.domain)}${heading}`, line]
  })
}

function countsLine({ order, graph }: Shown): string {
  const statements = order.reduce((sum, { render }) => sum + render.up.statements.length, 0)
  return `${order.length} migrations of ${graph.order.length} domains, ${statements} statements.`
}
