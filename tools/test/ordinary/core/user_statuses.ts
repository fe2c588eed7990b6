import { type Kysely, sql } from 'kysely'

export const about = 'a status for ordinary users, checked of new rows'

export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table users drop constraint chk_users_status, add constraint chk_users_status
    check (status in ('active', 'inactive', 'suspended', 'banned', 'ordinary')) not valid`.execute(db)
}

export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table users drop constraint chk_users_status, add constraint chk_users_status
    check (status in ('active', 'inactive', 'suspended', 'banned'))`.execute(db)
}
