/**
 * A connection died with statements under way. Whether they were committed is asked of the server on a new connection, so that the operator
 * need not guess. The old backend holds the run's lock as long as it is at work, so the lock shows whether it is.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../database/connect.ts'
import { inspect } from '../database/inspect.ts'
import type { Limits } from '../database/session.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { Outcome } from './errors.ts'

const GIVE_UP_AFTER_MS = 5000
const NEXT_TRY_MS = 250
const LIMITS: Limits = { lockTimeoutMs: 1000, statementTimeoutMs: 5000 }

export interface Expected {
  readonly direction: Direction
  /** All steps that the run planned, including those that are committed already. */
  readonly steps: readonly Planned[]
}

/** `lost`: the connection that died. */
export async function askOutcome(lost: Client, expected: Expected): Promise<Outcome> {
  const deadline = performance.now() + GIVE_UP_AFTER_MS
  let outcome: Outcome = { kind: 'unknown' }
  while (performance.now() < deadline) {
    let client: Client | undefined
    try {
      client = await lost.another('aftermath')
      const state = await inspect(client, LIMITS, 'run')
      if (state.lock.held) {
        const has = new Set(
          state.history.filter(({ durationMs }) => durationMs !== null).map(({ domain, name }) => `${domain}/${name}`),
        )
        const begun = state.history.find(({ durationMs }) => durationMs === null)
        const halfway = begun && expected.steps.find(({ id }) => id === `${begun.domain}/${begun.name}`)
        const done = expected.steps
          .filter((step) => step !== halfway && has.has(step.id) === (expected.direction === 'up'))
          .map(({ id }) => id)
        if (halfway) return { kind: 'halfway', id: halfway.id, ids: done }
        if (done.length === 0) return { kind: 'nothing' }
        return done.length === expected.steps.length ? { kind: 'complete' } : { kind: 'partly', ids: done }
      }
      outcome = { kind: 'running' }
    } catch {
      // A server that restarts refuses connections for a moment, so this tries again until the deadline.
    } finally {
      await client?.end().catch(() => {})
    }
    await sleep(NEXT_TRY_MS)
  }
  return outcome
}
