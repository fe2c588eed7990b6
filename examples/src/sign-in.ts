/** Email and password → a session and its first refresh token. */
import type { NewUserSession } from '@veza/auth-schema'
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import { SignInRefusedError } from './errors.ts'
import { passwordMatches } from './passwords.ts'
import { freshToken } from './tokens.ts'

const SESSION_DAYS = 30
export const REFRESH_DAYS = 7
const ATTEMPTS_UNTIL_LOCKED = 5
const LOCKED_MINUTES = 15

export const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000)

/** What the request tells of the client. */
export type Client = Pick<NewUserSession, 'ip_address' | 'user_agent' | 'device_info'>

export interface SignedIn {
  readonly sessionId: string
  readonly sessionToken: string
  readonly refreshToken: string
}

/** Throws SignInRefusedError. */
export async function signIn(
  db: Kysely<Database>,
  { email, password, client = {} }: { email: string; password: string; client?: Client },
): Promise<SignedIn> {
  const user = await db
    .selectFrom('users')
    .select(['id', 'password_hash', 'status', 'locked_until'])
    .where((eb) => eb(eb.fn('lower', ['email']), '=', email.toLowerCase()))
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  const matches = await passwordMatches(password, user?.password_hash)
  const isLocked = (user?.locked_until ?? new Date(0)) > new Date()
  if (user === undefined || user.status !== 'active' || isLocked) throw new SignInRefusedError()
  if (!matches) {
    await countFailure(db, user.id)
    throw new SignInRefusedError()
  }
  return db.transaction().execute((transaction) => openSession(transaction, user.id, client))
}

/** In one statement, so that attempts at the same moment all count. */
async function countFailure(db: Kysely<Database>, userId: string): Promise<void> {
  const until = sql<Date>`CURRENT_TIMESTAMP + make_interval(mins => ${LOCKED_MINUTES})`
  await db
    .updateTable('users')
    .set((eb) => ({
      login_attempts: eb('login_attempts', '+', 1),
      locked_until: eb
        .case()
        .when(eb('login_attempts', '+', 1), '>=', ATTEMPTS_UNTIL_LOCKED)
        .then(until)
        .else(eb.ref('locked_until'))
        .end(),
    }))
    .where('id', '=', userId)
    .execute()
}

async function openSession(db: Kysely<Database>, userId: string, client: Client): Promise<SignedIn> {
  const session = freshToken()
  const refresh = freshToken()
  const { id } = await db
    .insertInto('user_sessions')
    .values({ ...client, user_id: userId, token_hash: session.hash, expires_at: inDays(SESSION_DAYS) })
    .returning('id')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('refresh_tokens')
    .values({ user_id: userId, session_id: id, token_hash: refresh.hash, expires_at: inDays(REFRESH_DAYS) })
    .execute()
  await db
    .updateTable('users')
    .set({
      login_attempts: 0,
      locked_until: null,
      last_login_at: sql<Date>`CURRENT_TIMESTAMP`,
      last_login_ip: client.ip_address ?? null,
    })
    .where('id', '=', userId)
    .execute()
  return { sessionId: id, sessionToken: session.token, refreshToken: refresh.token }
}
