import type { Kysely } from 'kysely'
import {
  boolean,
  dropTables,
  index,
  inet,
  integer,
  jsonb,
  live,
  oneOf,
  record,
  references,
  resource,
  text,
  timestamptz,
  uniqueIndex,
} from '../conventions/index.ts'

export const about = 'users and their preferences'

export async function up(db: Kysely<any>): Promise<void> {
  await resource(db, 'users', 'A person with an account.', {
    columns: {
      username: text().notNull().check(`username ~ '^[A-Za-z0-9_-]{3,50}$'`),
      email: text().notNull().check(`email ~ '^[^@[:space:]]+@[^@[:space:]]+\\.[^@[:space:]]+$'`),
      password_hash: text().comment('Salted password hash with its algorithm and cost; NULL = no password login.'),
      first_name: text(100),
      last_name: text(100),
      display_name: text(100),
      bio: text(500),
      avatar_url: text(),
      location: text(100),
      website: text(255),
      status: oneOf('active', 'inactive', 'suspended', 'banned').notNull().default('active'),
      is_verified: boolean().notNull().default(false),
      two_factor_enabled: boolean().notNull().default(false),
      two_factor_secret: text().comment('TOTP secret, as the auth service encodes it; NULL = never set up.'),
      login_attempts: integer()
        .notNull()
        .default(0)
        .check('login_attempts >= 0')
        .comment('Failed logins since the last one that succeeded.'),
      locked_until: timestamptz(),
      last_login_at: timestamptz(),
      last_login_ip: inet(),
      last_seen_at: timestamptz(),
    },
    indexes: {
      email: uniqueIndex('lower(email)').where(live),
      username: uniqueIndex('lower(username)').where(live),
      status: index('status').where(live),
      created_at: index('created_at desc').where(live),
      last_seen_at: index('last_seen_at desc').where(live),
    },
  })

  await record(db, 'user_preferences', 'What one user has set: look, language, notifications, privacy, sound.', {
    columns: {
      user_id: references('users', 'cascade').notNull().unique(),
      theme: oneOf('light', 'dark', 'auto').notNull().default('light'),
      language: text()
        .notNull()
        .default('en')
        .check(`language ~ '^[a-z]{2}(-[A-Z]{2})?$'`)
        .comment('ISO 639-1 language, with an ISO 3166-1 country where it matters: en, pt-BR.'),
      timezone: text(64).notNull().default('UTC').comment('IANA time zone name: Europe/Paris.'),
      notification_settings: jsonb('JSON object: which notifications go out, and how.').notNull().default('{}'),
      privacy_settings: jsonb('JSON object: who may see what of the user.').notNull().default('{}'),
      audio_settings: jsonb('JSON object: playback quality, volume, equaliser.').notNull().default('{}'),
      chat_settings: jsonb('JSON object: how chat looks and behaves.').notNull().default('{}'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'user_preferences', 'users')
}
