/** Errors for a command line that a verb cannot carry out, or not without a confirmation. */
import { databaseError, usageError } from '../errors.ts'

export class ConflictingOptionsError extends usageError<{ options: readonly string[] }>(
  ({ options }) => `${options.join(' and ')} cannot be used together: give only one of them.`,
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
