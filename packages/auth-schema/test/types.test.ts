/** What auth's types say, and how they compose with those of core and of other domains. Checked by `tsc`. */
import {
  type AuthDatabase,
  type AuthTables,
  type NewUserSession,
  USER_SESSION_REVOKED_REASON_VALUES,
  type UserSession,
  type UserSessionRevokedReason,
  type UserSessionUpdate,
} from '@veza/auth-schema'
import type { CoreDatabase, UserStatus } from '@veza/core-schema'
import type { Kysely } from 'kysely'
import { expect, expectTypeOf, test } from 'vitest'

test('auth owns its tables and sees those of core', () => {
  expectTypeOf<'user_sessions' | 'refresh_tokens'>().toExtend<keyof AuthTables>()
  expectTypeOf<keyof AuthTables & keyof CoreDatabase>().toEqualTypeOf<never>()
  expectTypeOf<AuthDatabase>().toExtend<AuthTables & CoreDatabase>()
})

test('a session is joined with its user', () => {
  const liveSessions = (db: Kysely<AuthDatabase>) =>
    db
      .selectFrom('user_sessions')
      .innerJoin('users', 'users.id', 'user_sessions.user_id')
      .select(['user_sessions.id', 'users.username', 'user_sessions.expires_at', 'users.status'])
      .execute()
  type Row = Awaited<ReturnType<typeof liveSessions>>[number]
  expectTypeOf<Row>().toEqualTypeOf<{
    id: string
    username: string
    expires_at: Date
    status: UserStatus
  }>()
})

test('the reason of a revocation is one of the list, or null', () => {
  expectTypeOf<UserSession['revoked_reason']>().toEqualTypeOf<UserSessionRevokedReason | null>()
  expectTypeOf<{ revoked_reason: 'security' }>().toExtend<UserSessionUpdate>()
  expectTypeOf<{ revoked_reason: 'nonsense' }>().not.toExtend<UserSessionUpdate>()
  expect(USER_SESSION_REVOKED_REASON_VALUES).toContain('security')
})

test('a new session needs its user, its token and its end', () => {
  expectTypeOf<{ user_id: string; token_hash: string; expires_at: Date }>().toExtend<NewUserSession>()
  expectTypeOf<{ user_id: string; token_hash: string }>().not.toExtend<NewUserSession>()
  expectTypeOf<NewUserSession['ip_address']>().toEqualTypeOf<string | null | undefined>()
})

test('a table of another domain is not there', () => {
  // @ts-expect-error: track_likes is of streaming
  const likes = (db: Kysely<AuthDatabase>) => db.selectFrom('track_likes')
  expectTypeOf(likes).parameter(0).toEqualTypeOf<Kysely<AuthDatabase>>()
})
