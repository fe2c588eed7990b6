/**
 * Whose each table is, schema by schema, and where schemas meet: names that stand in two of them, references and rights that cross, and
 * roles that own tables in several. Pure.
 */
import { HOME } from '../../catalog/place.ts'
import type { CrossingReference, Grant } from '../../catalog/types.ts'
import type { Subject } from '../../rules/subject.ts'
import { type Tally, tallied } from '../weight/share.ts'
import type { DomainOf } from './domain-guess.ts'

export interface OwnedTable {
  readonly schema: string
  readonly name: string
  /** Undefined where no domain is known, and none can be guessed. */
  readonly domain: DomainOf | undefined
  /** The role that owns it in the database. */
  readonly role: string | undefined
  readonly grants: readonly Grant[]
}

export interface SchemaOwners {
  readonly name: string
  readonly audited: boolean
  readonly tables: number
  /** The roles that own its tables; of a schema without tables its own owner, with 0. */
  readonly roles: readonly Tally[]
}

/** What one role that is not the owner may do with the tables of one schema. */
export interface Access {
  /** `PUBLIC` = every role. */
  readonly role: string
  readonly schema: string
  readonly tables: readonly string[]
  /** Sorted, without columns: `SELECT`, `UPDATE`. */
  readonly privileges: readonly string[]
  /** Other schemas in which the role owns tables: there it is at home, here it is a guest. */
  readonly home: readonly string[]
}

export interface Governance {
  /** By schema, in the order in which they were read; those that were not audited come last. */
  readonly tables: readonly OwnedTable[]
  readonly schemas: readonly SchemaOwners[]
  /** Table names that stand in more than one schema. */
  readonly shared: readonly { readonly name: string; readonly schemas: readonly string[] }[]
  readonly crossings: readonly CrossingReference[]
  readonly access: readonly Access[]
  /** Roles that own tables in more than one schema. */
  readonly everywhere: readonly { readonly role: string; readonly schemas: readonly string[] }[]
}

export function governanceOf({ catalog, tables, place }: Subject, domains: ReadonlyMap<string, DomainOf>): Governance {
  const others = catalog.otherSchemas.filter(({ extension }) => extension === null)
  const owned: OwnedTable[] = [
    ...tables.map(({ schema = HOME, name, owner, grants = [] }) => ({
      schema,
      name,
      domain: domains.get(place({ schema, name })),
      role: owner,
      grants,
    })),
    ...others.flatMap(({ name: schema, tables: own = [] }) =>
      own.map(({ name, owner, grants = [] }) => ({ schema, name, domain: undefined, role: owner, grants })),
    ),
  ]
  const bySchema = Map.groupBy(owned, ({ schema }) => schema)
  const audited = [...bySchema.keys()].filter((name) => others.every((other) => other.name !== name))
  const ownersOf = (name: string): Pick<SchemaOwners, 'tables' | 'roles'> => {
    const own = bySchema.get(name) ?? []
    return { tables: own.length, roles: tallied(own.flatMap(({ role }) => role ?? [])) }
  }
  return {
    tables: owned,
    schemas: [
      ...audited.map((name) => ({ name, audited: true, ...ownersOf(name) })),
      ...others.map(({ name, owner, tables: own = [] }) => ({
        name,
        audited: false,
        ...ownersOf(name),
        ...(own.length === 0 && owner !== undefined ? { roles: [{ name: owner, count: 0 }] } : {}),
      })),
    ],
    shared: [...Map.groupBy(owned, ({ name }) => name)]
      .map(([name, own]) => ({ name, schemas: distinct(own.map(({ schema }) => schema)) }))
      .filter(({ schemas }) => schemas.length > 1),
    crossings: catalog.crossings ?? [],
    access: accessOf(owned),
    everywhere: [...homesOf(owned)].flatMap(([role, schemas]) => (schemas.length > 1 ? [{ role, schemas }] : [])),
  }
}

const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)]

/** Per role the schemas in which it owns tables. */
function homesOf(owned: readonly OwnedTable[]): Map<string, string[]> {
  const byRole = Map.groupBy(
    owned.flatMap(({ role, schema }) => (role === undefined ? [] : [{ role, schema }])),
    ({ role }) => role,
  )
  return new Map([...byRole].map(([role, own]) => [role, distinct(own.map(({ schema }) => schema))]))
}

/** Guests from other schemas first, PUBLIC among them. */
function accessOf(owned: readonly OwnedTable[]): Access[] {
  const homes = homesOf(owned)
  const given = owned.flatMap(({ schema, name, grants }) =>
    grants.map(({ to, privileges }) => ({ role: to, schema, name, privileges })),
  )
  return [...Map.groupBy(given, ({ role, schema }) => JSON.stringify([role, schema])).values()]
    .map((own): Access => {
      const [{ role, schema }] = own as [(typeof own)[number]]
      return {
        role,
        schema,
        tables: distinct(own.map(({ name }) => name)),
        privileges: distinct(own.flatMap(({ privileges }) => privileges.map(withoutDetails))).sort(),
        home: (homes.get(role) ?? []).filter((home) => home !== schema),
      }
    })
    .sort((a, b) => Number(isGuest(b)) - Number(isGuest(a)))
}

/** Whether the role comes from another schema, or from anywhere. */
export const isGuest = ({ role, home }: Access): boolean => role === 'PUBLIC' || home.length > 0

/** `UPDATE (email) WITH GRANT OPTION` → `UPDATE`. */
const withoutDetails = (privilege: string): string => privilege.replace(/ \(.*\)/, '').replace(' WITH GRANT OPTION', '')
