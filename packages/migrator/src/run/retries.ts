/** Which failures are worth another try of the same transaction, and for how long. */
import { setTimeout as sleep } from 'node:timers/promises'
import { sqlState } from '../database/connect.ts'
import { sessionText } from '../database/lock.ts'
import { reason } from '../errors.ts'
import { TableLockTimeoutError, type UnfinishedRunError } from './errors.ts'
import type { RunEvent } from './events.ts'
import type { PieceFailure } from './piece-failure.ts'
import type { Piece } from './pieces.ts'
import type { RunRequest } from './request.ts'
import type { Watch } from './watch.ts'

const RETRY_MS = { first: 500, most: 8000 }
/** lock_not_available, deadlock_detected, serialization_failure: the same transaction may succeed later. */
const WORTH_A_RETRY = new Set(['55P03', '40P01', '40001'])

/** Counts the attempts for one transaction. Each wait before the next attempt is longer, until `lockWaitMs` is used up. */
export class Retries {
  #attempts = 0
  #since = 0
  readonly #request: RunRequest
  constructor(request: RunRequest) {
    this.#request = request
  }

  reset(): void {
    this.#attempts = 0
  }

  /** Waits before the next attempt. Throws `otherwise` if another attempt would not help, TableLockTimeoutError if the time is used up. */
  async *after(
    failure: PieceFailure,
    piece: Piece,
    watch: Watch,
    otherwise: UnfinishedRunError,
  ): AsyncGenerator<RunEvent> {
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
        direction: this.#request.direction,
        outcome: otherwise.outcome,
      })
    }
    yield { type: 'retrying', step, attempt: this.#attempts + 1, delayMs, why: reason(failure.cause) }
    await sleep(delayMs, undefined, { signal }).catch(() => {
      throw otherwise
    })
  }
}
