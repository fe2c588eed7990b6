/** What a run tells while it runs. The report is a pure function of these; nothing here prints. */
import type { Session } from '../database/lock.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'

export type RunEvent =
  /** What is going to run. Told again when a lost race or a retry changed it. */
  | { readonly type: 'planned'; readonly direction: Direction; readonly steps: readonly Planned[] }
  /** Another run holds the lock. */
  | { readonly type: 'waiting'; readonly holder: Session | undefined; readonly waitedMs: number }
  /** A statement waits for locks that these hold. */
  | { readonly type: 'blocked'; readonly step: Planned; readonly by: readonly Session[] }
  /** The transaction was rolled back and is tried again. */
  | {
      readonly type: 'retrying'
      readonly step: Planned
      readonly attempt: number
      readonly delayMs: number
      readonly why: string
    }
  /** The run is committed in pieces, since one transaction has no room for its locks. */
  | { readonly type: 'split'; readonly pieces: number; readonly lockSlots: number }
  /** An index that an interrupted run left behind was dropped. */
  | { readonly type: 'cleaned'; readonly step: Planned; readonly index: string }
  | { readonly type: 'started'; readonly step: Planned }
  /** Done in its transaction, which is not committed yet. */
  | { readonly type: 'landed'; readonly step: Planned; readonly durationMs: number }
  | { readonly type: 'committed'; readonly steps: readonly Planned[] }

export interface RunSummary {
  readonly direction: Direction
  readonly runId: string
  readonly done: readonly { readonly step: Planned; readonly durationMs: number }[]
  /** Of all planned migrations, how many the database has now. */
  readonly applied: number
  readonly total: number
  /** Tables in public but for the history. */
  readonly tables: number
}
