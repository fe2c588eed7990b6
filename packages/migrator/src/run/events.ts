/** The events that a run yields while it runs. The report is a pure function of them; a run prints nothing itself. */
import type { Session } from '../database/lock.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'

export type RunEvent =
  /** The steps that are going to run. Yielded again if another run or a retry has changed them. */
  | { readonly type: 'planned'; readonly direction: Direction; readonly steps: readonly Planned[] }
  /** Another run holds the lock. */
  | { readonly type: 'waiting'; readonly holder: Session | undefined; readonly waitedMs: number }
  /** A statement waits for locks that the sessions in `by` hold. */
  | { readonly type: 'blocked'; readonly step: Planned; readonly by: readonly Session[] }
  /** The transaction was rolled back and will be tried again after `delayMs` milliseconds. */
  | {
      readonly type: 'retrying'
      readonly step: Planned
      readonly attempt: number
      readonly delayMs: number
      readonly why: string
    }
  /** The run is committed in several pieces, since the server has no room for the locks of one transaction. */
  | { readonly type: 'split'; readonly pieces: number; readonly lockSlots: number }
  /** An INVALID index was dropped. `index`: `public.idx_users_name`. `of`: what had left it. */
  | {
      readonly type: 'cleaned'
      readonly step: Planned
      readonly index: string
      readonly of: 'an interrupted run' | 'its own failed build'
    }
  /** An interrupted run had built or dropped the index to its end: only the record of that was missing. */
  | { readonly type: 'adopted'; readonly step: Planned; readonly index: string }
  | { readonly type: 'started'; readonly step: Planned }
  /** The step is done; its transaction is not committed yet. */
  | { readonly type: 'landed'; readonly step: Planned; readonly durationMs: number }
  | { readonly type: 'committed'; readonly steps: readonly Planned[] }

export interface RunSummary {
  readonly direction: Direction
  readonly runId: string
  readonly done: readonly { readonly step: Planned; readonly durationMs: number }[]
  /** How many of the migrations in migrations.lock the database has now. */
  readonly applied: number
  readonly total: number
  /** How many tables public has, without the history. */
  readonly tables: number
}
