import type { Kysely } from 'kysely'
import { appendOnly, boolean, dropTables, index, inet, jsonb, references, text, uuid } from '../conventions/index.ts'

export const about = 'the audit log'

export async function up(db: Kysely<any>): Promise<void> {
  await appendOnly(db, 'audit_logs', 'An action that someone took or tried to take, kept for the record.', {
    columns: {
      user_id: references('users', 'set null'),
      action: text(100).notNull(),
      resource_type: text(50).comment('Which kind of thing resource_id names.'),
      resource_id: uuid().comment('Any kind of thing, also one that is gone: no foreign key.'),
      old_values: jsonb('JSON object: the changed columns before.'),
      new_values: jsonb('JSON object: the changed columns after.'),
      details: jsonb('JSON object: what else is worth keeping, by action.').notNull().default('{}'),
      success: boolean().notNull().default(true),
      error_message: text(),
      ip_address: inet(),
      user_agent: text(),
    },
    indexes: {
      user_created: index('user_id', 'created_at desc'),
      action_created: index('action', 'created_at desc'),
      resource: index('resource_type', 'resource_id', 'created_at desc'),
      created_at: index('created_at'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'audit_logs')
}
