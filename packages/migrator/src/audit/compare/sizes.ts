/** Tables that are much larger in one of two databases: a change that takes no time in the one may lock the other. Pure. */
import { placeOf } from '../../catalog/place.ts'
import type { Catalog } from '../../catalog/types.ts'

export interface SizeDifference {
  readonly table: string
  /** The planner's estimates. */
  readonly a: number
  readonly b: number
}

/** Below this a table is read at once, whatever is done with it. */
const SMALL = 10_000
const TIMES = 10

/** The largest first. */
export function sizeDifferences(a: Catalog, b: Catalog): SizeDifference[] {
  const rows = new Map(b.tables.map((table) => [placeOf(table, b.home), table.estimatedRows]))
  return a.tables
    .flatMap((table) => {
      const place = placeOf(table, a.home)
      const other = rows.get(place)
      return other === undefined ? [] : [{ table: place, a: table.estimatedRows, b: other }]
    })
    .filter((one) => most(one) >= SMALL && most(one) >= TIMES * Math.min(one.a, one.b))
    .sort((one, other) => most(other) - most(one))
}

const most = ({ a, b }: SizeDifference): number => Math.max(a, b)
