/**
 * What two objects of the same name have beside their definition: comments, options, owners and grants. Pure.
 * The comments of tables and columns are compared with the tables and columns.
 */
import { bySignature } from './descriptions.ts'
import { type CatalogDifference, type Comparison, type FacetKind, type PartKind, pairs } from './difference.ts'
import { placeOf } from './place.ts'
import type { Catalog, DatabaseObject, DatabaseObjectKind, Grant, Table, View } from './types.ts'

/** An object as a facet sees it. What a facet is not compared for is undefined. */
interface Faceted {
  readonly of: PartKind | DatabaseObjectKind
  readonly table: string | null
  readonly name: string
  readonly comment?: string | null | undefined
  readonly options?: readonly string[] | undefined
  readonly owner?: string | undefined
  readonly grants?: readonly Grant[] | undefined
}

/** Objects that only one of the two has are left out: they are a difference as a whole. */
export function facetDifferences(live: Catalog, other: Catalog, comparison: Comparison): CatalogDifference[] {
  const { comments = false, options = false, rights = false } = comparison
  if (!comments && !options && !rights) return []
  const keyOf = ({ of, table, name }: Faceted) => JSON.stringify([of, table, name])
  return pairs(facetedOf(live, comparison), facetedOf(other, comparison), keyOf).flatMap(
    ([found, expected]): CatalogDifference[] => {
      if (found === undefined || expected === undefined) return []
      return [
        ...(comments ? valueDifference('comment', expected, found.comment, expected.comment) : []),
        ...(options ? valueDifference('options', expected, listed(found.options), listed(expected.options)) : []),
        ...(rights ? ownerDifference(found, expected) : []),
        ...(rights ? grantDifferences(found, expected, comparison) : []),
      ]
    },
  )
}

const listed = (options: readonly string[] | undefined): string | null | undefined =>
  options && (options.length === 0 ? null : options.join(', '))

function valueDifference(
  kind: FacetKind,
  { of, table, name }: Faceted,
  found: string | null | undefined,
  expected: string | null | undefined,
): CatalogDifference[] {
  if (found === undefined || expected === undefined || found === expected) return []
  const change = found === null ? 'missing' : expected === null ? 'added' : 'changed'
  return [{ kind, of, table, name, change, found, expected }]
}

const ownerDifference = (found: Faceted, expected: Faceted): CatalogDifference[] =>
  valueDifference('owner', expected, found.owner, expected.owner)

function grantDifferences(found: Faceted, expected: Faceted, { bodies }: Comparison): CatalogDifference[] {
  if (found.grants === undefined || expected.grants === undefined) return []
  // MAINTAIN came with version 17: GRANT ALL gives one privilege more there.
  const words = (grant: Grant | undefined) =>
    grant?.privileges.filter((one) => bodies || !one.startsWith('MAINTAIN')).join(', ') || null
  return pairs(found.grants, expected.grants, ({ to }) => to).flatMap(([is, should]) =>
    valueDifference('grant', expected, words(is), words(should)).map((one) => ({ ...one, role: (is ?? should)!.to })),
  )
}

function facetedOf(catalog: Catalog, { objects: withObjects = false }: Comparison): Faceted[] {
  const { home, tables, views, functions, types, sequences, objects = [] } = catalog
  const own = <T extends { readonly extension: string | null }>(all: readonly T[]) =>
    all.filter(({ extension }) => extension === null)
  const at = (one: { readonly schema?: string; readonly name: string }) => placeOf(one, home)
  return [
    ...own(tables)
      .filter(({ partition }) => !partition)
      .flatMap((table) => ofTable(table, at(table))),
    ...own(views).flatMap((view) => ofView(view, at(view))),
    ...bySignature(own(functions)).map(({ comment, owner, grants, ...one }) => ({
      ...{ of: 'function' as const, table: null, name: at(one) },
      ...{ comment, owner, grants },
    })),
    ...own(types).map(({ comment, owner, grants, ...one }) => ({
      ...{ of: 'type' as const, table: null, name: at(one) },
      ...{ comment, owner, grants },
    })),
    ...own(sequences).map(({ comment, owner, grants, ownedBy, ...one }) => ({
      ...{ of: 'sequence' as const, table: null, name: at(one) },
      // The sequence of a column has the owner of the table.
      ...{ comment, grants, owner: ownedBy === null ? owner : undefined },
    })),
    ...own(withObjects ? objects : []).map(ofObject),
  ]
}

const ofObject = ({ kind, table, name, comment, owner, grants }: DatabaseObject): Faceted => ({
  ...{ of: kind, table, name },
  ...{ comment, owner, grants },
})

function ofTable(table: Table, place: string): Faceted[] {
  const { columns, constraints, indexes, triggers, policies = [], rules = [], options, owner, grants } = table
  const commented = (of: PartKind, parts: readonly { readonly name: string; readonly comment?: string | null }[]) =>
    parts.map(({ name, comment }): Faceted => ({ of, table: place, name, comment }))
  return [
    { of: 'table', table: place, name: place, options, owner, grants },
    ...columns.map(({ name, tuning }): Faceted => ({ of: 'column', table: place, name, options: tuning })),
    ...commented('constraint', constraints),
    ...commented('index', indexes),
    ...commented('trigger', triggers),
    ...commented('policy', policies),
    ...commented('rule', rules),
  ]
}

function ofView(view: View, place: string): Faceted[] {
  const { comment, options, owner, grants, columnComments, indexes = [], triggers = [], rules = [] } = view
  // As one text: which columns there are is a part of the view's definition.
  const said = columnComments?.map((one) => `${one.name}: ${one.comment}`).join('\n')
  const parts = [
    ...indexes.map((one) => ({ ...one, of: 'index' as const })),
    ...triggers.map((one) => ({ ...one, of: 'trigger' as const })),
    ...rules.map((one) => ({ ...one, of: 'rule' as const })),
  ]
  return [
    { of: 'view', table: null, name: place, comment, options, owner, grants },
    ...(said === undefined ? [] : [{ of: 'column' as const, table: place, name: '*', comment: said || null }]),
    ...parts.map(({ of, name, comment: words }): Faceted => ({ of, table: place, name, comment: words })),
  ]
}
