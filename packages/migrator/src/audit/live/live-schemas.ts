/** Which schemas an audit reads. */
import { HOME } from '../../catalog/place.ts'
import { CHAT_SCHEMA } from '../../rules/scope.ts'
import { statement } from '../../statement.ts'
import { SchemaMissingError } from '../errors.ts'

/** `all`: all that are neither PostgreSQL's own nor the chat server's. */
export type AskedSchemas = readonly string[] | 'all'

export const existingSchemas = statement(`select array(select n.nspname::text from pg_catalog.pg_namespace n
  where n.nspname <> 'information_schema' and n.nspname !~ '^pg_' order by n.nspname <> '${HOME}', n.nspname) as schemas`)

/** Without a wish it is public, also where there is none. The chat server's schema is read only where it is named. Throws SchemaMissingError. */
export function schemasToRead(
  asked: AskedSchemas | undefined,
  existing: readonly string[],
  database: string,
): string[] {
  if (asked === undefined) return [HOME]
  if (asked === 'all') {
    const all = existing.filter((name) => name !== CHAT_SCHEMA)
    return all.length > 0 ? all : [HOME]
  }
  const missing = asked.find((name) => !existing.includes(name))
  if (missing !== undefined) throw new SchemaMissingError({ schema: missing, database, existing })
  const wanted = [...new Set(asked)]
  return wanted.includes(HOME) ? [HOME, ...wanted.filter((name) => name !== HOME)] : wanted
}
