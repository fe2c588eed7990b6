/** Which extensions a database has and what uses each, for the notes of a report. Pure. */
import type { Catalog } from '../../catalog/types.ts'
import { plural } from '../../errors.ts'

/** Every database has it. */
const ALWAYS = 'plpgsql'
const SHOWN = 5

export function extensionNotes({ objects = [] }: Catalog): string[] {
  return objects
    .filter(({ kind, name }) => kind === 'extension' && name !== ALWAYS)
    .map(({ name, definition, dependents = [] }) => {
      const more = dependents.length - SHOWN
      const used =
        dependents.length === 0
          ? 'no object depends on it, which leaves the bodies of functions and the queries of services'
          : `${plural(dependents.length, 'object depends', 'objects depend')} on it: ${dependents.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
      return `Extension ${name} (${definition}): ${used}.`
    })
}
