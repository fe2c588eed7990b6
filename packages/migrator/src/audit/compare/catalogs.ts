/** Two catalogues → what they differ in, in words. Pure. */
import { type CatalogDifference, compare } from '../../catalog/compare.ts'
import type { Catalog } from '../../catalog/types.ts'
import { HISTORY_TABLE } from '../../database/history.ts'
import { quoted } from '../../sql/names.ts'
import { majorOf } from '../gap.ts'

/** The history is compared by its rows; whether there is a table for them is a part of that. */
export const catalogDifferences = (a: Catalog, b: Catalog): CatalogDifference[] =>
  compare(a, b, { bodies: majorOf(a) === majorOf(b), comments: true }).filter(
    ({ kind, name, change }) => kind !== 'table' || name !== HISTORY_TABLE || change === 'changed',
  )

/** `column users.email`, `table users`, `function uuid_v7()`. */
export function whatText({ kind, table, name }: CatalogDifference): string {
  // The name of a function is its signature here, which is not quoted as one name.
  const own = kind === 'function' ? name : placeText(name)
  return `${kind} ${table === null || kind === 'table' ? own : `${placeText(table)}.${quoted(name)}`}`
}

/** A place is a name, or a schema and a name. */
const placeText = (place: string): string => place.split('.').map(quoted).join('.')
