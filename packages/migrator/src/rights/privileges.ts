/**
 * What the roles of a domain may do with what the domain has. The script of `grants` gives exactly this, and drift is what goes beyond it.
 * What a view shows can be another domain's, so nobody writes through one. A SECURITY DEFINER function acts with its owner's rights, so it
 * is for those who may write.
 */

/** As GRANT calls them. */
export type GrantedKind =
  | 'TABLE'
  | 'FOREIGN TABLE'
  | 'VIEW'
  | 'MATERIALIZED VIEW'
  | 'SEQUENCE'
  | 'ROUTINE'
  | 'SECURITY DEFINER'

interface DomainPrivileges {
  readonly reads: readonly string[]
  readonly writes: readonly string[]
}

const TABLE = { reads: ['SELECT'], writes: ['INSERT', 'UPDATE', 'DELETE'] }
const VIEW = { reads: ['SELECT'], writes: [] }

export const PRIVILEGES: Readonly<Record<GrantedKind, DomainPrivileges>> = {
  TABLE,
  'FOREIGN TABLE': TABLE,
  VIEW,
  'MATERIALIZED VIEW': VIEW,
  SEQUENCE: { reads: ['SELECT'], writes: ['USAGE'] },
  ROUTINE: { reads: ['EXECUTE'], writes: [] },
  'SECURITY DEFINER': { reads: [], writes: ['EXECUTE'] },
}

/** Of every domain's reader and of the monitor, with the migrator's own tables. */
export const HISTORY_PRIVILEGE = 'SELECT'

/** Of every role that the script makes, and what the migrator has beyond that. */
export const PLACES = {
  schema: { everyRole: 'USAGE', migrator: 'CREATE' },
  database: { everyRole: 'CONNECT', migrator: 'TEMPORARY' },
} as const
