/**
 * A refresh token buys one new one and is spent. One that comes back after that was stolen, from the user or by them: its session ends,
 * with every token of it (RFC 9700, 4.14.2).
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import { RefreshRefusedError } from './errors.ts'
import { inDays, REFRESH_DAYS } from './sign-in.ts'
import { freshToken, hashOf } from './tokens.ts'

const now = sql<Date>`CURRENT_TIMESTAMP`

/** Answers the new token. Throws RefreshRefusedError. */
export async function rotateToken(db: Kysely<Database>, token: string): Promise<string> {
  const outcome = await db.transaction().execute((transaction) => rotate(transaction, hashOf(token)))
  // Thrown outside: what a reused token revokes has to stay revoked.
  if ('refused' in outcome) throw new RefreshRefusedError(outcome.refused)
  return outcome.token
}

type Outcome = { readonly token: string } | { readonly refused: RefreshRefusedError['reason'] }

/**
 * Locks the session before any token of it, as endSession does: two requests that meet wait for each other and never in a circle, which
 * PostgreSQL would end by undoing one of them, perhaps the one that found the theft.
 */
async function rotate(db: Kysely<Database>, tokenHash: string): Promise<Outcome> {
  const found = await db
    .selectFrom('refresh_tokens')
    .select('session_id')
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  if (found === undefined) return { refused: 'unknown' }
  const session = await db
    .selectFrom('user_sessions')
    .select(['id', 'user_id', 'revoked_at', 'expires_at'])
    .where('id', '=', found.session_id)
    .forUpdate()
    .executeTakeFirst()
  // Read again under the lock: of two requests with one token the second sees what the first did.
  const spent = await db
    .selectFrom('refresh_tokens')
    .select(['id', 'revoked_at', 'expires_at'])
    .where('token_hash', '=', tokenHash)
    .forUpdate()
    .executeTakeFirst()
  if (spent === undefined) return { refused: 'unknown' }
  if (spent.revoked_at !== null) {
    if (session !== undefined) await endSession(db, session.id)
    return { refused: 'reused' }
  }
  const present = new Date()
  if (spent.expires_at <= present) return { refused: 'expired' }
  if (session === undefined || session.revoked_at !== null || session.expires_at <= present) return { refused: 'ended' }
  if (!(await maySignIn(db, session.user_id))) return { refused: 'inactive' }

  const fresh = freshToken()
  const { id } = await db
    .insertInto('refresh_tokens')
    .values({
      user_id: session.user_id,
      session_id: session.id,
      token_hash: fresh.hash,
      expires_at: inDays(REFRESH_DAYS),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await db
    .updateTable('refresh_tokens')
    .set({ replaced_by_id: id, revoked_at: now })
    .where('id', '=', spent.id)
    .execute()
  await db.updateTable('user_sessions').set({ last_activity_at: now }).where('id', '=', session.id).execute()
  return { token: fresh.token }
}

async function maySignIn(db: Kysely<Database>, userId: string): Promise<boolean> {
  const user = await db
    .selectFrom('users')
    .select('id')
    .where('id', '=', userId)
    .where('status', '=', 'active')
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return user !== undefined
}

/** The caller has locked the session. */
async function endSession(db: Kysely<Database>, sessionId: string): Promise<void> {
  await db
    .updateTable('user_sessions')
    .set({ revoked_at: now, revoked_reason: 'security' })
    .where('id', '=', sessionId)
    .where('revoked_at', 'is', null)
    .execute()
  await db
    .updateTable('refresh_tokens')
    .set({ revoked_at: now })
    .where('session_id', '=', sessionId)
    .where('revoked_at', 'is', null)
    .execute()
}
