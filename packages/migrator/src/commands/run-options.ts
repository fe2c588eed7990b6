/** The options that `up` and `down` share, and a run with these options that shows its events. */
import type { Limits } from '../database/session.ts'
import { busyWords, eventLines, summaryDocument, summaryLine } from '../report/run.ts'
import { columnsFor, fittedTo } from '../report/steps.ts'
import { targetDocument } from '../report/target.ts'
import { DEFAULT_LIMITS, DEFAULT_LOCK_WAIT_MS, type RunTask } from '../run/request.ts'
import { run } from '../run/run.ts'
import { durationOption } from '../settings.ts'
import { type Command, type Context, noLines, type OptionsOf, type Report } from '../verb.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { Database } from './with-database.ts'

export const runOptions = (command: Command) =>
  command
    .option('--per-migration', 'commit each migration on its own instead of the run as a whole')
    .addOption(
      durationOption(command, '--lock-wait <duration>', 'how long to go on trying for a lock', DEFAULT_LOCK_WAIT_MS),
    )
    .addOption(
      durationOption(
        command,
        '--lock-timeout <duration>',
        'how long one statement may wait for a table; 0 = for ever',
        DEFAULT_LIMITS.lockTimeoutMs,
      ),
    )
    .addOption(
      durationOption(
        command,
        '--statement-timeout <duration>',
        'how long one statement may run; 0 = as long as it takes',
        DEFAULT_LIMITS.statementTimeoutMs,
      ),
    )

export type RunOptions = OptionsOf<typeof runOptions>

export const limitsOf = ({ lockTimeout, statementTimeout }: RunOptions): Limits => ({
  lockTimeoutMs: lockTimeout,
  statementTimeoutMs: statementTimeout,
})

interface RunParts {
  readonly database: Database
  readonly workspace: Workspace
  readonly options: RunOptions
  readonly context: Context
}

/** Runs, shows each event as it comes and a summary at the end. Throws what run throws. */
export async function runTold(
  { database, workspace, options, context }: RunParts,
  task: Pick<RunTask, 'direction' | 'decide' | 'allowNonempty'>,
): Promise<Report> {
  const startedAt = performance.now()
  const columns = columnsFor(workspace.order)
  const events = run(database.client, {
    ...workspace,
    ...task,
    limits: limitsOf(options),
    lockWaitMs: options.lockWait,
    perMigration: options.perMigration,
    signal: context.signal,
  })
  for (;;) {
    const { done, value } = await events.next()
    if (done) {
      const elapsedMs = performance.now() - startedAt
      context.tell(({ paint }) => [summaryLine(value, elapsedMs, paint)])
      const document = {
        command: task.direction,
        target: targetDocument(database),
        ...summaryDocument(value, elapsedMs),
      }
      return { lines: noLines, document, exitCode: 0 }
    }
    context.tell((screen) => eventLines(value, fittedTo(screen, columns)))
    const words = busyWords(value)
    if (words !== undefined) context.busy(words)
  }
}
