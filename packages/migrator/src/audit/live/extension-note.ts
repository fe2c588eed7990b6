/** Which extensions a database has and what uses each. Pure. */
import type { Catalog, DatabaseObject } from '../../catalog/types.ts'
import { plural } from '../../errors.ts'

/** Every database has it. */
const ALWAYS = 'plpgsql'
const SHOWN = 5

export type Extension = Pick<DatabaseObject, 'name' | 'definition' | 'dependents'>

export const extensionsOf = ({ objects = [] }: Catalog): Extension[] =>
  objects.filter(({ kind, name }) => kind === 'extension' && name !== ALWAYS)

/** `3 objects depend on it: column users.email (citext), ...`. */
export function usesText({ dependents = [] }: Extension): string {
  const more = dependents.length - SHOWN
  return dependents.length === 0
    ? 'no object depends on it, which leaves the bodies of functions and the queries of services'
    : `${plural(dependents.length, 'object depends', 'objects depend')} on it: ${dependents.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

export const extensionNote = (one: Extension): string => `Extension ${one.name} (${one.definition}): ${usesText(one)}.`
