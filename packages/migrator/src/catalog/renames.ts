/**
 * What has another name than in the other catalogue and is otherwise the same. Pure. PostgreSQL writes the new name into everything that
 * refers to the object, so without this one renamed column would be a dropped and an added one, and a change of each of its constraints,
 * indexes and views.
 *
 * An object counts as renamed only if nothing else can have become of it: exactly one is missing that looks like exactly one that was added.
 */
import { bySignature, columnText, triggerText } from './descriptions.ts'
import { type Comparison, nameOf, type Renamed, type Same, same } from './difference.ts'
import { normalised } from './normalised.ts'
import { HOME, placeOf } from './place.ts'
import { renamedColumns } from './renamed-columns.ts'
import { referringTo, type Words } from './renamed-words.ts'
import type { Catalog, Owned, Table } from './types.ts'

interface OldNames {
  /** The found catalogue, in which every renamed object has the name that the other one has for it. */
  readonly catalog: Catalog
  /** Compares descriptions of a table and its parts, or with null of what belongs to no table. */
  readonly sameIn: (table: string | null) => Same
}

export function withOldNames(found: Catalog, other: Catalog, { renames = false, bodies }: Comparison): OldNames {
  if (!renames) return { catalog: found, sameIn: () => same }
  const words: Words = { everywhere: new Map(), ofTable: new Map() }
  const isAtHome = ({ home = HOME }: Catalog, { schema = HOME }: Owned) => schema === home
  const named = <T extends Owned & { readonly name: string }>(
    here: readonly T[],
    there: readonly T[],
    looks: (one: T) => string | undefined,
  ) => {
    const [own, others] = [here.filter((one) => isAtHome(found, one)), there.filter((one) => isAtHome(other, one))]
    const old = alike(own, others, looks)
    for (const [to, from] of old) words.everywhere.set(to, from)
    return here.map((one) => (isAtHome(found, one) ? withName(one, old.get(one.name)) : one))
  }
  const body = ({ definition }: { definition: string | null }) => (bodies && definition) || undefined
  const functions = alike(bySignature(found.functions), bySignature(other.functions), (one) =>
    body(one)?.replace(bareName(one.signature), ''),
  )
  for (const [to, from] of functions) words.everywhere.set(bareName(to), bareName(from))
  const expected = new Map(other.tables.map((one) => [placeOf(one, other.home), one]))
  const catalog: Catalog = {
    ...found,
    types: named(found.types, other.types, ({ kind, definition }) => definition && `${kind} ${definition}`),
    views: named(found.views, other.views, body),
    functions: found.functions.map((one) => {
      const old = functions.get(one.signature)
      return old === undefined ? one : { ...one, signature: old, renamedTo: one.signature }
    }),
    tables: named(found.tables, other.tables, tableLooks).map((table) => {
      const place = placeOf(table, found.home)
      const old = expected.get(place)
      return old === undefined ? table : withOldParts(table, old, place, words)
    }),
  }
  return { catalog, sameIn: (table) => referringTo(words, table) }
}

const bareName = (signature: string): string => signature.slice(0, signature.indexOf('('))

/** A name here → the name there, of those that have no partner of the same name and look like exactly one other. */
function alike<T extends { readonly name: string }>(
  here: readonly T[],
  there: readonly T[],
  looks: (one: T) => string | undefined,
): Map<string, string> {
  const names = [new Set(here.map(nameOf)), new Set(there.map(nameOf))] as const
  const byLooks = (all: readonly T[], partners: ReadonlySet<string>) =>
    Map.groupBy(
      all.filter(({ name }) => !partners.has(name)),
      (one) => normalised(looks(one) ?? ''),
    )
  const [added, missing] = [byLooks(here, names[1]), byLooks(there, names[0])]
  const found = new Map<string, string>()
  for (const [words, [one, ...others]] of added) {
    const candidates = missing.get(words) ?? []
    if (words !== '' && others.length === 0 && candidates.length === 1) found.set(one!.name, candidates[0]!.name)
  }
  return found
}

const withName = <T extends { readonly name: string }>(one: T, old: string | undefined): T & Renamed =>
  old === undefined ? one : { ...one, name: old, renamedTo: one.name }

/**
 * A table that only has another name keeps its columns and the names of its constraints. One that was made LIKE another has the same columns
 * too, but its constraints are called after it. Of a table without constraints nothing is said.
 */
function tableLooks({ kind, columns, constraints, partition }: Table): string | undefined {
  if (partition || constraints.length === 0) return undefined
  return JSON.stringify([kind, columns.map((one) => [one.name, columnText(one)]), constraints.map(nameOf).sort()])
}

function withOldParts(table: Table & Renamed, expected: Table, place: string, words: Words): Table & Renamed {
  const columns = renamedColumns(table, expected)
  if (columns.size > 0) words.ofTable.set(place, columns)
  const triggers = alike(table.triggers, expected.triggers, (one) => triggerText(one).replace(one.name, ''))
  const described = (parts: Table['rules'] = [], others: Table['rules'] = []) => {
    const old = alike(parts, others, ({ name, definition }) => definition.replace(name, ''))
    return parts.map((one) => withName(one, old.get(one.name)))
  }
  return {
    ...table,
    columns: table.columns.map((one) => withName(one, columns.get(one.name))),
    triggers: table.triggers.map((one) => withName(one, triggers.get(one.name))),
    policies: described(table.policies, expected.policies),
    rules: described(table.rules, expected.rules),
  }
}
