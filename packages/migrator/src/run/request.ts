/** The options of a run with their defaults, and its progress. Every part of a run reads them. */
import { randomUUID } from 'node:crypto'
import { type Client, operator } from '../database/connect.ts'
import type { RunIdentity } from '../database/history.ts'
import { DEFAULT_IDLE_TIMEOUT_MS, type Limits } from '../database/session.ts'
import { targetText } from '../database/target.ts'
import type { Plan, PlanInput } from '../plan/plan.ts'
import { toolVersion } from '../version.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import { Counted } from './counted.ts'
import type { Outcome } from './errors.ts'
import type { RunSummary } from './events.ts'

/** The options that have no default. A Workspace has `order` and `graph`. */
interface Task {
  readonly order: PlanInput['order']
  readonly graph: PlanInput['graph']
  readonly direction: Direction
  /** Makes the plan. Called again for each piece, with the history as it is then. */
  readonly decide: (known: PlanInput) => Plan
}

interface Manner {
  /** Default: DEFAULT_LIMITS. */
  readonly limits: Limits
  /** How long to keep trying to get a lock; 0 = one try. Default: DEFAULT_LOCK_WAIT_MS. */
  readonly lockWaitMs: number
  /** True: each migration is committed on its own. Default: false, the whole run is one transaction where PostgreSQL allows it. */
  readonly perMigration: boolean
  /** Default: false, a database without a history must be empty. */
  readonly allowNonempty: boolean
  /** Default: false, where transactions are read-only by default (default_transaction_read_only) the run is refused. */
  readonly overrideReadOnly: boolean
  /** Default: never aborted. */
  readonly signal: AbortSignal
  /** How messages name the database. Default: the target of the connection, such as `127.0.0.1:54320/veza`. */
  readonly target: string
  /** Recorded in the history. Default: the user and the machine of this process, `deploy@ci-12`. */
  readonly appliedBy: string
}

/** What a caller passes: options with a default may be left out. */
export type RunTask = Task & { readonly [Name in keyof Manner]?: Manner[Name] | undefined }

/** A RunTask with all defaults filled in. */
export interface RunRequest extends Task, Omit<Manner, 'appliedBy'> {
  readonly identity: RunIdentity
}

export const DEFAULT_LIMITS: Required<Limits> = {
  lockTimeoutMs: 2000,
  statementTimeoutMs: 0,
  idleTimeoutMs: DEFAULT_IDLE_TIMEOUT_MS,
}
export const DEFAULT_LOCK_WAIT_MS = 60_000
/** How long the connection of a run outlives an abort, so that the server can be told to cancel and can say what became of the run. */
export const RUN_GRACE_MS = 900
/** For a database that nobody else uses. */
export const NO_LIMITS: Limits = { lockTimeoutMs: 0, statementTimeoutMs: 0, idleTimeoutMs: 0 }

/** Fills in the defaults. No other place does that. */
export function requestOf(client: Client, task: RunTask): RunRequest {
  const { order, graph, direction, decide } = task
  const {
    limits = DEFAULT_LIMITS,
    lockWaitMs = DEFAULT_LOCK_WAIT_MS,
    perMigration = false,
    allowNonempty = false,
    overrideReadOnly = false,
    signal = new AbortController().signal,
    target = targetText(client.target),
    appliedBy = operator(),
  } = task
  let runId: string | undefined
  const identity = {
    toolVersion,
    appliedBy,
    // Made when it is first asked for: it takes all of Node's cryptography, and a run with nothing to do hardly needs it.
    get runId() {
      runId ??= randomUUID()
      return runId
    },
  }
  return {
    ...{ order, graph, direction, decide },
    ...{ limits, lockWaitMs, perMigration, allowNonempty, overrideReadOnly, signal, target, identity },
  }
}

/** The steps that were committed, and what an error message needs to say how far the run has come. */
export class Progress {
  readonly done: { readonly step: Planned; readonly durationMs: number }[] = []
  planned: readonly Planned[] = []
  tables: number | undefined
  readonly counted = new Counted()
  /** The server's process that has the run's transaction, or its lock for a step outside one. Undefined while it has neither. */
  backendPid: number | undefined
  /** A commit was sent, so that only the server knows what became of the piece that is under way. */
  commitSent = false
  get outcome(): Outcome {
    return this.done.length === 0 ? { kind: 'nothing' } : { kind: 'partly', ids: this.done.map(({ step }) => step.id) }
  }
}

/** `applied` and `total` count planned migrations, `tables` the tables in public without the history. */
export function summary(
  { direction, identity }: RunRequest,
  { done }: Progress,
  { applied, total, tables }: Pick<RunSummary, 'applied' | 'total' | 'tables'>,
): RunSummary {
  return {
    ...{ direction, done, applied, total, tables },
    get runId() {
      return identity.runId
    },
  }
}
