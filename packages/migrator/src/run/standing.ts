/**
 * What stands before a migration outside a transaction is begun, or begun again. An index is dropped only if it is provably what an
 * interrupted run of this migration left: the migration was begun, the index is INVALID, it is the one that the statement builds, and no
 * other session may be building it. Whatever else has the name is refused before anything is recorded or run.
 */
import type { Client } from '../database/connect.ts'
import type { HistoryRow } from '../database/history.ts'
import { type IndexState, indexName, indexState } from '../database/index-state.ts'
import { sessionText } from '../database/lock.ts'
import { sendAll } from '../database/pipeline.ts'
import { aloneKind } from '../sql/alone-kind.ts'
import { type IndexBuild, indexBuild } from '../sql/index-build.ts'
import { meaningfulTokens } from '../sql/lexer.ts'
import { quoted } from '../sql/names.ts'
import { objectStatement } from '../sql/objects.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { IndexBeingBuiltError, NameTakenError } from './errors.ts'
import type { PieceContext } from './piece.ts'
import { PieceFailure } from './piece-failure.ts'

export interface Standing {
  /** The INVALID index that an interrupted run left, which is dropped first. */
  readonly leftover?: string
  /** The index that the interrupted run built, or dropped, to its end: only the record of that is missing. */
  readonly done?: string
}

/** Needs the open transaction of the run. `row`: the migration's row in the history. Throws PieceFailure with the refusal. */
export async function lookedAt(
  { client, direction }: PieceContext,
  step: Planned,
  row: HistoryRow | undefined,
): Promise<Standing> {
  const sql = step.render[direction].statements[0]?.sql ?? ''
  if (aloneKind(sql) === 'drop index') return isBegun(row) ? droppedBefore(client, sql) : {}
  const build = direction === 'up' ? indexBuild(sql) : undefined
  if (build === undefined) return {}
  const state = await indexState(client, build, 'in a transaction')
  return state === undefined ? {} : judged(step, build, state, isBegun(row))
}

const isBegun = (row: HistoryRow | undefined): boolean => row !== undefined && row.durationMs === null

/** Where none of the indexes is there any more, an interrupted run has dropped them. */
async function droppedBefore(client: Client, sql: string): Promise<Standing> {
  const names = (objectStatement(meaningfulTokens(sql))?.names ?? []).map(
    ({ schema, name }) => `${quoted(schema ?? 'public')}.${quoted(name)}`,
  )
  const [left] = await sendAll(client, [
    statement('select from unnest($1::text[]) name where to_regclass(name) is not null', names),
  ])
  return names.length > 0 && left!.rowCount === 0 ? { done: names.join(', ') } : {}
}

/** Pure. Throws PieceFailure with the refusal. */
function judged(step: Planned, build: IndexBuild, state: IndexState, isBegun: boolean): Standing {
  const index = indexName(build)
  const { kind, table, definition, isValid, isSame, isUndecided, wanted, builders } = state
  if (!isBegun || !isSame)
    throw refused(
      step,
      (unfinished) =>
        new NameTakenError({
          ...{ id: step.id, index, isBegun, isUndecided, kind, table, definition, isValid, wanted },
          ...unfinished,
        }),
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
