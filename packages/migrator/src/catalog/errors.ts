/** Errors for a catalogue that cannot be read as one. */
import { databaseError } from '../errors.ts'

export class SchemaChangedError extends databaseError(
  () =>
    'Something was dropped while the catalogue was read, so what was read does not belong together.\n' +
    'Run it again when nobody changes the schema.',
) {}
