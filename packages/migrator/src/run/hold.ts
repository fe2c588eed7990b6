/** The run's lock for a change that is not a run: whoever edits the history keeps every run out meanwhile, and is kept out by one. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../database/connect.ts'
import { type DatabaseState, historyUnreadable, inspect } from '../database/inspect.ts'
import { holderText, type Session } from '../database/lock.ts'
import { sendAll } from '../database/pipeline.ts'
import type { Limits } from '../database/session.ts'
import { targetText } from '../database/target.ts'
import { statement } from '../statement.ts'
import { RunInterruptedError, RunLockHeldError } from './errors.ts'
import { assertMayChange, assertServer } from './guard.ts'

const POLL_MS = 250

export interface Hold {
  readonly limits: Limits
  /** How long to keep trying; 0 = one try. */
  readonly lockWaitMs: number
  readonly signal: AbortSignal
  /** Called when the lock is first found held, and when its holder changes. */
  onWaiting(holder: Session | undefined): void
}

/**
 * Leaves a transaction open that holds the run's lock, and returns what the database has. Between two tries no transaction is open.
 * Throws RunLockHeldError, RunInterruptedError, ServerTooOldError, what historyFailure and what assertNotReadOnly throws.
 */
export async function holdRunLock(
  client: Client,
  { limits, lockWaitMs, signal, onWaiting }: Hold,
): Promise<DatabaseState> {
  const startedAt = performance.now()
  let told: number | undefined | null = null
  for (;;) {
    const state = await inspect(client, limits, 'run').catch(async (error) => {
      throw await historyUnreadable(client, error)
    })
    assertServer(state, targetText(client.target))
    if (signal.aborted) throw interrupted()
    await assertMayChange(client, state)
    if (state.lock.held) return state
    await sendAll(client, [statement('rollback')])
    const { holder } = state.lock
    const waitedMs = performance.now() - startedAt
    if (waitedMs >= lockWaitMs) throw new RunLockHeldError({ holder: holderText(holder), waitedMs })
    if (told !== holder?.pid) onWaiting(holder)
    told = holder?.pid
    await sleep(POLL_MS, undefined, { signal }).catch(() => {
      throw interrupted()
    })
  }
}

const interrupted = () => new RunInterruptedError({ direction: 'up', outcome: { kind: 'nothing' } })
