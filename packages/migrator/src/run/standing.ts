/**
 * What stands before a migration outside a transaction is begun, or begun again. An index is dropped only if it is provably what an
 * interrupted run of this migration left: the migration was begun, the index is INVALID, it is the one that the statement builds, and no
 * other session may be building it. Whatever else has the name is refused before anything is recorded or run.
 */
import type { HistoryRow } from '../database/history.ts'
import { type IndexState, indexName, indexState } from '../database/index-state.ts'
import { sessionText } from '../database/lock.ts'
import { type IndexBuild, indexBuild } from '../sql/index-build.ts'
import type { Planned } from '../workspace/workspace.ts'
import { IndexBeingBuiltError, NameTakenError } from './errors.ts'
import { PieceFailure } from './piece-failure.ts'
import type { PieceContext } from './transaction.ts'

export interface Standing {
  /** The INVALID index that an interrupted run left, which is dropped first. */
  readonly leftover?: string
  /** The index that the interrupted run built to its end: only the record of it is missing. */
  readonly done?: string
}

/** Needs the open transaction of the run. `row`: the migration's row in the history. Throws PieceFailure with the refusal. */
export async function lookedAt(
  { client, direction }: PieceContext,
  step: Planned,
  row: HistoryRow | undefined,
): Promise<Standing> {
  const [only] = step.render.up.statements
  const build = direction === 'up' && only !== undefined ? indexBuild(only.sql) : undefined
  if (build === undefined) return {}
  const state = await indexState(client, build, 'in a transaction')
  return state === undefined ? {} : judged(step, build, state, row !== undefined)
}

/** Pure. Throws PieceFailure with the refusal. */
export function judged(step: Planned, build: IndexBuild, state: IndexState, isBegun: boolean): Standing {
  const index = indexName(build)
  const { kind, table, definition, isValid, isSame, wanted, builders } = state
  if (!isBegun || !isSame)
    throw refused(
      step,
      (unfinished) =>
        new NameTakenError({ id: step.id, index, isBegun, kind, table, definition, isValid, wanted, ...unfinished }),
    )
  if (isValid) return { done: index }
  if (builders.length > 0)
    throw refused(
      step,
      (unfinished) =>
        new IndexBeingBuiltError({ id: step.id, index, builders: builders.map(sessionText), ...unfinished }),
    )
  return { leftover: index }
}

function refused(step: Planned, refusal: NonNullable<PieceFailure['refusal']>): PieceFailure {
  const failure = new PieceFailure(new Error('what stands is in the way'), { step })
  failure.refusal = refusal
  return failure
}
