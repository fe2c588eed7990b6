import { inspect } from '../database/inspect.ts'
import { type PlanInput, planUp } from '../plan/plan.ts'
import { layoutFor, markText, stepDocument, stepLine } from '../report/report.ts'
import { assertCleanSlate, assertServer } from '../run/guard.ts'
import type { Verb } from '../verb.ts'
import { ConflictingOptionsError } from './errors.ts'
import { assertRunOptions, limitsOf, type RunOptions, runAndReport, runOptions } from './run-options.ts'
import { targetDocument, withDatabase } from './with-database.ts'

interface UpOptions extends RunOptions {
  readonly to?: string
  readonly domain?: string
  readonly dryRun?: boolean
  readonly allowNonempty?: boolean
}

const EXAMPLES = `
Examples:
  veza-migrator up                              everything, on DATABASE_URL or the embedded database
  veza-migrator up --dry-run                    what would run, and whether the database would accept it
  veza-migrator up --domain auth                auth and what it needs
  veza-migrator up --to streaming/002_playback  up to this migration, included`

/** Applies what is pending, in one transaction wherever PostgreSQL allows it. */
export const up: Verb = (command) => {
  runOptions(command)
    .option('--to <id>', 'stop after this migration (auth/001_sessions, auth/001 or its number)')
    .option('--domain <name>', 'only this domain and the domains that it needs')
    .option('--dry-run', 'show what would run and run nothing')
    .option(
      '--allow-nonempty',
      'accept unrelated objects in a database without history, but none that the run would create',
    )
    .addHelpText('after', EXAMPLES)

  return {
    run: (options: UpOptions, output, context) => {
      const { to, domain, dryRun, allowNonempty = false } = options
      if (to !== undefined && domain !== undefined) throw new ConflictingOptionsError({ options: ['--to', '--domain'] })
      assertRunOptions(options)
      const decide = (known: PlanInput) => planUp(known, { to, domain })

      return withDatabase({ options, output, context, verb: 'up' }, async (database, workspace) => {
        if (!dryRun) {
          await runAndReport({ database, workspace, options, output, context, direction: 'up', allowNonempty, decide })
          return undefined
        }
        const state = await inspect(database.client, limitsOf(options), 'readOnly')
        assertServer(state, database.name)
        const { steps } = decide({ ...workspace, history: state.history, database: database.name })
        assertCleanSlate(state, { steps, allowNonempty, target: database.name })
        const layout = layoutFor(workspace.order, output)
        for (const step of steps) output.result(stepLine(step, layout, markText(step, 'up', output.paint)))
        output.result(`${steps.length} of ${workspace.order.length} migrations would be applied. Nothing was run.`)
        output.document({
          command: 'up',
          dryRun: true,
          target: targetDocument(database),
          pending: steps.map((step) => stepDocument(step, 'up')),
        })
        return undefined
      })
    },
  }
}
