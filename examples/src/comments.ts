/** A track's comments, page by page: keyset paging, so that a page costs the same at any depth and new comments shift nothing. */
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'

interface Comment {
  readonly id: string
  readonly content: string
  readonly author: string
  readonly created_at: Date
}

export interface CommentPage {
  readonly comments: readonly Comment[]
  /** Where the next page begins; undefined on the last one. */
  readonly after: string | undefined
}

/**
 * The newest first, replies left out. The cursor is a comment's id and its time is read in SQL: a JavaScript Date has milliseconds,
 * the column microseconds, and a page cut by the one would skip or repeat rows of the other.
 */
export async function trackComments(
  db: Kysely<Database>,
  { trackId, limit = 20, after }: { trackId: string; limit?: number; after?: string | undefined },
): Promise<CommentPage> {
  let query = db
    .selectFrom('track_comments')
    .innerJoin('users', 'users.id', 'track_comments.user_id')
    .select(['track_comments.id', 'content', 'username as author', 'track_comments.created_at'])
    .where('track_id', '=', trackId)
    .where('parent_id', 'is', null)
    .where('track_comments.deleted_at', 'is', null)
  if (after !== undefined) {
    query = query.where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('track_comments.created_at', 'track_comments.id'),
        '<',
        selectFrom('track_comments as last')
          .select(['last.created_at', 'last.id'])
          .where('last.id', '=', after)
          .$asTuple('created_at', 'id'),
      ),
    )
  }
  // One more than asked for: that there is a next page is known without a second query.
  const rows = await query
    .orderBy('track_comments.created_at', 'desc')
    .orderBy('track_comments.id', 'desc')
    .limit(limit + 1)
    .execute()
  const comments = rows.slice(0, limit)
  return { comments, after: rows.length > limit ? comments.at(-1)?.id : undefined }
}
