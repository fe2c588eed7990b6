/** What a run was asked for, and how far it has come: what every part of it reads. */

import type { RunIdentity } from '../database/history.ts'
import type { Limits } from '../database/session.ts'
import type { Plan, PlanInput } from '../plan/plan.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { Outcome } from './errors.ts'

export interface RunRequest {
  readonly url: string
  /** How messages name the database. */
  readonly target: string
  readonly order: PlanInput['order']
  readonly graph: PlanInput['graph']
  readonly direction: Direction
  /** Asked again for each piece, with the history as it is then. */
  readonly decide: (known: PlanInput) => Plan
  readonly identity: RunIdentity
  readonly limits: Limits
  /** How long to go on trying for a lock; 0 = one try. */
  readonly lockWaitMs: number
  readonly perMigration: boolean
  readonly allowNonempty: boolean
  readonly signal: AbortSignal
}

/** The steps that were committed, and what is still needed to say so when something goes wrong. */
export class Progress {
  readonly done: { readonly step: Planned; readonly durationMs: number }[] = []
  planned: readonly Planned[] = []
  tables: number | undefined
  backendPid = 0
  get outcome(): Outcome {
    return this.done.length === 0 ? { kind: 'nothing' } : { kind: 'partly', ids: this.done.map(({ step }) => step.id) }
  }
}
