import {
  boolean,
  dropTables,
  index,
  jsonb,
  numeric,
  oneOf,
  record,
  references,
  smallint,
  text,
  timestamptz,
  uniqueIndex,
} from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'breaks that users take while they listen'

export async function up(db: Kysely<any>): Promise<void> {
  await record(db, 'ordinary_breaks', 'A break that a user takes while listening.', {
    columns: {
      user_id: references('users', 'cascade').notNull(),
      track_id: references('tracks', 'set null'),
      reason: oneOf('phone', 'door', 'sleep').notNull().default('phone'),
      loudness: smallint().check('loudness IN (1, 2, 3)'),
      share: numeric(4, 3),
      is_over: boolean().notNull().default(false),
      ended_at: timestamptz(),
      note: text(200),
      state: jsonb('JSON object: what the player keeps.'),
    },
    checks: { over: 'NOT is_over OR ended_at IS NOT NULL' },
    indexes: {
      user_id: index('user_id', 'created_at desc'),
      track_id: index('track_id'),
      open: uniqueIndex('user_id').where('NOT is_over'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'ordinary_breaks')
}
