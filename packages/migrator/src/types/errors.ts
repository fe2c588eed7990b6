/** What keeps generated files from being written. */
import { bulleted, workspaceError } from '../errors.ts'

export class SchemaFileError extends workspaceError<{
  domain: string
  /** Features that have no words in the file: `table events: partitioned`. */
  unwritable: readonly string[]
}>(
  ({ domain, unwritable }) =>
    `The migrations of ${domain} build something that schema.sql cannot describe:\n${bulleted(unwritable)}\n` +
    'Nothing was written: a file without it would describe another database. Build it without these features in a new migration, ' +
    'or extend packages/migrator/src/types so that it can write them.',
) {}
