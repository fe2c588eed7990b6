import type { Kysely } from 'kysely'
import { dropTables, index, record, references, timestamptz } from '../conventions/index.ts'

export const about = 'which user has which role'

export async function up(db: Kysely<any>): Promise<void> {
  await record(db, 'user_roles', 'A role that a user has been given.', {
    columns: {
      user_id: references('users', 'cascade').notNull(),
      role_id: references('roles', 'restrict').notNull(),
      granted_by: references('users', 'set null'),
      expires_at: timestamptz().comment('When the role ends; NULL = never.'),
    },
    unique: [['user_id', 'role_id']],
    indexes: {
      role_id: index('role_id'),
      granted_by: index('granted_by'),
      expires_at: index('expires_at').where('expires_at IS NOT NULL'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'user_roles')
}
