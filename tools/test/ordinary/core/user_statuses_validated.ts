import { type Kysely, sql } from 'kysely'

export const about = 'the status of every user, checked'

export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table users validate constraint chk_users_status`.execute(db)
}

export const irreversible = 'PostgreSQL has no way to call a constraint unchecked again, and no need of one'
