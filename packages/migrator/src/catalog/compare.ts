/** Two catalogues → their differences, object by object. Pure. */
import { facetDifferences } from './compare-facets.ts'
import { objectDifferences } from './compare-objects.ts'
import { tableDifferences, viewPartDifferences } from './compare-table.ts'
import { bySignature } from './descriptions.ts'
import { type CatalogDifference, type Comparison, differing, nameOf, pairs, type Renamed } from './difference.ts'
import { isLookedAt } from './looked-at.ts'
import { placeOf } from './place.ts'
import { withOldNames } from './renames.ts'
import type { Catalog, Routine, UserType, View } from './types.ts'

/** Sorted by table, then kind. Objects of extensions and partitions are not compared. */
export function compare(found: Catalog, other: Catalog, comparison: Comparison): CatalogDifference[] {
  const { catalog: live, sameIn } = withOldNames(found, other, comparison)
  const own = <T extends { extension: string | null }>(objects: readonly T[]) =>
    objects.filter((one) => one.extension === null)
  const placed = <T extends { name: string; schema?: string }>({ home }: Catalog, objects: readonly T[]) =>
    objects.map((one) => ({ ...one, name: placeOf(one, home) }))
  const both = <T extends { name: string; schema?: string; extension: string | null }>(
    of: (catalog: Catalog) => readonly T[],
  ) => pairs(placed(live, own(of(live))), placed(other, own(of(other))), nameOf)
  const bodyOf = ({ definition }: { definition: string | null }) => (comparison.bodies ? (definition ?? '') : '')
  const whole = { table: null, isSame: sameIn(null) }
  const views = both<View & Renamed>(({ views }) => views)
  const differences: CatalogDifference[] = [
    ...both(({ tables }) => tables.filter(({ partition }) => !partition)).flatMap(([one, expected]) => {
      const place = (expected ?? one)!.name
      return tableDifferences(one, expected, { ...comparison, place, isSame: sameIn(place) })
    }),
    ...differing(views, { ...whole, kind: 'view', describe: bodyOf }),
    ...views.flatMap(([one, expected]) => {
      if (one === undefined || expected === undefined) return []
      const { name: place } = expected
      return viewPartDifferences(one, expected, { ...comparison, place, isSame: sameIn(place) })
    }),
    ...differing<Routine & Renamed>(
      both(({ functions }) => bySignature(functions)),
      { ...whole, kind: 'function', describe: bodyOf },
    ),
    ...differing<UserType & Renamed>(
      both(({ types }) => types),
      { ...whole, kind: 'type', describe: (one) => `${one.kind} ${one.definition}` },
    ),
    // A sequence that a column owns is compared as part of that column.
    ...differing(
      both(({ sequences }) => sequences.filter(({ ownedBy }) => ownedBy === null)),
      { ...whole, kind: 'sequence', describe: ({ options }) => options },
    ),
    ...(comparison.objects ? objectDifferences(live, other, comparison, sameIn(null)) : []),
    ...facetDifferences(live, other, comparison),
  ]
  return differences.filter(isLookedAt([...(found.unread ?? []), ...(other.unread ?? [])]))
}
