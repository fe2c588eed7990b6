/**
 * The statements of static steps on their way to the server. So many are sent before the first is answered that the server never waits for
 * the next, and so few that a plan of any size takes little memory: what is answered and handled is let go of.
 */
import type { QueryResult } from 'pg'
import type { Planned } from '../workspace/workspace.ts'
import type { FailurePlace } from './failure.ts'

export interface Sent {
  readonly answer: Promise<QueryResult>
  readonly place: FailurePlace
}

interface SentStep {
  readonly step: Planned
  readonly sent: readonly Sent[]
  readonly size: number
}

/** Characters of SQL. More than what fits into the buffers of a connection, so that it costs no round trip. */
const MOST_UNDER_WAY = 512 * 1024
/** What is sent around each statement, and kept of it, about. */
const AROUND = 500

const sizeOf = (sent: readonly Sent[]): number =>
  sent.reduce((sum, { place }) => sum + AROUND + (place.statement?.sql.length ?? 0), 0)

export interface FlightPlan {
  readonly steps: readonly Planned[]
  send(step: Planned): readonly Sent[]
  /** Called once, when the last statement of the last step has been sent. */
  onAllSent(): void
}

export class Flight {
  readonly #plan: FlightPlan
  readonly #underWay: SentStep[] = []
  #size = 0
  #next = 0

  /** Sends as much as may be under way. */
  constructor(plan: FlightPlan) {
    this.#plan = plan
    this.#fill()
  }

  #fill(): void {
    const { steps, send, onAllSent } = this.#plan
    if (this.#next === steps.length) return
    while (this.#next < steps.length && this.#size < MOST_UNDER_WAY) {
      const step = steps[this.#next] as Planned
      const sent = send(step)
      const size = sizeOf(sent)
      this.#underWay.push({ step, sent, size })
      this.#size += size
      this.#next += 1
    }
    if (this.#next === steps.length) onAllSent()
  }

  /** The steps in their order. Whoever asks for the next one has handled the answers of the one before. */
  *[Symbol.iterator](): Generator<SentStep> {
    for (let first = this.#underWay[0]; first !== undefined; first = this.#underWay[0]) {
      yield first
      this.#underWay.shift()
      this.#size -= first.size
      this.#fill()
    }
  }

  /** Waits until everything that was sent is answered, however it is answered. */
  async landed(): Promise<void> {
    await Promise.allSettled(this.#underWay.flatMap(({ sent }) => sent.map(({ answer }) => answer)))
  }
}
