/**
 * One `up` or `down` against one database. Piece by piece: begin, take the lock, read the history under it, plan, run, commit.
 * Because each piece plans from what the database says at that moment, another runner, a retry and a crash need no special case.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { askOutcome } from './aftermath.ts'
import { runAlone } from './alone.ts'
import { type Client, connect, isConnectionLoss, sqlState } from './connect.ts'
import {
  CommitFailedError,
  ConnectionLostError,
  type Outcome,
  PoolerError,
  QueryFailedError,
  RunInterruptedError,
  RunLockHeldError,
  TableLockTimeoutError,
} from './errors.ts'
import type { RunEvent, RunSummary } from './events.ts'
import { migrationFailed } from './failure.ts'
import { assertCleanSlate, assertServer } from './guard.ts'
import type { RunIdentity } from './history.ts'
import { countTables, type DatabaseState, inspect, type Limits } from './inspect.ts'
import { keepRunLock, type Session, sessionText } from './lock.ts'
import { cutPieces, lockBudget, type Piece } from './pieces.ts'
import { sendAll, text } from './pipeline.ts'
import type { Direction, Known, Plan, Planned } from './plan.ts'
import { type PieceContext, PieceFailure, runTransaction } from './transaction.ts'
import type { Watch } from './watch.ts'

export interface RunRequest {
  readonly url: string
  /** How messages name the database. */
  readonly target: string
  readonly order: Known['order']
  readonly graph: Known['graph']
  readonly direction: Direction
  /** Asked again for each piece, with the history as it is then. */
  readonly decide: (known: Known) => Plan
  readonly identity: RunIdentity
  readonly limits: Limits
  /** How long to go on trying for a lock; 0 = one try. */
  readonly lockWaitMs: number
  readonly perMigration: boolean
  readonly allowNonempty: boolean
  readonly signal: AbortSignal
}

const POLL_MS = { first: 100, most: 1000 }
const RETELL_MS = 5000
const RETRY_MS = { first: 500, most: 8000 }
/** lock_not_available, deadlock_detected, serialization_failure: the same transaction may well succeed later. */
const WORTH_A_RETRY = new Set(['55P03', '40P01', '40001'])
const OUT_OF_SHARED_MEMORY = '53200'

/** The steps that were committed, and what is still needed to say so when something goes wrong. */
class Progress {
  readonly done: { readonly step: Planned; readonly durationMs: number }[] = []
  planned: readonly Planned[] = []
  tables: number | undefined
  backendPid = 0
  get outcome(): Outcome {
    return this.done.length === 0 ? { kind: 'nothing' } : { kind: 'partly', ids: this.done.map(({ step }) => step.id) }
  }
}

interface Ready {
  readonly state: DatabaseState
  readonly plan: Plan
}

/**
 * Runs on an open connection, which the caller closes.
 * Throws what verifyHistory throws, MigrationFailedError, CommitFailedError, ConnectionLostError, RunInterruptedError, PoolerError,
 * NonEmptyDatabaseError, CollisionError, ServerTooOldError, RunLockHeldError, TableLockTimeoutError.
 */
export async function* run(client: Client, request: RunRequest): AsyncGenerator<RunEvent, RunSummary> {
  const progress = new Progress()
  const side = sideConnection(request.url)
  const stopCancelling = cancelOnAbort(progress, request.signal, side.connect)
  try {
    return yield* runPieces(client, request, progress, side.connect)
  } finally {
    stopCancelling()
    await side.close()
  }
}

async function* runPieces(
  client: Client,
  request: RunRequest,
  progress: Progress,
  connectSide: () => Promise<Client>,
): AsyncGenerator<RunEvent, RunSummary> {
  const retries = new Retries(request)
  let budget = Number.POSITIVE_INFINITY
  let announced: readonly Planned[] = []
  for (;;) {
    const { state, plan } = yield* ready(client, request, progress)
    if (plan.steps.length === 0) return summary(request, progress, plan.total, plan.applied, state.tables)
    if (progress.planned.length === 0) progress.planned = plan.steps
    const isNews = !sameSteps(announced, plan.steps)
    if (isNews) yield { type: 'planned', direction: plan.direction, steps: plan.steps }
    const pieces = cutPieces(plan.steps, {
      direction: request.direction,
      perMigration: request.perMigration,
      lockBudget: Math.min(budget, lockBudget(state.lockSlots)),
    })
    if (isNews && isSplitForRoom(pieces, request))
      yield { type: 'split', pieces: pieces.length, lockSlots: state.lockSlots }
    announced = plan.steps

    const piece = pieces[0] as Piece
    const watch: Watch = { pid: state.backendPid, connectSide, blockers: [] }
    const context: PieceContext = { client, watch, ...request }
    try {
      const landed = piece.transaction
        ? yield* inTransaction(context, pieces, state, progress)
        : yield* onItsOwn(context, piece, state)
      progress.done.push(...landed)
      retries.reset()
      yield { type: 'committed', steps: piece.steps }
      if (pieces.length === 1) {
        const change = request.direction === 'up' ? piece.steps.length : -piece.steps.length
        return summary(request, progress, plan.total, plan.applied + change, await tablesNow(client, progress))
      }
      announced = plan.steps.slice(piece.steps.length)
    } catch (error) {
      if (!(error instanceof PieceFailure)) throw error
      if (sqlState(error.cause) === OUT_OF_SHARED_MEMORY && piece.steps.length > 1) {
        // Other sessions hold more of the lock table than its usual share leaves us: take less.
        budget = Math.floor(Math.min(budget, lockBudget(state.lockSlots)) / 2)
        announced = []
      } else {
        yield* retries.after(error, piece, watch, await failureOf(error, request, progress))
      }
      await sendAll(client, [text('rollback')])
    }
  }
}

const sameSteps = (a: readonly Planned[], b: readonly Planned[]): boolean =>
  a.length === b.length && a.every((step, index) => step.id === b[index]?.id)

/** Known from the commit's own round trip, but for a last piece that ran outside a transaction. */
async function tablesNow(client: Client, progress: Progress): Promise<number> {
  if (progress.tables !== undefined) return progress.tables
  const [answer] = await sendAll(client, [countTables])
  return answer?.rows[0]?.tables ?? 0
}

const isSplitForRoom = (pieces: readonly Piece[], { perMigration }: RunRequest): boolean =>
  !perMigration && pieces.some((piece, index) => piece.transaction && (pieces[index + 1]?.transaction ?? false))

async function* inTransaction(
  context: PieceContext,
  pieces: readonly Piece[],
  state: DatabaseState,
  progress: Progress,
): AsyncGenerator<RunEvent, Progress['done']> {
  const [piece, next] = pieces as [Piece, Piece | undefined]
  const result = yield* runTransaction(context, piece.steps, {
    createHistory: context.direction === 'up' && !state.hasHistory,
    dropHistory: context.direction === 'down' && piece.steps.length === state.history.length,
    beforeCommit: next !== undefined && !next.transaction ? [keepRunLock] : [],
  })
  progress.tables = result.tables
  return piece.steps.map((step, index) => ({ step, durationMs: result.durations[index] as number }))
}

async function* onItsOwn(
  context: PieceContext,
  { steps }: Piece,
  state: DatabaseState,
): AsyncGenerator<RunEvent, Progress['done']> {
  const step = steps[0] as Planned
  // A pooler invents the process id that it hands to its clients.
  if (context.client.processID !== state.backendPid) throw new PoolerError({ id: step.id })
  const interrupted = state.history.some(
    ({ domain, name, durationMs }) => durationMs === null && `${domain}/${name}` === step.id,
  )
  const durationMs = yield* runAlone(context, step, { createHistory: !state.hasHistory, interrupted })
  return [{ step, durationMs }]
}

/** The open transaction with the lock held, and what to do in it; or nothing to do. */
async function* ready(client: Client, request: RunRequest, progress: Progress): AsyncGenerator<RunEvent, Ready> {
  const { target, order, graph, limits, lockWaitMs, signal } = request
  const startedAt = performance.now()
  let toldAt = Number.NEGATIVE_INFINITY
  let toldWhom: number | undefined
  for (let pollMs = POLL_MS.first; ; pollMs = Math.min(pollMs * 1.5, POLL_MS.most)) {
    const state = await inspecting(client, request, progress, limits)
    assertServer(state, target)
    const plan = request.decide({ order, graph, history: state.history, database: target })
    progress.backendPid = state.backendPid
    if (plan.steps.length === 0) return { state, plan }
    if (signal.aborted) throw new RunInterruptedError({ direction: request.direction, outcome: progress.outcome })
    if (state.lock.held) {
      if (request.direction === 'up') assertCleanSlate(state, { steps: plan.steps, ...request })
      return { state, plan }
    }
    await sendAll(client, [text('rollback')])
    const { holder } = state.lock
    const now = performance.now()
    if (now - startedAt >= lockWaitMs) {
      throw new RunLockHeldError({ holder: holderText(holder), waitedMs: now - startedAt })
    }
    if (holder?.pid !== toldWhom || now - toldAt > RETELL_MS) {
      yield { type: 'waiting', holder, waitedMs: now - startedAt }
      toldAt = now
      toldWhom = holder?.pid
    }
    await pause(pollMs, signal, request, progress)
  }
}

const holderText = (holder: Session | undefined): string =>
  holder === undefined ? 'a session that this user may not see' : sessionText(holder)

async function inspecting(
  client: Client,
  request: RunRequest,
  progress: Progress,
  limits: Limits,
): Promise<DatabaseState> {
  try {
    return await inspect(client, limits, 'run')
  } catch (error) {
    const { direction } = request
    if (isConnectionLoss(error)) {
      const detail = (error as Error).message
      throw new ConnectionLostError(
        { during: 'between two steps', detail, direction, outcome: progress.outcome },
        error,
      )
    }
    throw new QueryFailedError(
      { doing: 'the history was read', serverMessage: (error as Error).message, sqlState: sqlState(error) },
      error,
    )
  }
}

async function pause(ms: number, signal: AbortSignal, { direction }: RunRequest, { outcome }: Progress): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch {
    throw new RunInterruptedError({ direction, outcome })
  }
}

/** What a person is told when no retry helps. */
async function failureOf(failure: PieceFailure, request: RunRequest, progress: Progress): Promise<Error> {
  const { direction, url, identity, signal } = request
  const { cause, place } = failure
  const { outcome } = progress
  if (isConnectionLoss(cause)) {
    const found = await askOutcome({ url, direction, runId: identity.runId, steps: progress.planned })
    if (signal.aborted) return new RunInterruptedError({ direction, outcome: found })
    const during = place ? `during ${place.step.id}` : 'while the run was being committed'
    return new ConnectionLostError({ during, detail: (cause as Error).message, direction, outcome: found }, cause)
  }
  if (signal.aborted) return new RunInterruptedError({ direction, outcome })
  if (place === undefined) {
    const serverMessage = (cause as Error).message
    return new CommitFailedError({ serverMessage, sqlState: sqlState(cause), direction, outcome }, cause)
  }
  return migrationFailed(cause, place, direction, outcome)
}

/** Retries the whole transaction, waiting longer each time, until the patience for locks is used up. */
class Retries {
  #attempts = 0
  #since = 0
  readonly #request: RunRequest
  constructor(request: RunRequest) {
    this.#request = request
  }

  reset(): void {
    this.#attempts = 0
  }

  /** Waits for the next attempt, or throws: `otherwise` where no attempt would help, TableLockTimeoutError where none is left. */
  async *after(failure: PieceFailure, piece: Piece, watch: Watch, otherwise: Error): AsyncGenerator<RunEvent> {
    const state = sqlState(failure.cause) ?? ''
    const { lockWaitMs, limits, signal } = this.#request
    if (signal.aborted || !piece.transaction || !WORTH_A_RETRY.has(state) || failure.place === undefined)
      throw otherwise
    const now = performance.now()
    if (this.#attempts === 0) this.#since = now
    this.#attempts += 1
    const delayMs = Math.min(RETRY_MS.first * 2 ** (this.#attempts - 1), RETRY_MS.most)
    const { step } = failure.place
    if (now + delayMs - this.#since > lockWaitMs) {
      if (state !== '55P03') throw otherwise
      throw new TableLockTimeoutError({
        id: step.id,
        blockers: watch.blockers.map(sessionText),
        attempts: this.#attempts,
        lockTimeoutMs: limits.lockTimeoutMs,
        outcome: (otherwise as { outcome?: Outcome }).outcome ?? { kind: 'nothing' },
      })
    }
    yield { type: 'retrying', step, attempt: this.#attempts + 1, delayMs, why: (failure.cause as Error).message }
    await sleep(delayMs, undefined, { signal }).catch(() => {
      throw otherwise
    })
  }
}

function summary(request: RunRequest, { done }: Progress, total: number, applied: number, tables: number): RunSummary {
  return { direction: request.direction, runId: request.identity.runId, done, applied, total, tables }
}

/** A second connection, opened when it is first needed. */
function sideConnection(url: string): { connect(): Promise<Client>; close(): Promise<void> } {
  let opened: Promise<Client> | undefined
  return {
    connect: () => {
      opened ??= connect(url, 'watch')
      opened.catch(() => {
        opened = undefined
      })
      return opened
    },
    close: async () => {
      await opened?.then((client) => client.end()).catch(() => {})
    },
  }
}

const CANCEL_AGAIN_MS = 250

/**
 * Ctrl-C ends what the server is doing, not only this process: statements already sent would otherwise still be run and committed.
 * Asked again until the run is over, since a request that arrives between two statements cancels nothing.
 */
function cancelOnAbort(progress: Progress, signal: AbortSignal, connectSide: () => Promise<Client>): () => void {
  let timer: NodeJS.Timeout | undefined
  const cancel = async () => {
    await connectSide()
      .then((side) => sendAll(side, [text('select pg_cancel_backend($1)', progress.backendPid)]))
      .catch(() => {})
    timer = setTimeout(cancel, CANCEL_AGAIN_MS)
  }
  signal.addEventListener('abort', cancel, { once: true })
  return () => {
    signal.removeEventListener('abort', cancel)
    clearTimeout(timer)
  }
}
