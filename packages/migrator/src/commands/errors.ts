/** Errors for a command line that a verb cannot carry out, or not without a confirmation. */
import { databaseError, usageError } from '../errors.ts'

export class ConflictingOptionsError extends usageError<{ options: readonly string[] }>(
  ({ options }) => `${options.join(' and ')} cannot be used together: give only one of them.`,
) {}

export class ComparedDatabaseCountError extends usageError<{ count: number }>(
  ({ count }) =>
    `--compare got ${count} databases; it takes two, or one that is compared with the database of --database-url or DATABASE_URL.`,
) {}

export class ComparedVariableError extends usageError<{ variable: string }>(
  ({ variable }) =>
    `The environment has no ${variable}, which --compare names. Set it to the URL of the database: ` +
    `export ${variable}=postgresql://user:password@host:5432/database`,
) {}

/** The value may be a piece of a URL, so it is not named. */
export class ComparedValueError extends usageError(
  () =>
    '--compare got something that is neither a PostgreSQL URL nor an environment variable that holds one. ' +
    'It is not repeated here, since it may be a piece of a password.\n' +
    'Name variables, as in: veza-migrator audit --compare STAGING_URL PRODUCTION_URL',
) {}

/** `detail`: the message of the failure. */
export class ComparedDatabaseError extends databaseError<{
  which: 'first' | 'second'
  /** Where its URL came from: `the variable STAGING_URL`. */
  source: string
  detail: string
}>(
  ({ which, source, detail }) =>
    `The ${which} of the two databases to compare (${source}) could not be read, so nothing was compared.\n${detail}`,
) {}

export class ConfirmationRequiredError extends usageError(
  () =>
    'down asks before it drops anything, and there is no terminal to ask on. To revert without being asked, add --yes.',
) {}

export class NotConfirmedError extends usageError(() => 'Not confirmed: nothing was reverted.') {}

/** A verb that changes a database, but is no run, was interrupted while it did so. */
export class InterruptedWriteError extends databaseError<{ verb: string }>(
  ({ verb }) =>
    `Interrupted while ${verb} was changing the database, all of it or nothing. Which of the two is unknown: run status.`,
) {}
