/** Why no bundle can be made, and what a bundle cannot do. */
import { stripVTControlCharacters } from 'node:util'
import { databaseError, reason, usageError, workspaceError } from '../errors.ts'

/** The bundler's own words name the file and the line. */
export class BundlerFailedError extends workspaceError(
  (_fields, cause) =>
    'The bundle could not be made, since the code of a migration that reads the database, or of the migrator, cannot be bundled:\n' +
    stripVTControlCharacters(reason(cause)).trim(),
) {}

/** `module`: the path of a module that such a migration imports, or of the migration itself. */
export class UnbundledCodeError extends workspaceError<{ module: string }>(
  ({ module }) =>
    `${module} uses import.meta, and is part of a migration that reads the database, which a bundle runs as code. ` +
    'There the modules are one file, and no other file lies beside it.\n' +
    'Put into the module what it looks for in other files, or run the plan from the repository.',
) {}

/** `has`: the verbs that the bundle has. */
export class VerbNotInBundleError extends usageError<{ verb: string; file: string; has: readonly string[] }>(
  ({ verb, file, has }) =>
    `${file} has no verb "${verb}": a bundle runs one plan and has only ${has.join(', ')}. ` +
    `What makes and proves a plan is in the repository; run it there: npx nx run migrator:${verb}`,
) {}

/** `what`: an option or a part of a verb. */
export class NotInBundleError extends usageError<{ what: string; file: string }>(
  ({ what, file }) => `${file} cannot do this: ${what} is not in a bundle. Run the verb from the repository.`,
) {}

export class DatabaseUrlRequiredError extends usageError<{ file: string }>(
  ({ file }) =>
    `${file} was not told which database it is for, and a bundle has no embedded one. ` +
    'Name it with --database-url, or in the environment variable DATABASE_URL.',
) {}

/** `wanted`: the checksum in the bundle's own plan. `found`: that of the SQL or code that the bundle holds. */
export class TamperedBundleError extends databaseError<{ id: string; file: string; wanted: string; found: string }>(
  ({ id, file, wanted, found }) =>
    `${file} is damaged or was changed after it was made: ${id} has the checksum ${wanted.slice(0, 12)} in its plan, ` +
    `but what it would run has ${found.slice(0, 12)}. Nothing of it was run.\n` +
    'Take the bundle again from where it was made, or make it again: npx nx run migrator:bundle',
) {}
