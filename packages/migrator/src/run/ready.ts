/**
 * Begin, try the lock, read the history, plan; repeated until this session holds the lock or there is nothing to do.
 * Between two tries no transaction is open, so a waiting run holds no snapshot that the other run might wait for.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, isConnectionLoss, sqlState } from '../database/connect.ts'
import type { HistoryRow } from '../database/history.ts'
import { type DatabaseState, historyUnreadable, inspect, type OnHistory } from '../database/inspect.ts'
import { holderText } from '../database/lock.ts'
import { sendAll } from '../database/pipeline.ts'
import { reason } from '../errors.ts'
import type { Plan } from '../plan/plan.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { BetweenStepsError, ConnectionLostError, RunInterruptedError, RunLockHeldError } from './errors.ts'
import type { RunEvent } from './events.ts'
import { assertMayWrite, assertServer } from './guard.ts'
import type { Progress, RunRequest } from './request.ts'

const POLL_MS = { first: 100, most: 1000 }
const RETELL_MS = 5000

export interface Ready {
  readonly state: DatabaseState
  readonly plan: Plan
}

/** Told the steps that are probably going to be run, while the server is still answering what else has to be known. It must not throw. */
export type OnSteps = (steps: readonly Planned[]) => void

/**
 * Leaves a transaction open that holds the lock, and returns the plan for it. If the plan has no steps, the lock need not be held.
 * Throws what `decide`, assertServer, assertMayWrite and assertCleanSlate throw, RunLockHeldError, RunInterruptedError, ConnectionLostError,
 * QueryFailedError.
 */
export async function* ready(
  client: Client,
  request: RunRequest,
  progress: Progress,
  onSteps?: OnSteps,
): AsyncGenerator<RunEvent, Ready> {
  const { target, lockWaitMs, signal } = request
  const startedAt = performance.now()
  let toldAt = Number.NEGATIVE_INFINITY
  let toldWhom: number | undefined
  for (let pollMs = POLL_MS.first; ; pollMs = Math.min(pollMs * 1.5, POLL_MS.most)) {
    let foreseen: Plan | undefined
    const state = await inspecting(client, request, progress, (history) => {
      try {
        foreseen = decided(request, history)
      } catch {
        // It is thrown below, when it is known that there is nothing worse to say.
      }
      if (foreseen !== undefined && foreseen.steps.length > 0) onSteps?.(foreseen.steps)
    })
    assertServer(state, target)
    const plan = foreseen ?? decided(request, state.history)
    progress.backendPid = state.backendPid
    if (plan.steps.length === 0) return { state, plan }
    if (signal.aborted) throw new RunInterruptedError({ direction: request.direction, outcome: progress.outcome })
    await assertMayWrite(client, state, { ...request, steps: plan.steps })
    if (state.lock.held) {
      if (request.direction === 'up' && !state.hasHistory && state.strangers.length > 0) {
        const { assertCleanSlate } = await import('./clean-slate.ts')
        assertCleanSlate(state, { steps: plan.steps, ...request })
      }
      return { state, plan }
    }
    // On a dead connection this fails, and so does the next look, which says what is known of the run.
    await sendAll(client, [statement('rollback')]).catch(() => {})
    progress.backendPid = undefined
    const { holder } = state.lock
    const now = performance.now()
    if (now - startedAt >= lockWaitMs) {
      const { outcome } = progress
      throw new RunLockHeldError({
        holder: holderText(holder),
        waitedMs: now - startedAt,
        direction: request.direction,
        outcome,
      })
    }
    if (holder?.pid !== toldWhom || now - toldAt > RETELL_MS) {
      yield { type: 'waiting', holder, waitedMs: now - startedAt }
      toldAt = now
      toldWhom = holder?.pid
    }
    await pause(pollMs, signal, request, progress)
  }
}

const decided = ({ decide, order, graph, target }: RunRequest, history: readonly HistoryRow[]): Plan =>
  decide({ order, graph, history, database: target })

async function inspecting(
  client: Client,
  request: RunRequest,
  progress: Progress,
  onHistory: OnHistory,
): Promise<DatabaseState> {
  try {
    return await inspect(client, request.limits, request.overrideReadOnly ? 'override' : 'run', onHistory)
  } catch (error) {
    const { direction, signal } = request
    if (signal.aborted) throw new RunInterruptedError({ direction, outcome: progress.outcome })
    if (isConnectionLoss(client, error)) {
      const { outcome } = progress
      throw new ConnectionLostError({ during: 'between two steps', detail: reason(error), direction, outcome }, error)
    }
    // What is committed already must be said, whatever it is that fails.
    if (progress.done.length === 0) throw await historyUnreadable(client, error)
    const { outcome } = progress
    throw new BetweenStepsError({ serverMessage: reason(error), sqlState: sqlState(error), direction, outcome }, error)
  }
}

async function pause(ms: number, signal: AbortSignal, { direction }: RunRequest, { outcome }: Progress): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch {
    throw new RunInterruptedError({ direction, outcome })
  }
}
