/**
 * A connection died with statements under way. Whether they were committed is asked of the server on a new connection, so that the operator
 * need not guess. The old backend holds the run's lock as long as it is at work, so the lock shows whether it is.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../database/connect.ts'
import { idOf } from '../database/history.ts'
import { type DatabaseState, inspect } from '../database/inspect.ts'
import type { Limits } from '../database/session.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { Outcome } from './errors.ts'

const GIVE_UP_AFTER_MS = 5000
/** After Ctrl-C nobody waits that long. */
const GIVE_UP_AFTER_ABORT_MS = 300
const NEXT_TRY_MS = 100
const LIMITS: Limits = { lockTimeoutMs: 1000, statementTimeoutMs: 5000 }

export interface Expected {
  readonly direction: Direction
  /** All steps that the run planned, including those that are committed already. */
  readonly steps: readonly Planned[]
}

/** `lost`: the connection that died. The answer is that which is known when the time is up: at the latest after GIVE_UP_AFTER_MS. */
export async function askOutcome(lost: Client, expected: Expected, signal: AbortSignal): Promise<Outcome> {
  const enough = new AbortController()
  const give = () => enough.abort()
  let timer = setTimeout(give, signal.aborted ? GIVE_UP_AFTER_ABORT_MS : GIVE_UP_AFTER_MS)
  const hurry = () => {
    clearTimeout(timer)
    timer = setTimeout(give, GIVE_UP_AFTER_ABORT_MS)
  }
  signal.addEventListener('abort', hurry, { once: true })
  let outcome: Outcome = { kind: 'unknown' }
  try {
    while (!enough.signal.aborted) {
      const found = await ask(lost, expected, enough.signal)
      if (found !== undefined && found.kind !== 'running') return found
      outcome = found ?? outcome
      await sleep(NEXT_TRY_MS, undefined, { signal: enough.signal }).catch(() => {})
    }
    return outcome
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', hurry)
  }
}

/** Undefined if there was no answer. A server that restarts refuses connections for a moment, so this is asked again. */
async function ask(lost: Client, expected: Expected, signal: AbortSignal): Promise<Outcome | undefined> {
  let client: Client | undefined
  try {
    client = await lost.another('aftermath', { signal })
    const state = await inspect(client, LIMITS, 'run')
    return state.lock.held ? outcomeIn(state, expected) : { kind: 'running' }
  } catch {
    return undefined
  } finally {
    await client?.end().catch(() => {})
  }
}

/** What a database has, as long as no other run changes it. */
function outcomeIn({ history }: DatabaseState, { direction, steps }: Expected): Outcome {
  const has = new Set(history.filter(({ durationMs }) => durationMs !== null).map(idOf))
  const begun = history.find(({ durationMs }) => durationMs === null)
  const halfway = begun && steps.find(({ id }) => id === idOf(begun))
  const done = steps.filter((step) => step !== halfway && has.has(step.id) === (direction === 'up')).map(({ id }) => id)
  if (halfway) return { kind: 'halfway', id: halfway.id, ids: done }
  if (done.length === 0) return { kind: 'nothing' }
  return done.length === steps.length ? { kind: 'complete' } : { kind: 'partly', ids: done }
}
