import type { Kysely } from 'kysely'
import { boolean, dropTables, index, integer, record, references, text } from '../conventions/index.ts'

export const about = 'roles, permissions, and which role holds which permission'

export async function up(db: Kysely<any>): Promise<void> {
  await record(db, 'roles', 'A named set of permissions that users are given.', {
    columns: {
      code: text().notNull().unique().check(`code ~ '^[a-z][a-z0-9_]*$'`),
      name: text(100).notNull(),
      description: text(),
      level: integer().notNull().default(0).check('level BETWEEN 0 AND 100').comment('Rank: a higher one may do more.'),
      is_system: boolean().notNull().default(false).comment('True for the roles that the migrations seed.'),
    },
  })

  await record(db, 'permissions', 'Leave to do one action on one kind of resource.', {
    columns: {
      resource: text(50).notNull().comment('What may be acted on; * = everything.'),
      action: text(50).notNull().comment('What may be done with it; * = everything.'),
      description: text(),
    },
    unique: [['resource', 'action']],
  })

  await record(db, 'role_permissions', 'A permission that a role holds.', {
    columns: {
      role_id: references('roles', 'cascade').notNull(),
      permission_id: references('permissions', 'cascade').notNull(),
    },
    unique: [['role_id', 'permission_id']],
    indexes: { permission_id: index('permission_id') },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'role_permissions', 'permissions', 'roles')
}
