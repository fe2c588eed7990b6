import { type Kysely, sql } from 'kysely'

export const about = 'a function that makes a slug of a title'

export async function up(db: Kysely<any>): Promise<void> {
  await sql`create function ordinary_slug(title text) returns text language sql immutable parallel safe
    return lower(regexp_replace(title, '[^A-Za-z0-9]+', '-', 'g'))`.execute(db)
  await sql`comment on function ordinary_slug(text) is 'A title in the characters that a URL takes.'`.execute(db)
}

export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop function ordinary_slug(text)`.execute(db)
}
