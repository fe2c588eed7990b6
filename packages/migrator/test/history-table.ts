/**
 * The history table as core's conventions make it. What it renders stands in history-table.generated.ts, held against this by a test: a
 * first run on a database sends it without importing the conventions and Kysely.
 */
import { appendOnly, integer, text, uuid } from '@veza/core-schema/conventions'
import { type Kysely, sql } from 'kysely'
import { HISTORY_TABLE } from '../src/database/history.ts'

export async function createHistory(db: Kysely<any>): Promise<void> {
  await appendOnly(db, HISTORY_TABLE, 'Which migrations this database has; written by the migrator alone.', {
    idDefault: sql`gen_random_uuid()`,
    columns: {
      domain: text().notNull(),
      name: text().notNull(),
      checksum: text()
        .notNull()
        .check("checksum ~ '^[0-9a-f]{64}$'")
        .comment('SHA-256 in lower-case hex over the rendered SQL of up and down.'),
      run_id: uuid().notNull().comment('The same for all migrations of one run.'),
      position: integer().notNull().check('position > 0').comment('Number in the V1 run: the line in migrations.lock.'),
      duration_ms: integer()
        .check('duration_ms >= 0')
        .comment('Milliseconds; NULL while a migration without transaction is under way or was interrupted.'),
      tool_version: text().notNull(),
      applied_by: text().notNull().comment('Operating-system user and machine.'),
    },
    unique: [['domain', 'name']],
  })
}
