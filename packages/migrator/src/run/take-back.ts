/**
 * The statement of a migration outside a transaction failed with an answer of the server. If it is certain that nothing of it is left, the
 * history row is taken back: the migration is as if it had not been begun, and its file can be corrected. An INVALID index that the failed
 * statement has just made is dropped for that, in the same session, which still holds the run's lock.
 */
import { isConnectionLoss, sqlState } from '../database/connect.ts'
import { forgetBegun, type HistoryRow, recordFinished } from '../database/history.ts'
import { indexName, indexState, invalidIndexes } from '../database/index-state.ts'
import { sendAll } from '../database/pipeline.ts'
import { aloneKind } from '../sql/alone-kind.ts'
import { indexBuild } from '../sql/index-build.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { dropEmptyHistory } from './ending.ts'
import type { PieceContext } from './piece.ts'

/** The drop waits for every transaction that uses the table, and must not hold the run for ever. */
const DROP_WITHIN_MS = 30_000
const DUPLICATE_TABLE = '42P07'

export interface Before {
  /** The migration's row as it was before it was begun. */
  readonly row: HistoryRow | undefined
  /** The history was made for it. */
  readonly createHistory: boolean
}

export interface TakenBack {
  readonly isTakenBack: boolean
  /** The index that was dropped for it. */
  readonly dropped?: string
}

const NO: TakenBack = { isTakenBack: false }

export async function takenBack(
  context: PieceContext,
  step: Planned,
  { row, createHistory }: Before,
  cause: unknown,
): Promise<TakenBack> {
  const { client, direction, identity, signal } = context
  const wasBegun = row !== undefined && row.durationMs === null
  // What an earlier run has left of it is not known. An interrupted run has no time to clean up: the next one does.
  if (wasBegun || signal.aborted || sqlState(cause) === undefined || isConnectionLoss(client, cause)) return NO
  try {
    const { isGone, dropped } = await undone(context, step, cause)
    if (!isGone) return NO
    const back =
      direction === 'up'
        ? [forgetBegun(step, identity.runId), ...(createHistory ? [dropEmptyHistory] : [])]
        : row === undefined
          ? []
          : [recordFinished(step, row.runId, row.durationMs as number)]
    await sendAll(client, back)
    return { isTakenBack: true, ...(dropped === undefined ? {} : { dropped }) }
  } catch {
    // The row stays, and the message says what to do.
    return NO
  }
}

interface Undone {
  readonly isGone: boolean
  readonly dropped?: string
}

async function undone(context: PieceContext, step: Planned, cause: unknown): Promise<Undone> {
  const { client, direction } = context
  const sql = step.render[direction].statements[0]?.sql ?? ''
  switch (aloneKind(sql)) {
    case 'atomic':
      return { isGone: true }
    case 'build index':
      return withoutOwnIndex(context, sql, cause)
    case 'drop index':
    case 'reindex':
    case 'detach': {
      // Each of them leaves something that is marked as not valid where it was stopped half-way.
      const [found] = await sendAll(client, [invalidIndexes])
      return { isGone: found!.rows.length === 0 }
    }
    case 'unknown':
      return { isGone: false }
  }
}

async function withoutOwnIndex({ client }: PieceContext, sql: string, cause: unknown): Promise<Undone> {
  const build = indexBuild(sql)
  // The name was free before. If it is taken now, somebody else took it meanwhile, and this statement made nothing.
  if (build === undefined || sqlState(cause) === DUPLICATE_TABLE) return { isGone: build !== undefined }
  const state = await indexState(client, build, 'on its own')
  if (state === undefined) return { isGone: true }
  if (!state.isSame || state.isValid || state.builders.length > 0) return { isGone: false }
  const index = indexName(build)
  await sendAll(client, [
    statement("select set_config('statement_timeout', $1, false)", String(DROP_WITHIN_MS)),
    statement(`drop index concurrently ${index}`),
  ])
  return { isGone: true, dropped: index }
}
