import { type Kysely, sql } from 'kysely'

export const about = 'a view of the sessions that are in use'

export async function up(db: Kysely<any>): Promise<void> {
  await sql`create view ordinary_sessions as
    select id, user_id, expires_at from user_sessions where revoked_at is null`.execute(db)
  await sql`comment on view ordinary_sessions is 'The sessions that nobody has revoked.'`.execute(db)
}

export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop view ordinary_sessions`.execute(db)
}
