import type { HistoryRow } from '../database/history.ts'
import { inspect } from '../database/inspect.ts'
import { sendAll } from '../database/pipeline.ts'
import { plural } from '../errors.ts'
import { type DownTarget, type PlanInput, planAgreed, planDown } from '../plan/plan.ts'
import { ownersByName } from '../preview/owners.ts'
import { previewOf } from '../preview/preview.ts'
import { destroysDocument, type Previewed, previewLines, revertsDocument } from '../preview/report.ts'
import { targetDocument } from '../report/target.ts'
import { assertMayWrite, assertServer } from '../run/guard.ts'
import { RUN_GRACE_MS } from '../run/request.ts'
import { parseCount } from '../settings.ts'
import { statement } from '../statement.ts'
import { type Command, type Context, type OptionsOf, type Report, verb } from '../verb.ts'
import type { Planned, Workspace } from '../workspace/workspace.ts'
import { confirm } from './confirm.ts'
import { ConfirmationRequiredError, ConflictingOptionsError, NotConfirmedError } from './errors.ts'
import { limitsOf, runOptions, runTold } from './run-options.ts'
import { type Database, withDatabase } from './with-database.ts'

const downOptions = (command: Command) =>
  runOptions(command)
    .option('--steps <n>', 'how many migrations to revert (default: 1)', (value) => parseCount('--steps', value))
    .option('--to <id>', 'revert everything after this migration, which itself stays')
    .option('--all', 'revert everything')
    .option('--domain <name>', 'only migrations of this domain, if no other domain builds on them')
    .option('--dry-run', 'show what would be destroyed, and revert nothing')
    .option('--yes', 'do not ask; what would be destroyed is still shown')

/** Reverts, newest first, after showing what would be destroyed. */
export const down = verb({
  options: downOptions,
  examples: [
    'veza-migrator down                       the newest migration',
    'veza-migrator down --steps 3             the newest three',
    'veza-migrator down --to core/006         everything after it; core/006 stays',
    'veza-migrator down --domain social       the newest migration of social',
    'veza-migrator down --to 9 --dry-run      what that would destroy',
    'veza-migrator down --all --yes           everything, without asking',
  ],
  run: async (options, context) => {
    const target = targetFrom(options)
    return withDatabase({ options, context, verb: 'down', graceMs: RUN_GRACE_MS }, async (database, workspace) => {
      const state = await inspect(database.client, limitsOf(options), 'readOnly')
      assertServer(state, database.name)
      const { steps } = planDown({ ...workspace, history: state.history, database: database.name }, target)
      await assertMayWrite(database.client, state, {
        steps,
        direction: 'down',
        target: database.name,
        overrideReadOnly: options.overrideReadOnly ?? false,
      })
      await sendAll(database.client, [statement('rollback')])
      const previewed = await shown(steps, state.history, { database, workspace, context })
      const destroys = destroysDocument(previewed)
      if (options.dryRun) return dryRunReport(previewed, database)
      if (steps.length > 0 && !options.yes) await agreeOn(database, context)
      const decide = (known: PlanInput) => planAgreed(known, steps, state.history)
      const report = await runTold({ database, workspace, options, context }, { direction: 'down', decide })
      return { ...report, document: { ...(report.document as object), destroys } }
    })
  },
})

/** Throws ConflictingOptionsError. */
function targetFrom({ steps, to, all, domain }: OptionsOf<typeof downOptions>): DownTarget {
  const given = [steps !== undefined && '--steps', to !== undefined && '--to', all && '--all'].filter(
    (option) => typeof option === 'string',
  )
  if (given.length > 1) throw new ConflictingOptionsError({ options: given })
  if (all) return { kind: 'all', domain }
  return to === undefined ? { kind: 'steps', steps: steps ?? 1, domain } : { kind: 'to', id: to, domain }
}

interface Around {
  readonly database: Database
  readonly workspace: Workspace
  readonly context: Context
}

/** Shows what the steps would destroy, whether or not anybody is asked. */
async function shown(
  steps: readonly Planned[],
  history: readonly HistoryRow[],
  { database, workspace, context }: Around,
): Promise<Previewed> {
  context.busy('looking up what would be destroyed')
  const losses = await previewOf(database.client, steps)
  const isOthersTouched = losses.some(({ cascades, refusedBy }) => cascades.length + refusedBy.length > 0)
  const owners = isOthersTouched ? ownersByName(workspace.order) : new Map<string, string>()
  const previewed: Previewed = { steps, losses, history, owners }
  context.tell((screen) => previewLines(previewed, screen))
  return previewed
}

const dryRunReport = (previewed: Previewed, database: Database): Report => ({
  lines: () => [`${plural(previewed.steps.length, 'migration')} would be reverted. Nothing was run.`],
  document: {
    command: 'down',
    dryRun: true,
    target: targetDocument(database),
    reverts: revertsDocument(previewed),
    destroys: destroysDocument(previewed),
  },
  exitCode: 0,
})

/** Asks while no transaction is open, so that no lock is held until the answer. Throws ConfirmationRequiredError, NotConfirmedError. */
async function agreeOn({ name }: Database, context: Context): Promise<void> {
  await confirm(context, {
    question: `Type yes to revert this on ${name}: `,
    isMeant: (answer) => answer.toLowerCase() === 'yes',
    refusal: (answer) => (answer === undefined ? new ConfirmationRequiredError() : new NotConfirmedError()),
  })
}
