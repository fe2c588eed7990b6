import { binariesOf } from '../check/matrix.ts'
import { holderText } from '../database/lock.ts'
import { findMigration } from '../plan/plan.ts'
import { type Baseline, compareNow, majorWithoutHistory, record } from '../repair/baseline.ts'
import { baselineReport, matchLines } from '../repair/baseline-report.ts'
import { RepairNotConfirmedError } from '../repair/errors.ts'
import { expectedFrom } from '../repair/match.ts'
import { DEFAULT_LIMITS, DEFAULT_LOCK_WAIT_MS, RUN_GRACE_MS } from '../run/request.ts'
import { durationOption } from '../settings.ts'
import { verb } from '../verb.ts'
import { confirm } from './confirm.ts'
import { InterruptedWriteError } from './errors.ts'
import { parseReason } from './reason.ts'
import { withDatabase } from './with-database.ts'

/** Records the migrations of a database that the files of `sql` have built, if it is proven to be what they build. */
export const baseline = verb({
  options: (command) =>
    command
      .option('--to <id>', 'the last migration that the database was built with (default: all of the plan)')
      .requiredOption('--reason <text>', 'why, for whoever reads the record later', (value) => parseReason(value))
      .option('--allow-nonempty', 'accept whole tables, views, functions and types that no migration makes')
      .option('--dry-run', 'compare, and record nothing')
      .option('--yes', 'do not ask')
      .addOption(
        durationOption(command, '--lock-wait <duration>', 'how long to go on trying for a lock', DEFAULT_LOCK_WAIT_MS),
      ),
  examples: [
    'veza-migrator baseline --reason "built by golang-migrate from sql/" --dry-run',
    'veza-migrator baseline --to streaming/004 --reason "restored from the staging dump" --yes',
  ],
  run: async (options, context) => {
    const { to, reason, dryRun = false, allowNonempty: allowStrangers = false, lockWait: lockWaitMs } = options
    return withDatabase(
      { options, context, verb: 'baseline', graceMs: RUN_GRACE_MS },
      async (place, { root, order }) => {
        const { client, name } = place
        const steps = to === undefined ? order : order.slice(0, findMigration(order, to).position)
        const major = await majorWithoutHistory(client, DEFAULT_LIMITS)
        context.busy('replaying the plan, comparing the catalogues')
        const native = await binariesOf(root, major)
        const expected = await expectedFrom({
          root,
          steps,
          binaries: native === undefined ? undefined : { major, native },
        })
        const wanted: Baseline = { steps, expected, allowStrangers, reason }
        const match = await compareNow(client, wanted)
        const shown = { match, steps, reason, place }
        if (match.mismatches.length > 0) return baselineReport(shown, { dryRun })
        context.tell(matchLines(shown))
        if (dryRun) return baselineReport(shown, { dryRun })
        if (!options.yes)
          await confirm(context, {
            question: `Type yes to record ${steps.length} migrations as applied to ${name}: `,
            isMeant: (answer) => answer.toLowerCase() === 'yes',
            refusal: (answer) => new RepairNotConfirmedError({ isAsked: answer !== undefined }),
          })
        context.lastWords(() => new InterruptedWriteError({ verb: 'baseline' }))
        const recorded = await record(client, wanted, {
          limits: DEFAULT_LIMITS,
          lockWaitMs,
          signal: context.signal,
          onWaiting: (holder) => context.tell(() => [`waiting for another run: ${holderText(holder)}`]),
        })
        return baselineReport({ ...shown, match: recorded }, { dryRun })
      },
    )
  },
})
