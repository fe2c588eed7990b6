import { type Kysely, sql } from 'kysely'

export const about = 'how long a room stays open, and where it is'

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('rooms')
    .addColumn('stays_open', sql`interval`)
    .addColumn('place', sql`point`)
    .addColumn('languages', sql`text[]`)
    .execute()
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('rooms').dropColumn('stays_open').dropColumn('place').dropColumn('languages').execute()
}
