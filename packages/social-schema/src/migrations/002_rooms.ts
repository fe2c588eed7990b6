import {
  boolean,
  dropTables,
  index,
  integer,
  live,
  references,
  resource,
  text,
  uniqueIndex,
} from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'rooms'

export async function up(db: Kysely<any>): Promise<void> {
  await resource(db, 'rooms', 'A place where users listen and talk together.', {
    columns: {
      name: text(100).notNull().check('char_length(btrim(name)) BETWEEN 1 AND 100'),
      description: text(500),
      is_private: boolean().notNull().default(false),
      password_hash: text().comment('Salted password hash with its algorithm and cost; NULL = no password.'),
      creator_id: references('users', 'set null'),
      max_members: integer().notNull().default(1000).check('max_members BETWEEN 2 AND 1000'),
    },
    indexes: {
      name: uniqueIndex('lower(name)').where(live),
      creator_id: index('creator_id'),
      public_recent: index('created_at desc').where(`NOT is_private AND ${live}`),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'rooms')
}
