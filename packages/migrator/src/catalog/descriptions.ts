/** An object of the catalogue → the words by which it is compared and shown. Pure. */
import { plural } from '../errors.ts'
import type { Column, Constraint, Index, Routine, Table, Trigger } from './types.ts'

/** Properties of the whole table, without those that have their default value. */
export function factsText({ kind, persistence, rowSecurity, replicaIdentity }: Table): string {
  return [
    kind,
    persistence === 'unlogged' && 'unlogged',
    rowSecurity && `row level security ${rowSecurity}`,
    replicaIdentity !== undefined && replicaIdentity !== 'default' && `replica identity ${replicaIdentity}`,
  ]
    .filter(Boolean)
    .join(', ')
}

export const tableText = ({ columns, kind }: Table): string =>
  `${kind === 'table' ? '' : `${kind}, `}${plural(columns.length, 'column')}`

export function columnText(column: Column): string {
  const { type, collation, notNull, default: expression, identity, generated, virtual, sequence } = column
  return [
    type,
    collation && `COLLATE ${collation}`,
    notNull && 'NOT NULL',
    identity !== null && `GENERATED ${identity.toUpperCase()} AS IDENTITY`,
    generated && `GENERATED ALWAYS AS (${expression})${virtual ? ' VIRTUAL' : ''}`,
    // The name of the column's own sequence does not matter; it only matters that the default comes from a sequence.
    !generated && expression !== null && (sequence === null ? `DEFAULT ${expression}` : 'DEFAULT from a sequence'),
  ]
    .filter(Boolean)
    .join(' ')
}

export const constraintText = ({ definition }: Constraint): string => definition

export function indexText({ definition, method, unique, valid }: Index): string {
  const at = definition.indexOf(` USING ${method} (`)
  return `${unique ? 'UNIQUE' : 'INDEX'}${at < 0 ? definition : definition.slice(at)}${valid ? '' : ' (INVALID)'}`
}

const FIRES = { origin: '', replica: ' (fires in replication only)', always: ' (fires in replication too)', never: '' }

export const triggerText = ({ definition, enabled, fires = 'origin' }: Trigger): string =>
  enabled ? definition + FIRES[fires] : `${definition} (disabled)`

/** A routine is named by its signature, since its name alone can stand for several. */
export const bySignature = <T extends Routine>(routines: readonly T[]): T[] =>
  routines.map((one) => ({ ...one, name: one.signature }))
