/** The two functions that every table of every domain relies on. */
import { type Kysely, sql } from 'kysely'

export const about = 'the functions behind every table: uuid_v7() and set_updated_at()'

export async function up(db: Kysely<any>): Promise<void> {
  // One text for PostgreSQL 15 to 18. RETURN bodies are parsed here and now: no search_path can redirect them later, and unlike a
  // function with SET search_path they are inlined. Before 18 a random version 4 UUID becomes version 7 (RFC 9562, 5.7): its first
  // 48 bits give way to the Unix milliseconds, and setting bits 52 and 53 turns the version from 4 into 7; the variant is the same.
  await sql`do $do$
begin
  if current_setting('server_version_num')::integer >= 180000 then
    create function uuid_v7() returns uuid language sql volatile parallel safe
    return pg_catalog.uuidv7();
  else
    create function uuid_v7() returns uuid language sql volatile parallel safe
    return encode(
      set_bit(set_bit(
        overlay(
          uuid_send(pg_catalog.gen_random_uuid())
          placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
          from 1 for 6
        ),
      52, 1), 53, 1),
      'hex')::uuid;
  end if;
end
$do$`.execute(db)
  await sql`comment on function uuid_v7() is 'A version 7 UUID (RFC 9562): ordered by its Unix milliseconds, the rest random.'`.execute(
    db,
  )

  await sql`create function set_updated_at() returns trigger language plpgsql
as $function$
begin
  new.updated_at := CURRENT_TIMESTAMP;
  return new;
end
$function$`.execute(db)
  await sql`comment on function set_updated_at() is 'Sets updated_at of the changed row to the start of the transaction.'`.execute(
    db,
  )
}

export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop function set_updated_at()`.execute(db)
  await sql`drop function uuid_v7()`.execute(db)
}
