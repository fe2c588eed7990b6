/** Whose each table is, schema by schema, and where schemas meet: names that stand in two of them, references that cross. Pure. */
import { HOME } from '../catalog/place.ts'
import type { CrossingReference } from '../catalog/types.ts'
import type { Subject } from '../rules/subject.ts'
import type { DomainOf } from './domain-guess.ts'

export interface OwnedTable {
  readonly schema: string
  readonly name: string
  /** Undefined where no domain is known, and none can be guessed. */
  readonly domain: DomainOf | undefined
  /** The role that owns it in the database; undefined for a table of a schema that was not audited. */
  readonly role: string | undefined
}

export interface Governance {
  /** By schema, in the order in which they were read; those that were not audited come last. */
  readonly tables: readonly OwnedTable[]
  readonly schemas: readonly {
    readonly name: string
    readonly role: string | undefined
    readonly audited: boolean
    readonly tables: number
  }[]
  /** Table names that stand in more than one schema. */
  readonly shared: readonly { readonly name: string; readonly schemas: readonly string[] }[]
  readonly crossings: readonly CrossingReference[]
}

export function governanceOf({ catalog, tables, place }: Subject, domains: ReadonlyMap<string, DomainOf>): Governance {
  const others = catalog.otherSchemas.filter(({ extension }) => extension === null)
  const owned: OwnedTable[] = [
    ...tables.map((table) => ({
      schema: table.schema ?? HOME,
      name: table.name,
      domain: domains.get(place(table)),
      role: table.owner,
    })),
    ...others.flatMap(({ name: schema, tables: names = [] }) =>
      names.map((name) => ({ schema, name, domain: undefined, role: undefined })),
    ),
  ]
  const bySchema = Map.groupBy(owned, ({ schema }) => schema)
  const audited = [...bySchema.keys()].filter((name) => others.every((other) => other.name !== name))
  return {
    tables: owned,
    schemas: [
      ...audited.map((name) => ({ name, role: undefined, audited: true, tables: bySchema.get(name)!.length })),
      ...others.map(({ name, owner, tables: names = [] }) => ({
        name,
        role: owner,
        audited: false,
        tables: names.length,
      })),
    ],
    shared: [...Map.groupBy(owned, ({ name }) => name)]
      .map(([name, own]) => ({ name, schemas: [...new Set(own.map(({ schema }) => schema))] }))
      .filter(({ schemas }) => schemas.length > 1),
    crossings: catalog.crossings ?? [],
  }
}
