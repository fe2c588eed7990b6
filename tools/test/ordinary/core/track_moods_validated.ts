import { type Kysely, sql } from 'kysely'

export const about = 'the mood of every track, checked'

export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table tracks validate constraint chk_tracks_ordinary_mood`.execute(db)
}

export const irreversible = 'PostgreSQL has no way to call a constraint unchecked again, and no need of one'
