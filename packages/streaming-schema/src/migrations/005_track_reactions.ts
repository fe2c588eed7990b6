import {
  dropTables,
  index,
  integer,
  live,
  oneOf,
  references,
  resource,
  text,
  timestamptz,
  uniqueIndex,
} from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'likes, comments and shares of tracks'

const counter = integer().notNull().default(0)

export async function up(db: Kysely<any>): Promise<void> {
  await resource(db, 'track_likes', 'A user likes a track.', {
    columns: {
      user_id: references('users', 'cascade').notNull(),
      track_id: references('tracks', 'cascade').notNull(),
      source: oneOf('player', 'track_page', 'playlist', 'feed', 'search', 'embed'),
    },
    indexes: {
      user_track: uniqueIndex('user_id', 'track_id').where(live),
      user_id: index('user_id', 'created_at desc'),
      track_id: index('track_id'),
    },
  })

  await resource(db, 'track_comments', 'What a user says about a track, or in reply to another comment.', {
    columns: {
      track_id: references('tracks', 'cascade').notNull(),
      user_id: references('users', 'cascade').notNull(),
      parent_id: references('track_comments', 'cascade')
        .check('parent_id <> id')
        .comment('The comment that this one replies to; NULL = none.'),
      content: text().notNull().check('char_length(btrim(content)) BETWEEN 1 AND 1000'),
      timestamp_ms: integer()
        .check('timestamp_ms >= 0')
        .comment('Where in the track, in milliseconds from its start; NULL = the whole track.'),
      like_count: counter.check('like_count >= 0'),
      reply_count: counter.check('reply_count >= 0'),
      edited_at: timestamptz(),
    },
    indexes: {
      track_created: index('track_id', 'created_at desc'),
      timed: index('track_id', 'timestamp_ms').where(`timestamp_ms IS NOT NULL AND ${live}`),
      parent_id: index('parent_id'),
      user_id: index('user_id', 'created_at desc'),
    },
  })

  await resource(db, 'track_shares', 'A track that a user passes on: by link, to one person, embedded or reposted.', {
    columns: {
      track_id: references('tracks', 'cascade').notNull(),
      user_id: references('users', 'cascade').notNull(),
      recipient_id: references('users', 'cascade')
        .check('recipient_id <> user_id')
        .comment('To whom a direct share goes; NULL = to nobody in particular.'),
      channel: oneOf('link', 'direct', 'embed', 'repost').notNull().default('link'),
      share_token: text(64)
        .unique()
        .check('char_length(share_token) >= 22')
        .comment('The random part of a public link, at least 128 bits in base64url.'),
      permission: oneOf('listen', 'download').notNull().default('listen'),
      message: text(500),
      access_count: counter.check('access_count >= 0'),
      expires_at: timestamptz().comment('When the share ends; NULL = never.'),
    },
    checks: {
      direct_recipient: `channel <> 'direct' OR recipient_id IS NOT NULL`,
      link_token: `channel NOT IN ('link', 'embed') OR share_token IS NOT NULL`,
    },
    indexes: {
      track_id: index('track_id'),
      user_id: index('user_id', 'created_at desc'),
      recipient_id: index('recipient_id'),
      expires_at: index('expires_at').where('expires_at IS NOT NULL'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'track_shares', 'track_comments', 'track_likes')
}
