/** What two catalogues differ in, as a value, and the two steps that every comparison is made of: pair the objects, describe each pair. Pure. */
import { normalised } from './normalised.ts'
import type { DatabaseObjectKind } from './types.ts'

export type PartKind =
  | 'table'
  | 'column'
  | 'constraint'
  | 'index'
  | 'trigger'
  | 'policy'
  | 'rule'
  | 'view'
  | 'function'
  | 'type'
  | 'sequence'

/** What an object has beside its definition. Each differs by itself, since each is put right by a statement of its own. */
export type FacetKind = 'comment' | 'options' | 'owner' | 'grant'

export interface CatalogDifference {
  readonly kind: PartKind | FacetKind | DatabaseObjectKind | 'row'
  /** The table, or the table of a part; null for what belongs to no table. The view, for a part of a view. */
  readonly table: string | null
  readonly name: string
  readonly change: 'missing' | 'added' | 'changed'
  /** Null where the object is missing. */
  readonly found: string | null
  /** Null where the object was added. */
  readonly expected: string | null
  /** Of a comment, of options, of an owner and of a grant: what kind of object it is about. */
  readonly of?: PartKind | DatabaseObjectKind
  /** Of a grant: who is given it. `PUBLIC` is everybody. */
  readonly role?: string
  /** The name that the object has instead of `name`. */
  readonly renamedTo?: string
}

export interface Comparison {
  /** Comments count too. Default: they do not. */
  readonly comments?: boolean
  /** False: of functions and views only the presence is compared, since another major version renders their bodies differently. */
  readonly bodies: boolean
  /** Options of storage and statistics, and WITH (...) of views. Default: they do not count. */
  readonly options?: boolean
  /** Owners, and what others may do. Default: they do not count. */
  readonly rights?: boolean
  /** Catalog.objects: extensions, publications and the like. Default: they do not count. */
  readonly objects?: boolean
  /** What has another name and is otherwise the same is one difference. Default: it is missing, and another was added. */
  readonly renames?: boolean
}

export const EVERYTHING = { comments: true, options: true, rights: true, objects: true, renames: true } as const

/** An object that stands here under the name that the other catalogue has for it. */
export interface Renamed {
  readonly renamedTo?: string
}

export type Pair<T> = readonly [found: T | undefined, expected: T | undefined]

/** Full outer join by key, in the order of the keys. Objects with the same key are paired in their order, so that none is lost. */
export function pairs<T>(found: readonly T[], expected: readonly T[], keyOf: (one: T) => string): Pair<T>[] {
  const here = Map.groupBy(found, keyOf)
  const there = Map.groupBy(expected, keyOf)
  return [...new Set([...here.keys(), ...there.keys()])].sort().flatMap((key) => {
    const [own = [], other = []] = [here.get(key), there.get(key)]
    return Array.from({ length: Math.max(own.length, other.length) }, (_, at): Pair<T> => [own[at], other[at]])
  })
}

export const nameOf = ({ name }: { readonly name: string }): string => name

/** Whether two descriptions say the same. */
export type Same = (found: string, expected: string) => boolean

export const same: Same = (found, expected) => normalised(found) === normalised(expected)

interface Described<T> {
  readonly kind: CatalogDifference['kind']
  readonly table: string | null
  readonly describe: (one: T) => string
  readonly isSame?: Same
}

export function differing<T extends Renamed & { readonly name: string }>(
  joined: readonly Pair<T>[],
  { kind, table, describe, isSame = same }: Described<T>,
): CatalogDifference[] {
  return joined.flatMap(([found, expected]): CatalogDifference[] => {
    const is = found && describe(found)
    const should = expected && describe(expected)
    const renamedTo = found?.renamedTo
    const sameName = found === undefined || expected === undefined || found.name === expected.name
    const isEqual = is !== undefined && should !== undefined && isSame(is, should)
    if (isEqual && sameName && renamedTo === undefined) return []
    const label = (one: T, words: string) => (sameName ? words : `${one.name}: ${words}`)
    return [
      {
        kind,
        table,
        name: (expected ?? found)!.name,
        change: found === undefined ? 'missing' : expected === undefined ? 'added' : 'changed',
        found: found === undefined ? null : label(found, is!),
        expected: expected === undefined ? null : label(expected, should!),
        ...(renamedTo !== undefined && { renamedTo }),
      },
    ]
  })
}
