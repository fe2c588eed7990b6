import { appendOnly, dropTables, index, jsonb, oneOf, references, text } from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'what happened to a track'

export async function up(db: Kysely<any>): Promise<void> {
  await appendOnly(db, 'track_history', 'A change to a track: what, when, by whom.', {
    columns: {
      track_id: references('tracks', 'cascade').notNull(),
      user_id: references('users', 'set null'),
      action: oneOf('created', 'updated', 'published', 'unpublished', 'version_added', 'deleted', 'restored').notNull(),
      field: text(50).comment('The column that changed; NULL = none in particular.'),
      old_value: jsonb('JSON: the value of field before.'),
      new_value: jsonb('JSON: the value of field after.'),
    },
    indexes: {
      track_created: index('track_id', 'created_at desc'),
      user_id: index('user_id'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'track_history')
}
