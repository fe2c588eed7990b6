import {
  currentTimestamp,
  dropTables,
  index,
  inet,
  jsonb,
  oneOf,
  record,
  references,
  sha256,
  text,
  timestamptz,
} from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'sessions and the refresh tokens that prolong them'

export async function up(db: Kysely<any>): Promise<void> {
  await record(db, 'user_sessions', 'A login of one user on one device.', {
    columns: {
      user_id: references('users', 'cascade').notNull(),
      token_hash: sha256('SHA-256 of the session token, in lower-case hex.').notNull().unique(),
      device_info: jsonb('JSON object: what the client says of its device and version.').notNull().default('{}'),
      ip_address: inet(),
      user_agent: text(),
      location: text(100),
      last_activity_at: timestamptz().notNull().default(currentTimestamp),
      expires_at: timestamptz().notNull().check('expires_at > created_at'),
      revoked_at: timestamptz(),
      revoked_reason: oneOf('manual', 'expired', 'forced', 'security'),
    },
    checks: { revoked: 'revoked_reason IS NULL OR revoked_at IS NOT NULL' },
    indexes: {
      user_id: index('user_id', 'last_activity_at desc'),
      active: index('user_id').where('revoked_at IS NULL'),
      expires_at: index('expires_at'),
      last_activity: index('last_activity_at'),
    },
  })

  await record(db, 'refresh_tokens', 'A token that buys one new access token, and the one that took its place.', {
    columns: {
      user_id: references('users', 'cascade').notNull(),
      session_id: references('user_sessions', 'cascade'),
      token_hash: sha256('SHA-256 of the refresh token, in lower-case hex.').notNull().unique(),
      replaced_by_id: references('refresh_tokens', 'set null').comment(
        'Its successor; used again after that = stolen.',
      ),
      ip_address: inet(),
      user_agent: text(),
      expires_at: timestamptz().notNull().check('expires_at > created_at'),
      revoked_at: timestamptz(),
    },
    indexes: {
      user_id: index('user_id'),
      session_id: index('session_id'),
      replaced_by_id: index('replaced_by_id'),
      expires_at: index('expires_at'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'refresh_tokens', 'user_sessions')
}
