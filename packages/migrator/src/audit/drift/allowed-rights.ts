/** What the script of `grants` may have given, beyond what migrations grant: nobody else may do more. Pure. */
import type { Routine, Sequence, Table, View } from '../../catalog/types.ts'
import { isOwnTable } from '../../database/own-tables.ts'
import type { Makers } from '../../replay/makers.ts'
import { type GrantedKind, HISTORY_PRIVILEGE, PLACES, PRIVILEGES } from '../../rights/privileges.ts'
import { domainRoles, migratorRole, monitorRole, prefixOf } from '../../rights/roles.ts'

export type Allows = (role: string, privilege: string) => boolean

export interface AllowedRights {
  onTable(table: Table, place: string): Allows
  onView(view: View, place: string): Allows
  onSequence(sequence: Sequence, place: string): Allows
  onRoutine(routine: Routine, place: string): Allows
  onPlace(kind: string, role: string, privilege: string): boolean
}

interface Given {
  /** Who owns most objects. */
  readonly owner: string | undefined
  readonly domains: readonly string[]
  readonly makers: Makers
}

const NOTHING: Allows = () => false

/** Nothing at all where another role owns the objects: then the script was not run. */
export function allowedRights({ owner, domains, makers }: Given): AllowedRights {
  const prefix = owner === undefined ? undefined : prefixOf(owner)
  if (prefix === undefined)
    return {
      onTable: () => NOTHING,
      onView: () => NOTHING,
      onSequence: () => NOTHING,
      onRoutine: () => NOTHING,
      onPlace: () => false,
    }
  const roles = domains.map((domain) => domainRoles(prefix, domain))
  const readers = new Set([monitorRole(prefix), ...roles.map(({ reads }) => reads)])
  const all = new Set([
    ...[migratorRole(prefix), monitorRole(prefix)],
    ...roles.flatMap(({ reads, writes }) => [reads, writes]),
  ])
  const inDomain = (kind: GrantedKind, maker: 'relation' | 'function', name: string): Allows => {
    const domain = makers.makerOf(maker, name)?.domain
    if (domain === undefined) return NOTHING
    const { reads, writes } = domainRoles(prefix, domain)
    return (role, privilege) =>
      (role === reads && PRIVILEGES[kind].reads.includes(privilege)) ||
      (role === writes && PRIVILEGES[kind].writes.includes(privilege))
  }
  return {
    onTable: ({ name, kind }, place) =>
      isOwnTable(name)
        ? (role, privilege) => readers.has(role) && privilege === HISTORY_PRIVILEGE
        : inDomain(kind === 'foreign' ? 'FOREIGN TABLE' : 'TABLE', 'relation', place),
    onView: ({ materialized }, place) => inDomain(materialized ? 'MATERIALIZED VIEW' : 'VIEW', 'relation', place),
    onSequence: (_, place) => inDomain('SEQUENCE', 'relation', place),
    onRoutine: ({ securityDefiner = false }, place) =>
      inDomain(securityDefiner ? 'SECURITY DEFINER' : 'ROUTINE', 'function', place),
    onPlace: (kind, role, privilege) => {
      if (kind !== 'schema' && kind !== 'database') return false
      const { everyRole, migrator } = PLACES[kind]
      return (all.has(role) && privilege === everyRole) || (role === migratorRole(prefix) && privilege === migrator)
    },
  }
}
