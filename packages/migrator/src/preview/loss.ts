/** One thing that a down would destroy, as a value. */
import type { Effect } from '../sql/effect.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { Count } from './count.ts'

/** An object that goes with another, or that is in its way. */
export interface Other {
  /** `index`, `view`, `table constraint`. */
  readonly kind: string
  /** `fk_sessions_user on sessions`. */
  readonly name: string
  /** The table that it is, or is a part of. */
  readonly table: string | null
  readonly count?: Count
}

export interface Loss {
  readonly step: Planned
  readonly effect: Effect
  /** `new`: an earlier statement of these downs has made it, so the database has nothing of that name now. */
  readonly state: 'there' | 'gone' | 'new'
  /** The rows or values that go; undefined for what holds none. */
  readonly count: Count | undefined
  readonly along: readonly Other[]
  /** Goes because the statement says CASCADE, or because a foreign key says ON DELETE CASCADE. */
  readonly cascades: readonly Other[]
  /** Without CASCADE the server refuses the drop because of these. */
  readonly refusedBy: readonly Other[]
}
