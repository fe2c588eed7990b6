import type { Kysely } from 'kysely'

export const about = 'where a play was started: a column of an event table'

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('track_plays').addColumn('ordinary_origin', 'text').execute()
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('track_plays').dropColumn('ordinary_origin').execute()
}
