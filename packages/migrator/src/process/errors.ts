/** How a process may end that nobody has ended in order. */
import { databaseError } from '../errors.ts'

/** The last resort: the process ends, and nothing before has said why. */
export class CommandEndedError extends databaseError(
  () =>
    'The process ended before the command was done: a migration, or a module that it imports, has ended it.\n' +
    'What it was doing is not committed, unless this was said before. Ask: npx nx run migrator:status',
) {}
