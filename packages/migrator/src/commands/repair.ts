import { holderText } from '../database/lock.ts'
import type { RowAction } from '../repair/case.ts'
import { RepairActionMissingError, RepairNotConfirmedError } from '../repair/errors.ts'
import { examine, repair as make } from '../repair/repair.ts'
import { examinedLines, repairReport } from '../repair/report.ts'
import { DEFAULT_LIMITS, DEFAULT_LOCK_WAIT_MS, RUN_GRACE_MS } from '../run/request.ts'
import { durationOption } from '../settings.ts'
import { type Command, type OptionsOf, verb } from '../verb.ts'
import { confirm } from './confirm.ts'
import { ConflictingOptionsError, InterruptedWriteError } from './errors.ts'
import { parseReason } from './reason.ts'
import { withDatabase } from './with-database.ts'

const repairOptions = (command: Command) =>
  command
    .option('--accept-checksum', 'it was edited after it was applied, and what is here is right')
    .option('--forget', 'the history has it, this checkout does not know it, and it will not come back')
    .option('--mark-done', 'it was begun, its end is not recorded, and what it does is done')
    .option('--mark-undone', 'it was begun, its end is not recorded, and nothing of it is left')
    .requiredOption('--reason <text>', 'why, for whoever reads the record later', (value) => parseReason(value))
    .option('--dry-run', 'show what would be changed, and change nothing')
    .option('--yes', 'do not ask')
    .addOption(
      durationOption(command, '--lock-wait <duration>', 'how long to go on trying for a lock', DEFAULT_LOCK_WAIT_MS),
    )

/** Changes what the history says of one migration, where the database does not contradict it. */
export const repair = verb({
  options: repairOptions,
  argument: { name: 'id', about: 'the full id of the migration: auth/003_sessions' },
  examples: [
    'veza-migrator repair core/007_index --mark-done --reason "built by hand, see the incident of 3 May"',
    'veza-migrator repair auth/009_beta --forget --reason "the branch was given up" --dry-run',
    'veza-migrator repair core/002_users --accept-checksum --reason "only a comment was added" --yes',
  ],
  run: async (options, context, id) => {
    const action = actionIn(options)
    const { reason, dryRun = false, lockWait: lockWaitMs } = options
    return withDatabase({ options, context, verb: 'repair', graceMs: RUN_GRACE_MS }, async (place, { order }) => {
      const { client, name } = place
      const wish = { order, id, action, reason }
      const examined = await examine(client, wish, { limits: DEFAULT_LIMITS })
      context.tell(examinedLines({ examined, reason }))
      if (!dryRun) {
        if (!options.yes)
          await confirm(context, {
            question: `Type yes to change the history of ${name}: `,
            isMeant: (answer) => answer.toLowerCase() === 'yes',
            refusal: (answer) => new RepairNotConfirmedError({ isAsked: answer !== undefined }),
          })
        context.lastWords(() => new InterruptedWriteError({ verb: 'repair' }))
        await make(client, wish, examined, {
          limits: DEFAULT_LIMITS,
          lockWaitMs,
          signal: context.signal,
          onWaiting: (holder) => context.tell(() => [`waiting for another run: ${holderText(holder)}`]),
        })
      }
      return repairReport({ examined, reason }, { place, dryRun })
    })
  },
})

const ACTIONS = {
  acceptChecksum: 'accept-checksum',
  forget: 'forget',
  markDone: 'mark-done',
  markUndone: 'mark-undone',
} as const satisfies Readonly<Record<string, RowAction>>

/** Throws RepairActionMissingError, ConflictingOptionsError. */
function actionIn(options: OptionsOf<typeof repairOptions>): RowAction {
  const given = (Object.keys(ACTIONS) as (keyof typeof ACTIONS)[])
    .filter((name) => options[name])
    .map((name) => ACTIONS[name])
  const [action] = given
  if (action === undefined) throw new RepairActionMissingError()
  if (given.length > 1) throw new ConflictingOptionsError({ options: given.map((one) => `--${one}`) })
  return action
}
