import {
  dropTables,
  index,
  live,
  oneOf,
  references,
  resource,
  timestamptz,
  uniqueIndex,
} from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'playlist collaborators and followers'

export async function up(db: Kysely<any>): Promise<void> {
  await resource(db, 'playlist_collaborators', 'A user whom the owner of a playlist has asked to work on it.', {
    columns: {
      playlist_id: references('playlists', 'cascade').notNull(),
      user_id: references('users', 'cascade').notNull(),
      permission: oneOf('read', 'write', 'admin').notNull().default('write'),
      status: oneOf('pending', 'accepted', 'declined', 'expired', 'revoked').notNull().default('pending'),
      invited_by: references('users', 'set null'),
      accepted_at: timestamptz(),
    },
    indexes: {
      member: uniqueIndex('playlist_id', 'user_id').where(live),
      playlist_id: index('playlist_id'),
      user_id: index('user_id'),
      invited_by: index('invited_by'),
    },
  })

  await resource(db, 'playlist_follows', 'A user follows a playlist.', {
    columns: {
      playlist_id: references('playlists', 'cascade').notNull(),
      user_id: references('users', 'cascade').notNull(),
    },
    indexes: {
      user_playlist: uniqueIndex('user_id', 'playlist_id').where(live),
      user_id: index('user_id', 'created_at desc'),
      playlist_id: index('playlist_id'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'playlist_follows', 'playlist_collaborators')
}
