/** Errors that stop generated files from being written or compared. */
import { bulleted, usageError, workspaceError } from '../errors.ts'

export class SchemaFileError extends workspaceError<{
  domain: string
  /** Features that the file cannot describe: `table events: partitioned`. */
  unwritable: readonly string[]
}>(
  ({ domain, unwritable }) =>
    `The migrations of ${domain} build something that schema.sql cannot describe:\n${bulleted(unwritable)}\n` +
    'Nothing was written: a file without it would describe another database. Build it without these features in a new migration, ' +
    'or extend packages/migrator/src/types so that it can write them.',
) {}

export class TypeScriptVersionError extends usageError<{ found: string; wanted: string }>(
  (fields) =>
    `TypeScript ${fields.found} is installed, whose package has no parser for types to read TypeScript with; version 6 has one.\n` +
    `Run: npm install --save-dev --save-exact typescript@${fields.wanted}`,
) {}
