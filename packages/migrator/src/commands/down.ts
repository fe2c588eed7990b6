import { inspect } from '../database/inspect.ts'
import { sendAll } from '../database/pipeline.ts'
import { readRowEstimates } from '../database/row-estimates.ts'
import { type DownTarget, type PlanInput, planAgreed, planDown } from '../plan/plan.ts'
import { previewLines, tablesDropped } from '../report/preview.ts'
import { assertServer } from '../run/guard.ts'
import { RUN_GRACE_MS } from '../run/request.ts'
import { parseCount } from '../settings.ts'
import { statement } from '../statement.ts'
import { type Command, type Context, type OptionsOf, verb } from '../verb.ts'
import type { Planned } from '../workspace/workspace.ts'
import { confirm } from './confirm.ts'
import { ConfirmationRequiredError, ConflictingOptionsError, NotConfirmedError } from './errors.ts'
import { limitsOf, runOptions, runTold } from './run-options.ts'
import { type Database, withDatabase } from './with-database.ts'

const downOptions = (command: Command) =>
  runOptions(command)
    .option('--steps <n>', 'how many migrations to revert (default: 1)', (value) => parseCount('--steps', value))
    .option('--to <id>', 'revert everything after this migration, which itself stays')
    .option('--all', 'revert everything')
    .option('--yes', 'do not ask')

/** Reverts, newest first, after showing what would be dropped. */
export const down = verb({
  options: downOptions,
  examples: [
    'veza-migrator down                       the newest migration',
    'veza-migrator down --steps 3             the newest three',
    'veza-migrator down --to core/006         everything after it; core/006 stays',
    'veza-migrator down --all --yes           everything, without asking',
  ],
  run: async (options, context) => {
    const target = targetFrom(options)
    return withDatabase({ options, context, verb: 'down', graceMs: RUN_GRACE_MS }, async (database, workspace) => {
      const state = await inspect(database.client, limitsOf(options), 'readOnly')
      assertServer(state, database.name)
      const { steps } = planDown({ ...workspace, history: state.history, database: database.name }, target)
      await sendAll(database.client, [statement('rollback')])
      if (steps.length > 0 && !options.yes) await agreeOn(steps, database, context)
      const decide = (known: PlanInput) => planAgreed(known, steps, state.history)
      return runTold({ database, workspace, options, context }, { direction: 'down', decide })
    })
  },
})

/** Throws ConflictingOptionsError. */
function targetFrom({ steps, to, all }: OptionsOf<typeof downOptions>): DownTarget {
  const given = [steps !== undefined && '--steps', to !== undefined && '--to', all && '--all'].filter(
    (option) => typeof option === 'string',
  )
  if (given.length > 1) throw new ConflictingOptionsError({ options: given })
  if (all) return { kind: 'all' }
  return to === undefined ? { kind: 'steps', steps: steps ?? 1 } : { kind: 'to', id: to }
}

/** Asks while no transaction is open, so that no lock is held until the answer. Throws ConfirmationRequiredError, NotConfirmedError. */
async function agreeOn(steps: readonly Planned[], { client, name }: Database, context: Context): Promise<void> {
  const estimates = await readRowEstimates(client, tablesDropped(steps))
  context.tell((screen) => previewLines(steps, estimates, screen))
  await confirm(context, {
    question: `Type yes to revert this on ${name}: `,
    isMeant: (answer) => answer.toLowerCase() === 'yes',
    refusal: (answer) => (answer === undefined ? new ConfirmationRequiredError() : new NotConfirmedError()),
  })
}
