import { type Kysely, sql } from 'kysely'

export const about = 'a status for users who are on trial, checked of new rows'

export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table users drop constraint chk_users_status, add constraint chk_users_status
    check (status in ('active', 'inactive', 'suspended', 'banned', 'trial')) not valid`.execute(db)
}

export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table users drop constraint chk_users_status, add constraint chk_users_status
    check (status in ('active', 'inactive', 'suspended', 'banned'))`.execute(db)
}
