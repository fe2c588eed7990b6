import { describe, expect, test } from 'vitest'
import { staleFacts, staleFactText } from '../../src/types/fact.ts'
import { schemaFacts } from '../../src/types/schema-facts.ts'
import { typesFacts } from '../../src/types/types-facts.ts'

const types = `// Generated
import type { Generated } from './column-types.ts'

/** A person. */
export interface UsersTable {
  id: Generated<string>
  /** Where to write to. */
  email: string | null
  status: UserStatus
}

export const USER_STATUS_VALUES = ['active', 'banned'] as const
export type UserStatus = (typeof USER_STATUS_VALUES)[number]

export interface CoreTables {
  users: UsersTable
}
`

const sql = `-- Generated
CREATE TABLE users (
  id     uuid  NOT NULL DEFAULT uuid_v7(),
  email  text,
  CONSTRAINT chk_users_email CHECK ((char_length(email) <= 100))
);
CREATE UNIQUE INDEX uq_users_email ON users (lower(email)) WHERE (deleted_at IS NULL);
COMMENT ON TABLE users IS 'A person; or -- two.';
COMMENT ON COLUMN users.email IS 'Where to write to.';
`

const staleTypes = (committed: string) => staleFacts(typesFacts(committed), typesFacts(types)).map(staleFactText)
const staleSql = (committed: string) => staleFacts(schemaFacts(committed), schemaFacts(sql)).map(staleFactText)

describe('a committed TypeScript file', () => {
  test('may be laid out in any way', () => {
    const reformatted = types
      .replaceAll("'", '"')
      .replaceAll(/^(\s+\S.*[>\w])$/gm, '$1;')
      .replace('string | null', '\n    | string\n    | null')
      .replace('["active", "banned"]', '[\n  "active",\n  "banned",\n]')
      .replace('// Generated', '// Something else\n')
      .replace('/** A person. */', '/**\n * A\n * person.\n */')
    expect(reformatted).not.toBe(types)
    expect(staleTypes(reformatted)).toEqual([])
  })

  test('is stale by a type, a column that is not there, one too many, a comment, a list', () => {
    const committed = types
      .replace('string | null', 'string')
      .replace('  status: UserStatus\n', '  name: string\n')
      .replace('/** A person. */', '/** A human. */')
      .replace(", 'banned'", '')
    expect(staleTypes(committed)).toEqual([
      'table users, comment: here "A human."; the migrations build "A person."',
      'table users, column email: here `email: string`; the migrations build `email: string | null`',
      'table users, column status: not here; the migrations build `status: UserStatus`',
      "const USER_STATUS_VALUES: here `export const USER_STATUS_VALUES = ['active'] as const`; the migrations build " +
        "`export const USER_STATUS_VALUES = ['active', 'banned'] as const`",
      'table users, column name: no longer built; here it is `name: string`',
    ])
  })

  test('is stale by what stands around its types: a missing export, something extended, a modifier of a column', () => {
    const head = 'export interface UsersTable'
    expect(staleTypes(types.replace(head, 'interface UsersTable'))).toEqual([
      'table users, interface UsersTable: here `interface UsersTable`; the migrations build `export interface UsersTable`',
    ])
    expect(staleTypes(types.replace(head, `${head} extends Record<string, any>`))).toEqual([
      'table users, interface UsersTable: here `export interface UsersTable extends Record<string, any>`; ' +
        'the migrations build `export interface UsersTable`',
    ])
    expect(staleTypes(types.replace('email:', 'readonly email?:'))).toEqual([
      'table users, column email: here `readonly email?: string | null`; the migrations build `email: string | null`',
    ])
    expect(staleTypes(types.replace('export interface CoreTables', 'interface CoreTables'))).toHaveLength(1)
  })

  test('is stale by the order of its columns', () => {
    const committed = types.replace(/( {2}id.*\n)([\s\S]*?email.*\n)/, '$2$1')
    expect(staleTypes(committed)).toEqual([
      'table users, order at column id: here column email; the migrations build column id',
    ])
  })

  test('is stale when it says nothing', () => {
    expect(staleTypes('').length).toBe(typesFacts(types).length)
  })
})

describe('a committed schema.sql', () => {
  test('may be laid out in any way', () => {
    const reformatted = sql
      .replace('-- Generated', '/* by hand */')
      .replace('CREATE TABLE users', 'create  table\n"users"'.replaceAll('"', ''))
      .replaceAll('  ', ' ')
    expect(reformatted).not.toBe(sql)
    expect(staleSql(reformatted)).toEqual([])
  })

  test('is stale by a column, a constraint, an index, a comment', () => {
    const committed = sql
      .replace('  email  text,\n', '')
      .replace('<= 100', '<= 99')
      .replace('UNIQUE INDEX', 'INDEX')
      .replace("'Where to write to.'", "'WHERE to write to.'")
    expect(staleSql(committed)).toEqual([
      'table users, column email: not here; the migrations build `text`',
      'table users, constraint chk_users_email: here `CHECK ((char_length(email) <= 99))`; ' +
        'the migrations build `CHECK ((char_length(email) <= 100))`',
      'table users, index uq_users_email: here `CREATE INDEX uq_users_email ON users (lower(email)) WHERE (deleted_at IS NULL)`; ' +
        'the migrations build `CREATE UNIQUE INDEX uq_users_email ON users (lower(email)) WHERE (deleted_at IS NULL)`',
      "table users, comment of column email: here `'WHERE to write to.'`; the migrations build `'Where to write to.'`",
    ])
  })
})
