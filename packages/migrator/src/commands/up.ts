import { type PlanInput, planUp } from '../plan/plan.ts'
import { RUN_GRACE_MS } from '../run/request.ts'
import { verb } from '../verb.ts'
import { ConflictingOptionsError } from './errors.ts'
import { limitsOf, runOptions, runTold } from './run-options.ts'
import { withDatabase } from './with-database.ts'

/** Applies what is pending, in one transaction wherever PostgreSQL allows it. */
export const up = verb({
  options: (command) =>
    runOptions(command)
      .option('--to <id>', 'stop after this migration (auth/001_sessions, auth/001 or its number)')
      .option('--domain <name>', 'only this domain and the domains that it needs')
      .option('--dry-run', 'show what would run and run nothing')
      .option(
        '--allow-nonempty',
        'accept unrelated objects in a database without history, but none that the run would create',
      ),
  examples: [
    'veza-migrator up                              everything, on DATABASE_URL or the embedded database',
    'veza-migrator up --dry-run                    what would run, and whether the database would accept it',
    'veza-migrator up --domain auth                auth and what it needs',
    'veza-migrator up --to streaming/002_playback  up to this migration, included',
  ],
  run: async (options, context) => {
    const { to, domain, allowNonempty } = options
    if (to !== undefined && domain !== undefined) throw new ConflictingOptionsError({ options: ['--to', '--domain'] })
    const task = {
      direction: 'up',
      decide: (known: PlanInput) => planUp(known, { to, domain }),
      allowNonempty,
    } as const

    return withDatabase({ options, context, verb: 'up', graceMs: RUN_GRACE_MS }, async (database, workspace) => {
      if (!options.dryRun) return runTold({ database, workspace, options, context }, task)
      // Only a dry run needs these two modules.
      const [{ dryRun }, { dryRunReport }] = await Promise.all([
        import('../run/dry-run.ts'),
        import('../report/dry-run.ts'),
      ])
      const plan = await dryRun(database.client, {
        ...workspace,
        ...task,
        limits: limitsOf(options),
        overrideReadOnly: options.overrideReadOnly,
      })
      return dryRunReport(plan, workspace.order, database)
    })
  },
})
