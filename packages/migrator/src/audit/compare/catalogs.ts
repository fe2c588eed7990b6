/** Two catalogues → what they differ in. Pure. */

import { aboutText, withSchema } from '../../catalog/about.ts'
import { compare } from '../../catalog/compare.ts'
import { type CatalogDifference, EVERYTHING } from '../../catalog/difference.ts'
import type { Catalog } from '../../catalog/types.ts'
import { HISTORY_TABLE } from '../../database/history.ts'
import { quoted } from '../../sql/names.ts'
import { majorOf } from '../gap/gap.ts'
import type { SideDifference } from './difference.ts'

/** The history is compared by its rows; whether there is a table for them is a part of that. */
export const catalogDifferences = (a: Catalog, b: Catalog): CatalogDifference[] =>
  compare(a, b, { ...EVERYTHING, bodies: majorOf(a) === majorOf(b) }).filter(
    ({ kind, name, change }) => kind !== 'table' || name !== HISTORY_TABLE || change === 'changed',
  )

/** `madeBy`: the migrations that make a difference. */
export function objectDifferences(
  differences: readonly CatalogDifference[],
  madeBy: (one: CatalogDifference) => readonly string[],
): SideDifference[] {
  const each = differences.map((one) => ({ one, told: toldOf(one, madeBy(one)) }))
  // One role that owns or may do the same everywhere is one difference, not one for each of its objects.
  const groups = Map.groupBy(each, ({ one: { kind, of, role, found, expected }, told }, index) =>
    JSON.stringify(kind === 'owner' || kind === 'grant' ? [kind, of, role, found, expected, told.madeBy] : [index]),
  )
  return [...groups.values()].map((own) => {
    const [{ one, told }] = own as [(typeof each)[number]]
    if (own.length === 1) return told
    const what = one.kind === 'owner' ? `owner of ${one.of}` : `rights of ${one.role} on ${one.of}`
    return { ...told, table: null, what, objects: own.map((other) => other.one.name) }
  })
}

function toldOf(one: CatalogDifference, madeBy: readonly string[]): SideDifference {
  const { kind, table, name, renamedTo, found, expected } = one
  const named = (text: string | null, own: string) =>
    renamedTo === undefined || text === null ? text : `named ${kind === 'function' ? own : quoted(own)}: ${text}`
  return {
    kind,
    table,
    what: aboutText(one, withSchema),
    a: named(found, renamedTo ?? name),
    b: named(expected, name),
    madeBy,
  }
}
