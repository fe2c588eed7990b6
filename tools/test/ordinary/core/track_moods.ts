import { type Kysely, sql } from 'kysely'

export const about = 'the mood of a track, one of a list, checked of new rows'

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('tracks').addColumn('ordinary_mood', 'text').execute()
  await sql`alter table tracks add constraint chk_tracks_ordinary_mood check (ordinary_mood in ('calm', 'wild')) not valid`.execute(
    db,
  )
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('tracks').dropColumn('ordinary_mood').execute()
}
