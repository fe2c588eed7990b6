/** What a person can meet when types are generated; the model is errors.ts one level up. */
import { bulleted, WorkspaceError } from '../errors.ts'

export class SchemaFileError extends WorkspaceError {
  constructor(fields: { domain: string; unwritable: readonly string[] }) {
    super(
      `The migrations of ${fields.domain} build what schema.sql cannot say:\n${bulleted(fields.unwritable)}\n` +
        'Nothing was written: a file without it would describe another database. Build it without these features in a new migration, ' +
        'or teach packages/migrator/src/types to write them.',
    )
    Object.assign(this, fields)
  }
}
