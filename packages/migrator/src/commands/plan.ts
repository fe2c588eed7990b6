import { planReport } from '../report/plan.ts'
import { verb } from '../verb.ts'
import { openWorkspace } from '../workspace/workspace.ts'

/** Shows the V1 run: every migration with its number. Asks no database. */
export const plan = verb({
  options: (command) => command,
  examples: ['veza-migrator plan', 'veza-migrator plan --json'],
  run: async ({ workspace }, { cwd }) => planReport(await openWorkspace(workspace ?? cwd)),
})
