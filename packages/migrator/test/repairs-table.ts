/**
 * The table of repairs as core's conventions make it. What it renders stands in repairs-table.generated.ts, held against this by a test:
 * a repair sends it without importing the conventions and Kysely.
 */
import { appendOnly, jsonb, text } from '@veza/core-schema/conventions'
import { type Kysely, sql } from 'kysely'
import { REPAIRS_TABLE } from '../src/database/own-tables.ts'

const checksum = (when: string) =>
  text()
    .checkNamed((name) => sql`${sql.ref(name)} ~ '^[0-9a-f]{64}$'`)
    .comment(`SHA-256 in lower-case hex that the history had ${when}; NULL if it had no row.`)

export async function createRepairs(db: Kysely<any>): Promise<void> {
  await appendOnly(
    db,
    REPAIRS_TABLE,
    'What people did to the migration history, and why; the migrator never drops it.',
    {
      idDefault: sql`gen_random_uuid()`,
      columns: {
        domain: text().notNull(),
        name: text().notNull().comment('For a baseline: the last migration that it recorded.'),
        action: text().notNull().comment('accept-checksum, forget, mark-done, mark-undone or baseline.'),
        reason: text().notNull().check("reason ~ '[^[:space:]]'"),
        checksum_before: checksum('before'),
        checksum_after: checksum('afterwards'),
        history_before: jsonb('The row of the history before; NULL if there was none.'),
        history_after: jsonb(
          'The row of the history afterwards, for a baseline what it recorded; NULL if there is none.',
        ),
        tool_version: text().notNull(),
        applied_by: text().notNull().comment('Operating-system user and machine.'),
      },
    },
  )
}
