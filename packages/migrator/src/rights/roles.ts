/** The roles that `grants` makes, by name: two per domain, one that owns everything, one that watches. Pure. */

export interface DomainRoles {
  /** Reads what the domain has, and what it needs. */
  readonly reads: string
  /** Writes it too. */
  readonly writes: string
}

const MIGRATOR = 'migrator'

export const domainRoles = (prefix: string, domain: string): DomainRoles => ({
  reads: `${prefix}${domain}_ro`,
  writes: `${prefix}${domain}_rw`,
})

/** Owns all objects and runs `up`. */
export const migratorRole = (prefix: string): string => `${prefix}${MIGRATOR}`

/** Reads the history, for `status --check`. */
export const monitorRole = (prefix: string): string => `${prefix}monitor`

/** The prefix with which `grants` was run where this role owns the objects; undefined where it was not. */
export const prefixOf = (owner: string): string | undefined =>
  owner.endsWith(MIGRATOR) ? owner.slice(0, -MIGRATOR.length) : undefined
