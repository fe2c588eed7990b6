import type { Kysely } from 'kysely'

export const about = 'leave to award what is ordinary'

export async function up(db: Kysely<any>): Promise<void> {
  const award = { resource: 'ordinary', action: 'award' }
  await db
    .insertInto('permissions')
    .values(award)
    .onConflict((conflict) => conflict.columns(['resource', 'action']).doNothing())
    .execute()
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.deleteFrom('permissions').where('resource', '=', 'ordinary').where('action', '=', 'award').execute()
}
