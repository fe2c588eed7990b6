/** The migrator as a library, for a service's tests or a tool that do not use the command line. */
import { connect } from './database/connect.ts'
import { readDestination } from './database/destination.ts'
import { type PlanInput, planUp, type UpTarget } from './plan/plan.ts'
import type { RunEvent, RunSummary } from './run/events.ts'
import { RUN_GRACE_MS } from './run/request.ts'
import { run } from './run/run.ts'
import { openWorkspace } from './workspace/workspace.ts'

export * from './bundle/errors.ts'
export * from './catalog/errors.ts'
export * from './check/errors.ts'
export * from './commands/errors.ts'
export * from './database/errors.ts'
export {
  bulleted,
  DatabaseError,
  type ExitCode,
  InterruptedError,
  InvalidOptionError,
  LockError,
  MigratorError,
  MissingPackageError,
  OutputFileError,
  StrayMigrationError,
  UsageError,
  WorkspaceError,
} from './errors.ts'
export * from './grants/errors.ts'
export * from './plan/errors.ts'
export * from './repair/errors.ts'
export * from './run/errors.ts'
export type { RunEvent, RunSummary } from './run/events.ts'
export * from './sql/errors.ts'
export * from './workspace/errors.ts'

export interface MigrateUpOptions extends UpTarget {
  /** `postgresql://user:password@host:5432/database`. */
  readonly databaseUrl: string
  /** A folder in the repository. Default: the current one. */
  readonly workspace?: string
  /** How long to keep trying to get a lock, in milliseconds. Default: 60 000; 0 = one try. */
  readonly lockWaitMs?: number
  /** How long to wait for a connection, in milliseconds. Default: 10 000; 0 = for ever. */
  readonly connectTimeoutMs?: number
  /** Write even where transactions are read-only by default. Default: false, such a database is refused: ReadOnlyDatabaseError. */
  readonly overrideReadOnly?: boolean
  /** Interrupts the run when it is aborted: RunInterruptedError, or InterruptedError before it is connected. Default: never aborted. */
  readonly signal?: AbortSignal
  /** Called for each event of the run as it happens. */
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * Applies the pending migrations, as `up` does.
 * Throws a WorkspaceError before it connects to the database, and after that a DatabaseError, a LockError, or a UsageError for a wrong
 * `databaseUrl`, `to` or `domain`.
 *
 *     await migrateUp({ databaseUrl: 'postgresql://veza@127.0.0.1:5432/veza' })
 */
export async function migrateUp(options: MigrateUpOptions): Promise<RunSummary> {
  const {
    databaseUrl,
    workspace: from = process.cwd(),
    lockWaitMs,
    connectTimeoutMs,
    overrideReadOnly,
    signal,
    onEvent,
    to,
    domain,
  } = options
  const workspace = await openWorkspace(from)
  const destination = readDestination('databaseUrl', databaseUrl, process.env)
  const client = await connect(destination, 'up', { signal, timeoutMs: connectTimeoutMs, graceMs: RUN_GRACE_MS })
  try {
    const decide = (known: PlanInput) => planUp(known, { to, domain })
    const events = run(client, { ...workspace, direction: 'up', decide, lockWaitMs, overrideReadOnly, signal })
    for (let next = await events.next(); ; next = await events.next()) {
      if (next.done) return next.value
      onEvent?.(next.value)
    }
  } finally {
    await client.end().catch(() => {})
  }
}
