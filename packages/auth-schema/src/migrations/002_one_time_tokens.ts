import { dropTables, index, inet, record, references, sha256, text, timestamptz } from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'one-time tokens: password resets and email verifications'

export async function up(db: Kysely<any>): Promise<void> {
  await record(db, 'password_reset_tokens', 'A link, good once, to set a new password.', {
    columns: {
      user_id: references('users', 'cascade').notNull(),
      token_hash: sha256('SHA-256 of the token in the link, in lower-case hex.').notNull().unique(),
      expires_at: timestamptz().notNull().check('expires_at > created_at'),
      used_at: timestamptz(),
      ip_address: inet(),
      user_agent: text(),
    },
    indexes: { user_id: index('user_id'), expires_at: index('expires_at') },
  })

  await record(db, 'email_verification_tokens', 'A link, good once, that proves an email address.', {
    columns: {
      user_id: references('users', 'cascade').notNull(),
      email: text(255).notNull().comment('The address that it proves, which the user may have changed since.'),
      token_hash: sha256('SHA-256 of the token in the link, in lower-case hex.').notNull().unique(),
      expires_at: timestamptz().notNull().check('expires_at > created_at'),
      used_at: timestamptz(),
    },
    indexes: { user_id: index('user_id'), expires_at: index('expires_at') },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'email_verification_tokens', 'password_reset_tokens')
}
