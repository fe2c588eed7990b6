/** What `up --dry-run` found → its report. Pure. */
import type { Plan } from '../plan/plan.ts'
import type { Report } from '../verb.ts'
import type { Planned } from '../workspace/workspace.ts'
import { layoutFor, markText, stepDocument, stepLine } from './steps.ts'
import { type ReportedDatabase, targetDocument } from './target.ts'

/** The columns are wide enough for the whole order, so that the lines look as they do in a real run. */
export const dryRunReport = ({ steps, total }: Plan, order: readonly Planned[], place: ReportedDatabase): Report => ({
  lines: (screen) => {
    const layout = layoutFor(order, screen)
    return [
      ...steps.map((step) => stepLine(step, layout, markText(step, 'up', screen.paint))),
      `${steps.length} of ${total} migrations would be applied. Nothing was run.`,
    ]
  },
  document: {
    command: 'up',
    dryRun: true,
    target: targetDocument(place),
    pending: steps.map((step) => stepDocument(step, 'up')),
  },
  exitCode: 0,
})
