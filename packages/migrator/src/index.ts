/** The migrator from code: what a service's own tests, or a tool, call instead of the command line. */
import { randomUUID } from 'node:crypto'
import { connect, operator, targetOf, targetText } from './database/connect.ts'
import { planUp, type UpTarget } from './plan/plan.ts'
import type { RunEvent, RunSummary } from './run/events.ts'
import { run } from './run/run.ts'
import { toolVersion } from './version.ts'
import { openWorkspace } from './workspace/workspace.ts'

export * from './check/errors.ts'
export * from './commands/errors.ts'
export * from './database/errors.ts'
export {
  bulleted,
  DatabaseError,
  type ExitCode,
  InvalidDatabaseUrlError,
  InvalidOptionError,
  LockError,
  MigratorError,
  UsageError,
  WorkspaceError,
} from './errors.ts'
export * from './plan/errors.ts'
export * from './run/errors.ts'
export type { RunEvent, RunSummary } from './run/events.ts'
export * from './sql/errors.ts'
export * from './workspace/errors.ts'

export interface MigrateUpOptions extends UpTarget {
  /** `postgresql://user:password@host:5432/database`. */
  readonly databaseUrl: string
  /** A folder in the repository. Default: the current one. */
  readonly workspace?: string
  /** How long to go on trying for a lock, in milliseconds. Default 60 000; 0 = one try. */
  readonly lockWaitMs?: number
  /** Default: never. */
  readonly signal?: AbortSignal
  /** Told what happens as it happens. */
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * Applies what is pending, as `up` does.
 * Throws a WorkspaceError before anything is asked of the database, a DatabaseError or a LockError after.
 *
 *     await migrateUp({ databaseUrl: 'postgresql://veza@127.0.0.1:5432/veza' })
 */
export async function migrateUp(options: MigrateUpOptions): Promise<RunSummary> {
  const { databaseUrl, workspace = process.cwd(), lockWaitMs = 60_000, signal, onEvent, to, domain } = options
  const { order, graph } = await openWorkspace(workspace)
  const client = await connect(databaseUrl, 'up')
  try {
    const events = run(client, {
      url: databaseUrl,
      target: targetText(targetOf(client)),
      order,
      graph,
      direction: 'up',
      decide: (known) => planUp(known, { to, domain }),
      identity: { runId: randomUUID(), toolVersion, appliedBy: operator() },
      limits: { lockTimeoutMs: 2000, statementTimeoutMs: 0 },
      lockWaitMs,
      perMigration: false,
      allowNonempty: false,
      signal: signal ?? new AbortController().signal,
    })
    for (let next = await events.next(); ; next = await events.next()) {
      if (next.done) return next.value
      onEvent?.(next.value)
    }
  } finally {
    await client.end().catch(() => {})
  }
}
