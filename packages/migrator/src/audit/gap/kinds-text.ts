/** Differences → how many of each kind there are. Pure. */
import type { CatalogDifference } from '../../catalog/difference.ts'
import { plural } from '../../errors.ts'

const PLURALS: Readonly<Record<string, string>> = { index: 'indexes', policy: 'policies' }

/** `3 columns, 1 constraint`. */
export function kindsText(differences: readonly CatalogDifference[]): string {
  const kinds = Map.groupBy(differences, ({ kind }) => kind)
  return [...kinds]
    .map(([kind, own]) =>
      own.length > 1 && kind in PLURALS ? `${own.length} ${PLURALS[kind]}` : plural(own.length, kind),
    )
    .join(', ')
}
