import type { Kysely } from 'kysely'
import {
  boolean,
  currentTimestamp,
  dropTables,
  index,
  integer,
  live,
  references,
  resource,
  text,
  timestamptz,
  uniqueIndex,
} from '../conventions/index.ts'

export const about = 'playlists and the tracks in them'

export async function up(db: Kysely<any>): Promise<void> {
  await resource(db, 'playlists', 'An ordered list of tracks that a user keeps.', {
    columns: {
      owner_id: references('users', 'cascade').notNull(),
      name: text(255).notNull().check('char_length(btrim(name)) >= 1'),
      description: text(),
      cover_url: text(),
      is_public: boolean().notNull().default(false),
      is_collaborative: boolean().notNull().default(false),
      track_count: integer().notNull().default(0).check('track_count >= 0'),
      duration_seconds: integer()
        .notNull()
        .default(0)
        .check('duration_seconds >= 0')
        .comment('Length of all its tracks together, in seconds.'),
      follower_count: integer().notNull().default(0).check('follower_count >= 0'),
    },
    indexes: {
      owner_id: index('owner_id', 'created_at desc'),
      public_recent: index('created_at desc').where(`is_public AND ${live}`),
    },
  })

  await resource(db, 'playlist_tracks', 'The place of a track in a playlist.', {
    columns: {
      playlist_id: references('playlists', 'cascade').notNull(),
      track_id: references('tracks', 'cascade').notNull(),
      added_by: references('users', 'set null'),
      position: integer().notNull().check('position >= 0').comment('Place in the playlist, from 0; two may share one.'),
      added_at: timestamptz().notNull().default(currentTimestamp),
    },
    indexes: {
      entry: uniqueIndex('playlist_id', 'track_id').where(live),
      playlist_position: index('playlist_id', 'position'),
      track_id: index('track_id'),
      added_by: index('added_by'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'playlist_tracks', 'playlists')
}
