import type { UserSession } from '@veza/auth-schema'
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'

export type LiveSession = Pick<UserSession, 'id' | 'device_info' | 'ip_address' | 'last_activity_at' | 'expires_at'>

/** Where a user is signed in, the latest activity first: neither revoked nor expired. */
export function liveSessions(db: Kysely<Database>, userId: string): Promise<LiveSession[]> {
  return db
    .selectFrom('user_sessions')
    .select(['id', 'device_info', 'ip_address', 'last_activity_at', 'expires_at'])
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`CURRENT_TIMESTAMP`)
    .orderBy('last_activity_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}
