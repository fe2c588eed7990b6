import { layoutFor, markText, stepDocument, stepLine } from '../report/report.ts'
import type { CommonOptions, Verb } from '../verb.ts'
import { openWorkspace } from '../workspace/workspace.ts'

const EXAMPLES = `
Examples:
  veza-migrator plan
  veza-migrator plan --json`

/** Shows the V1 run: every migration with its number. Asks no database. */
export const plan: Verb = (command) => {
  command.addHelpText('after', EXAMPLES)

  return {
    run: async ({ workspace }: CommonOptions, output, { cwd }) => {
      const { order, domains, graph } = await openWorkspace(workspace ?? cwd)
      const { paint } = output
      const layout = layoutFor(order, output)
      let domain = ''
      for (const step of order) {
        if (step.domain !== domain) {
          domain = step.domain
          const needs = domains.find(({ name }) => name === domain)?.dependencies ?? []
          output.result(
            `${paint('bold', domain)}${needs.length > 0 ? paint('dim', `  needs ${needs.join(', ')}`) : ''}`,
          )
        }
        output.result(stepLine(step, layout, markText(step, 'up', paint)))
      }
      const statements = order.reduce((sum, { render }) => sum + render.up.statements.length, 0)
      output.result(`${order.length} migrations of ${graph.order.length} domains, ${statements} statements.`)
      output.document({
        command: 'plan',
        domains: domains.map(({ name, packageName, path, dependencies }) => ({
          name,
          packageName,
          path,
          dependencies,
        })),
        migrations: order.map((step) => stepDocument(step, 'up')),
      })
      return undefined
    },
  }
}
