/** What a command line can ask that a verb cannot do, or not without being asked again. */
import { usageError } from '../errors.ts'

export class ConflictingOptionsError extends usageError<{ options: readonly string[] }>(
  (fields) => `${fields.options.join(' and ')} exclude each other: give one of them.`,
) {}

export class ConfirmationRequiredError extends usageError(
  () => 'down asks before it drops anything, and there is no terminal to ask on. Say --yes if you mean it.',
) {}

export class NotConfirmedError extends usageError(() => 'Not confirmed: nothing was reverted.') {}
