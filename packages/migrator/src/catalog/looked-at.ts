import type { CatalogDifference } from './difference.ts'
import type { Unread } from './types.ts'

/** The tables and views of which nothing is told, as placeOf() names them. */
export const passedOverIn = (unread: readonly Unread[] = []): ReadonlySet<string> =>
  new Set(unread.flatMap(({ table, isPassedOver }) => (isPassedOver && table !== null ? table : [])))

/** Whether what differs was looked at in both catalogues: of what was passed over, nothing can be said. */
export function isLookedAt(unread: readonly Unread[]): (difference: CatalogDifference) => boolean {
  const places = passedOverIn(unread)
  const routines = new Set(unread.flatMap(({ routine }) => routine ?? []))
  return ({ kind, table, name }) => {
    if (table !== null) return !places.has(table)
    return kind === 'function' ? !routines.has(name) : kind !== 'view' || !places.has(name)
  }
}
