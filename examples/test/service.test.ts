/** The examples on the real database: what they promise, and that two requests at once do not break it. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trackComments } from '../src/comments.ts'
import { type Database, openDatabase } from '../src/database.ts'
import { likeTrack, unlikeTrack } from '../src/likes.ts'
import { hashPassword } from '../src/passwords.ts'
import { rotateToken } from '../src/rotate-token.ts'
import { liveSessions } from '../src/sessions.ts'
import { signIn } from '../src/sign-in.ts'
import { hashOf } from '../src/tokens.ts'

let database: TestDatabase
let db: Kysely<Database>

beforeAll(async () => {
  database = await testDatabase({ migrated: true })
  db = openDatabase(database.url)
})
afterAll(async () => {
  await db?.destroy()
  await database?.drop()
})

const password = 'correct horse battery staple'
let users = 0

async function newUser(): Promise<{ id: string; email: string }> {
  const name = `listener_${++users}`
  return db
    .insertInto('users')
    .values({ username: name, email: `${name}@example.org`, password_hash: await hashPassword(password) })
    .returning(['id', 'email'])
    .executeTakeFirstOrThrow()
}

async function newTrack(): Promise<{ id: string; userId: string }> {
  const { id: userId } = await newUser()
  const { id } = await db
    .insertInto('tracks')
    .values({ uploader_id: userId, title: 'Prelude', artist: 'Ada', file_path: 'a/prelude.flac' })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, userId }
}

/** How many wait for a lock that the holder, a process id, has. */
async function waitingFor(holder: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
    where ${holder}::int = any (pg_blocking_pids(pid))`.execute(db)
  return rows[0]!.count
}

describe('signing in', () => {
  test('opens a session that is listed, and stores no token', async () => {
    const user = await newUser()
    const client = { ip_address: '203.0.113.7', user_agent: 'Veza/1.0', device_info: { os: 'linux', version: [1, 2] } }
    const { sessionId, sessionToken } = await signIn(db, { email: user.email.toUpperCase(), password, client })
    expect(await liveSessions(db, user.id)).toEqual([
      {
        id: sessionId,
        ip_address: '203.0.113.7',
        device_info: { os: 'linux', version: [1, 2] },
        last_activity_at: expect.any(Date),
        expires_at: expect.any(Date),
      },
    ])
    const stored = await db
      .selectFrom('user_sessions')
      .selectAll()
      .where('id', '=', sessionId)
      .executeTakeFirstOrThrow()
    expect(stored.token_hash).toBe(hashOf(sessionToken))
    expect(JSON.stringify(stored)).not.toContain(sessionToken)
  })

  test('is refused alike for a wrong password and an unknown address', async () => {
    const { email } = await newUser()
    const refusal = 'This address and this password do not belong together, or the account may not sign in.'
    await expect(signIn(db, { email, password: 'wrong' })).rejects.toThrow(refusal)
    await expect(signIn(db, { email: 'nobody@example.org', password })).rejects.toThrow(refusal)
  })

  test('locks the account after five wrong passwords, even for the right one', async () => {
    const { email, id } = await newUser()
    await Promise.allSettled(Array.from({ length: 5 }, () => signIn(db, { email, password: 'wrong' })))
    await expect(signIn(db, { email, password })).rejects.toThrow('may not sign in')
    const user = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    expect(user.login_attempts).toBe(5)
    expect(user.locked_until?.getTime()).toBeGreaterThan(Date.now())
  })
})

describe('a refresh token', () => {
  test('is good once, and its successor after it', async () => {
    const { email } = await newUser()
    const { refreshToken } = await signIn(db, { email, password })
    const second = await rotateToken(db, refreshToken)
    const third = await rotateToken(db, second)
    expect(new Set([refreshToken, second, third]).size).toBe(3)
  })

  test('that comes back ends the session, and its successor is worth nothing', async () => {
    const { email, id } = await newUser()
    const { refreshToken, sessionId } = await signIn(db, { email, password })
    const successor = await rotateToken(db, refreshToken)
    await expect(rotateToken(db, refreshToken)).rejects.toMatchObject({ reason: 'reused' })
    await expect(rotateToken(db, successor)).rejects.toMatchObject({ reason: 'reused' })
    expect(await liveSessions(db, id)).toEqual([])
    const session = await db
      .selectFrom('user_sessions')
      .selectAll()
      .where('id', '=', sessionId)
      .executeTakeFirstOrThrow()
    expect(session.revoked_reason).toBe('security')
  })

  test('presented twice at once is rotated by one of the two', async () => {
    const { email } = await newUser()
    const { refreshToken } = await signIn(db, { email, password })
    const outcomes = await Promise.allSettled([rotateToken(db, refreshToken), rotateToken(db, refreshToken)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('that was stolen and comes back while its successor is rotated always ends the session, with no deadlock', async () => {
    const { email, id } = await newUser()
    for (let round = 0; round < 25; round += 1) {
      const { refreshToken: stolen, sessionId } = await signIn(db, { email, password })
      const successor = await rotateToken(db, stolen)
      const [rotated, reused] = await Promise.allSettled([rotateToken(db, successor), rotateToken(db, stolen)])
      expect(reused).toMatchObject({ status: 'rejected', reason: { reason: 'reused' } })
      // First or second in the queue: rotated and revoked right after, or revoked and then refused.
      if (rotated.status === 'rejected') expect(rotated.reason).toMatchObject({ reason: 'reused' })
      const alive = await db
        .selectFrom('refresh_tokens')
        .select('id')
        .where('session_id', '=', sessionId)
        .where('revoked_at', 'is', null)
        .execute()
      expect(alive).toEqual([])
    }
    expect(await liveSessions(db, id)).toEqual([])
  })

  test('waits for the session before it holds a token, so that who ends the session can go on', async () => {
    const { email } = await newUser()
    const { refreshToken, sessionId } = await signIn(db, { email, password })
    const rotation = await db.transaction().execute(async (other) => {
      await other.selectFrom('user_sessions').select('id').where('id', '=', sessionId).forUpdate().execute()
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(other)
      const waiting = rotateToken(db, refreshToken).catch((refusal) => refusal)
      await expect.poll(() => waitingFor(rows[0]!.pid)).toBe(1)
      await other
        .updateTable('user_sessions')
        .set({ revoked_at: sql`CURRENT_TIMESTAMP` })
        .where('id', '=', sessionId)
        .execute()
      await other
        .updateTable('refresh_tokens')
        .set({ revoked_at: sql`CURRENT_TIMESTAMP` })
        .where('session_id', '=', sessionId)
        .execute()
      return { waiting }
    })
    expect(await rotation.waiting).toMatchObject({ reason: 'reused' })
  })

  test('is refused when its session was revoked or has expired', async () => {
    const { email } = await newUser()
    const past = { created_at: new Date('2001-01-01'), expires_at: new Date('2001-01-02') }
    for (const end of [{ revoked_at: new Date() }, past]) {
      const { refreshToken, sessionId } = await signIn(db, { email, password })
      await db.updateTable('user_sessions').set(end).where('id', '=', sessionId).execute()
      await expect(rotateToken(db, refreshToken)).rejects.toMatchObject({ reason: 'ended' })
    }
  })

  test('is refused when its user is no longer active, or deleted', async () => {
    for (const change of [{ status: 'suspended' }, { deleted_at: new Date() }] as const) {
      const { email, id } = await newUser()
      const { refreshToken } = await signIn(db, { email, password })
      await db.updateTable('users').set(change).where('id', '=', id).execute()
      await expect(rotateToken(db, refreshToken)).rejects.toMatchObject({ reason: 'inactive' })
    }
  })

  test('is refused when it is unknown or has expired', async () => {
    const { email } = await newUser()
    const { refreshToken } = await signIn(db, { email, password })
    await expect(rotateToken(db, 'made up')).rejects.toMatchObject({ reason: 'unknown' })
    await db
      .updateTable('refresh_tokens')
      .set({ created_at: new Date('2001-01-01'), expires_at: new Date('2001-01-02') })
      .where('token_hash', '=', hashOf(refreshToken))
      .execute()
    await expect(rotateToken(db, refreshToken)).rejects.toMatchObject({ reason: 'expired' })
  })
})

describe('a like', () => {
  test('counts once, can be taken back and given again', async () => {
    const { id: trackId, userId } = await newTrack()
    const count = async () =>
      (await db.selectFrom('tracks').select('like_count').where('id', '=', trackId).executeTakeFirstOrThrow())
        .like_count
    const like = { userId, trackId, source: 'track_page' } as const
    expect((await Promise.all([likeTrack(db, like), likeTrack(db, like)])).sort()).toEqual([false, true])
    expect(await count()).toBe('1')
    expect(await unlikeTrack(db, like)).toBe(true)
    expect(await unlikeTrack(db, like)).toBe(false)
    expect(await count()).toBe('0')
    expect(await likeTrack(db, like)).toBe(true)
    expect(await count()).toBe('1')
  })
})

describe('the comments of a track', () => {
  test('come in pages that hold each comment once, the newest first, many of them at the same instant', async () => {
    const { id: trackId, userId } = await newTrack()
    const at = (second: number) => sql<Date>`'2025-01-01T00:00:00Z'::timestamptz + ${second} * interval '1 microsecond'`
    const contents = Array.from({ length: 25 }, (_, number) => `Comment ${number}`)
    for (const [number, content] of contents.entries()) {
      await db
        .insertInto('track_comments')
        .values({ track_id: trackId, user_id: userId, content, created_at: at(Math.floor(number / 3)) })
        .execute()
    }
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await trackComments(db, { trackId, limit: 10, after })
      seen.push(...page.comments.map(({ content }) => content))
      expect(page.comments.every(({ author }) => author.startsWith('listener_'))).toBe(true)
      after = page.after
    } while (after !== undefined)
    expect([...seen].sort()).toEqual([...contents].sort())
    // Three of each instant: their order among themselves is that of their ids.
    const instants = seen.map((content) => Math.floor(Number(content.split(' ')[1]) / 3))
    expect(instants).toEqual([...instants].sort((a, b) => b - a))
  })

  test('leave out replies and what was deleted; a track without any has one empty page', async () => {
    const { id: trackId, userId } = await newTrack()
    const base = { track_id: trackId, user_id: userId }
    const { id } = await db
      .insertInto('track_comments')
      .values({ ...base, content: 'Nice.' })
      .returning('id')
      .executeTakeFirstOrThrow()
    await db
      .insertInto('track_comments')
      .values({ ...base, content: 'Indeed.', parent_id: id })
      .execute()
    await db
      .insertInto('track_comments')
      .values({ ...base, content: 'Spam', deleted_at: new Date() })
      .execute()
    const { comments } = await trackComments(db, { trackId })
    expect(comments.map(({ content }) => content)).toEqual(['Nice.'])
    expect(await trackComments(db, { trackId: userId })).toEqual({ comments: [], after: undefined })
  })
})
