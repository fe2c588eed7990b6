/** Errors about values that cannot be written as SQL. */
import { workspaceError } from '../errors.ts'

export class UnknownParameterError extends workspaceError<{
  id: string
  /** The name of a JavaScript class or type. */
  type: string
}>(
  ({ id, type }) =>
    `${id} has a parameter of the type ${type}, which cannot be written as SQL. Pass text, a number, a boolean, a Date, ` +
    'bytes, an array, a plain object (JSON) or null, or let the database compute it.',
) {}
