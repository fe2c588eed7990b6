/**
 * Workspace and replay → which roles there are, who inherits from whom, and which domain owns what. Pure.
 * A domain has two roles without login, which the services' own users are made members of: `auth_ro` reads the domain's tables and those of
 * the domains that it needs, since it is a member of their `_ro`; `auth_rw` is a member of `auth_ro` and also writes the domain's own.
 */
import type { Catalog } from '../catalog/types.ts'
import { isOwnTable } from '../database/own-tables.ts'
import type { Makers, ObjectKind } from '../replay/makers.ts'
import { type DomainRoles, domainRoles, migratorRole, monitorRole } from '../rights/roles.ts'
import type { Domain } from '../workspace/discover.ts'
import { RoleNameError } from './errors.ts'

interface Role {
  readonly name: string
  readonly canLogin: boolean
  /** What it is for, in words. */
  readonly about: string
}

export interface OwnedObject {
  readonly domain: string
  /** A relation is a table, a view or a sequence; what may be done with it depends on which one it is. */
  readonly kind: 'relation' | 'routine' | 'type'
  /** A routine by its signature. */
  readonly name: string
}

export interface Rights {
  /** Owns all objects and runs `up`. */
  readonly migrator: string
  /** Reads the history, for `status --check`. */
  readonly monitor: string
  readonly domains: readonly (DomainRoles & { readonly domain: string })[]
  readonly roles: readonly Role[]
  /** `member` inherits what `role` may do. */
  readonly memberships: readonly { readonly member: string; readonly role: string }[]
  readonly objects: readonly OwnedObject[]
}

interface Given {
  readonly prefix: string
  /** Dependencies first. */
  readonly domains: readonly Domain[]
  readonly objects: readonly OwnedObject[]
}

/** Throws RoleNameError. */
export function rightsOf({ prefix, domains: all, objects }: Given): Rights {
  const domains = all.map(({ name }) => ({ domain: name, ...domainRoles(prefix, name) }))
  const rolesOf = new Map(domains.map((one) => [one.domain, one]))
  const migrator = migratorRole(prefix)
  const monitor = monitorRole(prefix)
  const roles: Role[] = [
    { name: migrator, canLogin: true, about: 'owns the objects of all domains and runs `up`' },
    { name: monitor, canLogin: false, about: 'reads the history, for `status --check`' },
    ...all.flatMap(({ name, dependencies }) => {
      const { reads, writes } = rolesOf.get(name)!
      const needed = dependencies.length === 0 ? '' : ` and what ${dependencies.join(', ')} may read`
      return [
        { name: reads, canLogin: false, about: `reads ${name}${needed}` },
        { name: writes, canLogin: false, about: `writes ${name}, reads what ${reads} reads` },
      ]
    }),
  ]
  for (const { name } of roles) assertRoleName(name)
  const memberships = all.flatMap(({ name, dependencies }) => {
    const { reads, writes } = rolesOf.get(name)!
    return [
      { member: writes, role: reads },
      ...dependencies.map((needed) => ({ member: reads, role: rolesOf.get(needed)!.reads })),
    ]
  })
  return { migrator, monitor, domains, roles, memberships, objects }
}

const LONGEST_BYTES = 63

function assertRoleName(role: string): void {
  if (role.startsWith('pg_'))
    throw new RoleNameError({ role, problem: "names that begin with pg_ are PostgreSQL's own" })
  if (Buffer.byteLength(role) > LONGEST_BYTES)
    throw new RoleNameError({ role, problem: `PostgreSQL cuts names at ${LONGEST_BYTES} bytes` })
  if (!/^[\w-]+$/.test(role))
    throw new RoleNameError({ role, problem: 'a prefix is made of letters, digits, _ and - alone' })
}

/**
 * What the domains own. Left out: objects of extensions; partitions, which are reached through their table; sequences of a column and the
 * migrator's own tables, which have rules of their own.
 */
export function ownedObjects(
  { tables, views, sequences, functions, types }: Catalog,
  { makerOf }: Makers,
): OwnedObject[] {
  const owned = (kind: OwnedObject['kind'], maker: ObjectKind, names: readonly string[]): OwnedObject[] =>
    names.map((name) => ({ domain: makerOf(maker, name)!.domain, kind, name }))
  const namesOf = (all: readonly { readonly name: string; readonly extension: string | null }[]) =>
    all.filter(({ extension }) => extension === null).map(({ name }) => name)
  const relations = [
    ...namesOf(tables.filter(({ partition, name }) => !partition && !isOwnTable(name))),
    ...namesOf(views),
    ...namesOf(sequences),
  ]
  const routines = functions.filter(({ extension }) => extension === null).map(({ signature }) => signature)
  return [
    ...owned('relation', 'relation', relations),
    ...owned('routine', 'function', routines),
    ...owned('type', 'type', namesOf(types)),
  ].sort((one, other) => compareText(keyOf(one), keyOf(other)))
}

const keyOf = ({ domain, kind, name }: OwnedObject): string => `${domain} ${kind} ${name}`
const compareText = (one: string, other: string): number => (one < other ? -1 : Number(one > other))
