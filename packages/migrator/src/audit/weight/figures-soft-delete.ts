/** Which rows can be deleted without being lost. Pure. */
import { columnOf, type Subject } from '../../rules/subject.ts'
import { type Share, shareOf } from './share.ts'

export interface SoftDeleteFigures {
  /** Tables with deleted_at, of all. */
  readonly deletedAt: Share
  /** Tables without deleted_at, of those that have it in V1. */
  readonly missing: Share
  /** Unique indexes that count deleted rows, of those on tables with deleted_at. Primary keys are not counted. */
  readonly uniqueOverDeleted: Share
}

const LIVE = 'deleted_at IS NULL'

export function softDeleteFigures({ tables, inV1, place }: Subject): SoftDeleteFigures {
  const deletable = tables.filter((table) => columnOf(table, 'deleted_at') !== undefined)
  const unique = deletable.flatMap(({ indexes }) => indexes.filter((index) => index.unique && !index.primary))
  const resources = tables.filter((table) => columnOf(inV1(place(table)), 'deleted_at') !== undefined)
  return {
    deletedAt: { count: deletable.length, of: tables.length },
    missing: shareOf(resources, (table) => columnOf(table, 'deleted_at') === undefined),
    uniqueOverDeleted: shareOf(unique, ({ predicate }) => !predicate?.includes(LIVE)),
  }
}
