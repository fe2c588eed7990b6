/** The options that `up` and `down` share, and a run with these options that shows its events. */
import type { Limits } from '../database/session.ts'
import { MigratorError } from '../errors.ts'
import { busyWords, eventLines, summaryDocument, summaryLine } from '../report/run.ts'
import { columnsFor, fittedTo } from '../report/steps.ts'
import { targetDocument } from '../report/target.ts'
import { type Outcome, RunInterruptedError } from '../run/errors.ts'
import type { RunSummary } from '../run/events.ts'
import { DEFAULT_LIMITS, DEFAULT_LOCK_WAIT_MS, type RunTask } from '../run/request.ts'
import { run } from '../run/run.ts'
import { durationOption } from '../settings.ts'
import { type Command, type Context, noLines, type OptionsOf, type Report } from '../verb.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { Database } from './with-database.ts'

export const runOptions = (command: Command) =>
  command
    .option('--per-migration', 'commit each migration on its own instead of the run as a whole')
    .option(
      '--override-read-only',
      'write even where transactions are read-only by default (default_transaction_read_only)',
    )
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
        '--idle-timeout <duration>',
        'how long a migration may hold its locks without a statement; 0 = for ever',
        DEFAULT_LIMITS.idleTimeoutMs,
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

export const limitsOf = ({ lockTimeout, statementTimeout, idleTimeout }: RunOptions): Limits => ({
  lockTimeoutMs: lockTimeout,
  statementTimeoutMs: statementTimeout,
  idleTimeoutMs: idleTimeout,
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
  const { direction } = task
  let outcome: Outcome = { kind: 'nothing' }
  context.lastWords(() => new RunInterruptedError({ direction, outcome }))
  const events = run(database.client, {
    ...workspace,
    ...task,
    limits: limitsOf(options),
    lockWaitMs: options.lockWait,
    perMigration: options.perMigration,
    overrideReadOnly: options.overrideReadOnly,
    signal: context.signal,
  })
  try {
    for (;;) {
      const { done, value } = await events.next()
      if (done) {
        outcome = { kind: 'complete' }
        return landed(value, performance.now() - startedAt, database, context)
      }
      // From here on a commit may be under way.
      if (value.type === 'planned') outcome = { kind: 'unknown' }
      context.tell((screen) => eventLines(value, fittedTo(screen, columns)))
      const words = busyWords(value)
      if (words !== undefined) context.busy(words)
    }
  } catch (error) {
    if (error instanceof MigratorError) context.lastWords(() => error)
    throw error
  }
}

function landed(summary: RunSummary, elapsedMs: number, database: Database, context: Context): Report {
  const { direction } = summary
  context.tell(({ paint }) => [
    summaryLine(summary, elapsedMs, paint),
    ...(context.signal.aborted ? ['The interruption came too late: the run is committed.'] : []),
  ])
  const document = { command: direction, target: targetDocument(database), ...summaryDocument(summary, elapsedMs) }
  return { lines: noLines, document, exitCode: 0 }
}
