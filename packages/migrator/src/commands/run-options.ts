/** The options that `up` and `down` share, and the way from them to a run whose events are shown as they come. */
import type { Command } from 'commander'
import type { Limits } from '../database/session.ts'
import type { Plan, PlanInput } from '../plan/plan.ts'
import type { Output } from '../report/output.ts'
import { eventLines, layoutFor, summaryDocument, summaryLine } from '../report/report.ts'
import type { RunSummary } from '../run/events.ts'
import { run } from '../run/run.ts'
import { parseDurationMs } from '../settings.ts'
import type { CommonOptions, Context } from '../verb.ts'
import type { Direction } from '../workspace/load.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { type Database, targetDocument } from './with-database.ts'

export interface RunOptions extends CommonOptions {
  readonly perMigration?: boolean
  readonly lockWait: string
  readonly lockTimeout: string
  readonly statementTimeout: string
}

export function runOptions(command: Command): Command {
  return command
    .option('--per-migration', 'commit each migration on its own instead of the run as a whole')
    .option('--lock-wait <duration>', 'how long to go on trying for a lock', '60s')
    .option('--lock-timeout <duration>', 'how long one statement may wait for a table; 0 = for ever', '2s')
    .option('--statement-timeout <duration>', 'how long one statement may run; 0 = as long as it takes', '0')
}

export interface RunParts {
  readonly database: Database
  readonly workspace: Workspace
  readonly options: RunOptions
  readonly output: Output
  readonly context: Context
  readonly direction: Direction
  readonly allowNonempty: boolean
  readonly decide: (known: PlanInput) => Plan
}

export const limitsOf = (options: RunOptions): Limits => ({
  lockTimeoutMs: parseDurationMs('--lock-timeout', options.lockTimeout),
  statementTimeoutMs: parseDurationMs('--statement-timeout', options.statementTimeout),
})

/** Throws InvalidOptionError, before anything is opened or anybody asked. */
export function assertRunOptions(options: RunOptions): void {
  limitsOf(options)
  parseDurationMs('--lock-wait', options.lockWait)
}

/** Runs, shows, sums up. Throws what run throws. */
export async function runAndReport(parts: RunParts): Promise<RunSummary> {
  const { database, workspace, options, output, context, direction, allowNonempty, decide } = parts
  const startedAt = performance.now()
  const layout = layoutFor(workspace.order, output)
  const events = run(database.client, {
    ...workspace,
    direction,
    decide,
    limits: limitsOf(options),
    lockWaitMs: parseDurationMs('--lock-wait', options.lockWait),
    perMigration: options.perMigration,
    allowNonempty,
    signal: context.signal,
  })
  for (let next = await events.next(); ; next = await events.next()) {
    if (next.done) {
      const elapsedMs = performance.now() - startedAt
      output.line(summaryLine(next.value, elapsedMs, output.paint))
      output.document({
        command: direction,
        target: targetDocument(database),
        ...summaryDocument(next.value, elapsedMs),
      })
      return next.value
    }
    for (const line of eventLines(next.value, layout)) output.line(line)
    if (next.value.type === 'started') output.busy(`${next.value.step.id}  ${next.value.step.about}`)
    if (next.value.type === 'waiting') output.busy('waiting for another run')
  }
}
