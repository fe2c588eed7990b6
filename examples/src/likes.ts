import type { TrackLikeSource } from '@veza/streaming-schema'
import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'

export interface Like {
  readonly userId: string
  readonly trackId: string
  readonly source?: TrackLikeSource
}

/** Likes a track once, however often it is called, and counts it. Answers whether it was new. */
export function likeTrack(db: Kysely<Database>, { userId, trackId, source }: Like): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const liked = await transaction
      .insertInto('track_likes')
      .values({ user_id: userId, track_id: trackId, source })
      // Uniqueness is among live rows: a like that was taken back does not stand in the way.
      .onConflict((conflict) => conflict.columns(['user_id', 'track_id']).where('deleted_at', 'is', null).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (liked !== undefined) await count(transaction, trackId, 1)
    return liked !== undefined
  })
}

/** Takes a like back. Answers whether there was one. */
export function unlikeTrack(db: Kysely<Database>, { userId, trackId }: Like): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const taken = await transaction
      .updateTable('track_likes')
      .set({ deleted_at: sql<Date>`CURRENT_TIMESTAMP` })
      .where('user_id', '=', userId)
      .where('track_id', '=', trackId)
      .where('deleted_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (taken !== undefined) await count(transaction, trackId, -1)
    return taken !== undefined
  })
}

async function count(db: Kysely<Database>, trackId: string, change: 1 | -1): Promise<void> {
  await db
    .updateTable('tracks')
    .set((eb) => ({ like_count: eb('like_count', '+', String(change)) }))
    .where('id', '=', trackId)
    .execute()
}
