/** Extensions, publications and what else belongs to no table, in two catalogues → their differences. Pure. */
import { type CatalogDifference, type Comparison, differing, pairs, type Same } from './difference.ts'
import type { Catalog, DatabaseObject } from './types.ts'

export function objectDifferences(
  live: Catalog,
  other: Catalog,
  { bodies }: Comparison,
  isSame: Same,
): CatalogDifference[] {
  if (live.objects === undefined || other.objects === undefined) return []
  const [here, there] = [live.objects, other.objects].map((all) => all.filter(({ extension }) => extension === null))
  const keyOf = ({ kind, table, name }: DatabaseObject) => JSON.stringify([kind, table, name])
  return pairs(here!, there!, keyOf).flatMap((pair) => {
    const { kind, table } = (pair[0] ?? pair[1]) as DatabaseObject
    return differing([pair], { kind, table, isSame, describe: (one) => definitionText(one, bodies) })
  })
}

/** The extensions that come with PostgreSQL have other versions in another major version. */
const definitionText = ({ kind, definition }: DatabaseObject, bodies: boolean): string =>
  kind === 'extension' && !bodies ? definition.replace(/, version .*$/, '') : definition
