/**
 * The steps of a run, piece by piece: cut them, run and commit the first piece, then plan again from the history that the database has
 * now. Loaded only if there is something to run.
 */
import { type Client, sqlState } from '../database/connect.ts'
import { idOf } from '../database/history.ts'
import { countTables, type DatabaseState } from '../database/inspect.ts'
import { keepRunLock } from '../database/lock.ts'
import { saysTransactionEnded, wasCommitted, wasCommittedOn } from '../database/own-transaction.ts'
import { sendAll } from '../database/pipeline.ts'
import { lastingSettings } from '../database/session.ts'
import { sideOf } from '../database/side.ts'
import { statement } from '../statement.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { UnfinishedRunError } from './errors.ts'
import type { RunEvent, RunSummary } from './events.ts'
import { failureOf } from './outcome.ts'
import type { PieceContext } from './piece.ts'
import { PieceFailure } from './piece-failure.ts'
import { cutPieces, lockBudget, locksAtMostOf, type Piece } from './pieces.ts'
import { type Ready, ready } from './ready.ts'
import { type Progress, type RunRequest, summary } from './request.ts'
import { Retries } from './retries.ts'
import { assertOwnSession, assertRunnable } from './runnable.ts'
import { runTransaction } from './transaction.ts'
import type { Watch } from './watch.ts'

const OUT_OF_SHARED_MEMORY = '53200'

export interface Begun {
  /** What stands ready, with something to do. */
  readonly first: Ready
  readonly progress: Progress
}

/** So many steps are read ahead at most: more would take longer than the answer that is waited for. */
const READ_AHEAD = 50

/** Does now, while the server is still answering, what is asked of the first steps before they run. */
export function readAhead(steps: readonly Planned[], direction: Direction, { counted }: Progress): void {
  const first = steps.slice(0, READ_AHEAD)
  locksAtMostOf(first, direction, counted)
  assertRunnable(first, direction)
}

/** Throws what run throws. */
export async function* runPieces(
  client: Client,
  request: RunRequest,
  { first, progress }: Begun,
): AsyncGenerator<RunEvent, RunSummary> {
  const retries = new Retries(request)
  let budget = Number.POSITIVE_INFINITY
  let announced: readonly Planned[] = []
  for (let next = first; ; next = yield* ready(client, request, progress)) {
    const { state, plan } = next
    if (plan.steps.length === 0) return summary(request, progress, { ...plan, tables: state.tables })
    if (progress.planned.length === 0) progress.planned = plan.steps
    const isNews = !sameSteps(announced, plan.steps)
    if (isNews) yield { type: 'planned', direction: plan.direction, steps: plan.steps }
    const pieces = await cutPieces(plan.steps, {
      direction: request.direction,
      perMigration: request.perMigration,
      lockBudget: Math.min(budget, lockBudget(state.lockSlots)),
      counted: progress.counted,
    })
    if (isNews && isSplitForRoom(pieces, request))
      yield { type: 'split', pieces: pieces.length, lockSlots: state.lockSlots }
    announced = plan.steps

    if (isNews) assertRunnable(plan.steps, request.direction)
    assertOwnSession(client, plan.steps)
    const piece = pieces[0] as Piece
    const { lockTimeoutMs } = request.limits
    const watch: Watch = {
      pid: state.backendPid,
      connectSide: () => sideOf(client).connect(),
      lockTimeoutMs,
      blockers: [],
    }
    const transactionId = state.lock.held ? state.lock.transactionId : ''
    const context: PieceContext = { client, watch, progress, ...request, transactionId }
    progress.commitSent = false
    try {
      const landed = piece.transaction
        ? yield* inTransaction(context, pieces, state, progress)
        : yield* onItsOwn(context, piece, state)
      progress.done.push(...landed)
      retries.reset()
      yield { type: 'committed', steps: piece.steps }
      if (pieces.length === 1) {
        const change = request.direction === 'up' ? piece.steps.length : -piece.steps.length
        const tables = await tablesNow(client, progress)
        return summary(request, progress, { total: plan.total, applied: plan.applied + change, tables })
      }
      announced = plan.steps.slice(piece.steps.length)
    } catch (error) {
      if (!(error instanceof PieceFailure)) throw error
      if (piece.transaction) await assertStillOpen(context, error, progress.planned)
      if (sqlState(error.cause) === OUT_OF_SHARED_MEMORY && piece.steps.length > 1) {
        // Other sessions fill so much of the lock table that the usual share is not free: halve this run's share.
        budget = Math.floor(Math.min(budget, lockBudget(state.lockSlots)) / 2)
        announced = []
      } else {
        const unfinished = await failureOf(client, error, request, progress)
        if (piece.transaction) await assertNotLeftBehind(context, error, { piece, unfinished })
        yield* retries.after(error, piece, watch, unfinished)
      }
      // On a dead connection this fails, and so does the next look, which says what is known of the run.
      await sendAll(client, [statement('rollback')]).catch(() => {})
    }
  }
}

/** A failed piece is rolled back, unless one of its migrations had ended the transaction before. Throws TransactionEndedError. */
async function assertStillOpen(
  context: PieceContext,
  failure: PieceFailure,
  planned: readonly Planned[],
): Promise<void> {
  const { client, transactionId } = context
  const isOver =
    failure.place !== undefined &&
    (saysTransactionEnded(failure.cause) ||
      failure.wasIdle ||
      (!client.lost && (await wasCommitted(client, transactionId))))
  if (!isOver) return
  const { transactionEnded } = await import('./ended.ts')
  throw await transactionEnded(context, failure, planned)
}

/**
 * The connection was lost. If the transaction was committed and the history has not all steps of the piece, then it was not the run that
 * committed it. Throws TransactionEndedError.
 */
async function assertNotLeftBehind(
  context: PieceContext,
  failure: PieceFailure,
  { piece, unfinished: { outcome } }: { piece: Piece; unfinished: UnfinishedRunError },
): Promise<void> {
  const { client, signal, transactionId, progress } = context
  const isKnown = outcome.kind === 'nothing' || outcome.kind === 'partly'
  if (!client.lost || signal.aborted || !isKnown) return
  const ids = outcome.kind === 'partly' ? outcome.ids : []
  if (piece.steps.every(({ id }) => ids.includes(id)) || !(await wasCommittedOn(client, transactionId))) return
  const { transactionEnded } = await import('./ended.ts')
  throw await transactionEnded(context, failure, progress.planned)
}

const sameSteps = (a: readonly Planned[], b: readonly Planned[]): boolean =>
  a.length === b.length && a.every((step, index) => step.id === b[index]?.id)

/** The number of tables came with the answer to the commit, unless the last piece ran outside a transaction. */
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
    known: { rows: state.history, form: state.historyForm },
    dropHistory: context.direction === 'down' && piece.steps.length === state.history.length,
    beforeCommit: next !== undefined && !next.transaction ? [keepRunLock, lastingSettings(context.limits)] : [],
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
  const row = state.history.find((one) => idOf(one) === step.id)
  const { runAlone } = await import('./alone.ts')
  const durationMs = yield* runAlone(context, step, {
    createHistory: !state.hasHistory,
    row,
    known: { rows: state.history, form: state.historyForm },
    dropHistory: context.direction === 'down' && state.history.length === 1,
  })
  return [{ step, durationMs }]
}
