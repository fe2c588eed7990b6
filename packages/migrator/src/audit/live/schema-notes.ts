/** What a reader has to know of the schemas that were audited, and of those that were not. Pure. */
import { HOME } from '../../catalog/place.ts'
import type { Catalog } from '../../catalog/types.ts'
import { plural } from '../../errors.ts'
import { CHAT_SCHEMA } from '../../rules/scope.ts'
import { quoted } from '../../sql/names.ts'
import { shellWord } from '../shell.ts'

/** So many schemas are named in a note. */
const NAMED = 5

export function schemaNotes(catalog: Catalog, schemas: readonly string[]): string[] {
  const home = catalog.home ?? HOME
  const notes = schemas.length === 1 && home === HOME ? [] : [auditedNote(schemas, home)]
  const others = catalog.otherSchemas.filter(
    ({ name, relations, extension }) => name !== CHAT_SCHEMA && relations > 0 && extension === null,
  )
  if (catalog.tables.every(({ extension }) => extension !== null) && others.length > 0) {
    const named = others
      .slice(0, NAMED)
      .map(({ name, relations }) => `${quoted(name)} (${plural(relations, 'relation')})`)
    const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : ''
    notes.push(
      `Schema ${schemas.map(quoted).join(', ')} has no table; there are some in ${named.join(', ')}${more}. To audit them: npx nx run migrator:audit -- ${others.length === 1 ? `--schema ${shellWord(others[0]!.name)}` : '--all-schemas'}`,
    )
  }
  return notes
}

function auditedNote(schemas: readonly string[], home: string): string {
  const named = schemas.map(quoted).join(', ')
  const beside = home === HOME ? '' : ` Of these ${quoted(home)} is compared with V1, in the place of ${HOME}.`
  return `Audited: ${schemas.length === 1 ? 'schema' : 'schemas'} ${named}. Names of ${quoted(home)} stand alone.${beside}`
}
