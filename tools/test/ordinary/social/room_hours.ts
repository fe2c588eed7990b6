import { type Kysely, sql } from 'kysely'

export const about = 'how long a room stays open, and where it is'

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('rooms')
    .addColumn('ordinary_hours', sql`interval`)
    .addColumn('ordinary_place', sql`point`)
    .addColumn('ordinary_languages', sql`text[]`)
    .execute()
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('rooms')
    .dropColumn('ordinary_hours')
    .dropColumn('ordinary_place')
    .dropColumn('ordinary_languages')
    .execute()
}
