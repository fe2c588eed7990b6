import { type Kysely, sql } from 'kysely'

export const about = 'every email in lower case'

export async function up(db: Kysely<any>): Promise<void> {
  await sql`update users set email = lower(email) where email <> lower(email)`.execute(db)
}

export const irreversible = 'which letters were capitals is kept nowhere'
