/** What keeps a reset from dropping anything, as the user reads it. What needs a server with other settings stands in reset.slow.test.ts. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { connect } from '../src/database/connect.ts'
import { dropAll, openReset, type Reset } from '../src/reset/reset.ts'
import { callCommand } from './command.ts'
import { alike, told } from './told.ts'

/** Nobody else may be connected: the test's own connection is closed, and the reset has one of its own. */
async function refusal(sql: string, makers?: Reset['makers']): Promise<string> {
  await using database = await testDatabase({ migrated: true })
  await database.client.query(sql)
  await database.client.end()
  return await told(reset(database, makers))
}

async function reset({ url }: TestDatabase, makers: Reset['makers']): Promise<void> {
  const client = await connect(url, 'reset')
  const meant: Reset = { database: 'db.example:5432/lab', makers }
  try {
    await dropAll(client, await openReset(client, meant), meant)
  } finally {
    await client.query('rollback')
    expect((await client.query(`select to_regclass('users') is not null as there`)).rows).toEqual([{ there: true }])
    await client.end()
  }
}

/** As if the domains made these alone. */
const only = (...tables: readonly string[]) =>
  ({
    makerOf: (kind: string, name: string) =>
      kind === 'relation' && tables.includes(name) ? { migration: 'core/002_users', domain: 'core' } : undefined,
  }) as unknown as NonNullable<Reset['makers']>

test('in production', async () => {
  const { exitCode, stderr } = await callCommand(['reset'], { NODE_ENV: 'production' })
  expect(exitCode).toBe(2)
  expect(stderr).toMatchInlineSnapshot(`
    "error  NODE_ENV is "production": reset is for lab databases only. Nothing was dropped.
    "
  `)
})

test('another name than that of the database, and none', async () => {
  await using database = await testDatabase()
  await database.client.query('create table thing ()')
  await database.client.end()
  const said = async (...args: readonly string[]) => {
    const { exitCode, stderr } = await callCommand(['reset', '--database-url', database.url, ...args])
    expect(exitCode).toBe(2)
    return alike(stderr)
  }
  expect(await said('--yes-drop', 'production')).toMatchInlineSnapshot(`
    "error  Not confirmed: the database is called "veza", but "production" was given. Nothing was dropped.
           To confirm without a terminal, say: --yes-drop veza
    "
  `)
  expect(await said('--all-objects')).toMatchInlineSnapshot(`
    "error  Not confirmed: the database is called "veza", but no name was given. Nothing was dropped.
           To confirm without a terminal, say: --yes-drop veza
    "
  `)
})

test('other connections', async () => {
  await using database = await testDatabase({ migrated: true })
  const text = await told(reset(database, undefined))
  expect(text.replace(/\(user .*\)/, '(...)')).toMatchInlineSnapshot(`
    "db.example:5432/lab has other connections; nothing was dropped.
      - pid 4711 "veza-tests" (...)
    End these connections, then run it again."
  `)
})

test('a database that no migration ran in', async () => {
  expect(await refusal('drop table migration_history', only('users'))).toMatchInlineSnapshot(`
    "No migration ran in db.example:5432/lab: it has no migration_history, or an empty one. A table there that has the name of a domain's table may belong to somebody else, so nothing was dropped.
    To drop everything in the schema public, say: --all-objects"
  `)
})

test('objects that stay and need what would go', async () => {
  const chat = 'create schema chat; create table chat.conversations (owner uuid references users (id))'
  expect(await refusal(chat)).toMatchInlineSnapshot(`
    "Objects that reset would keep depend on objects that it would drop; nothing was dropped.
    constraint conversations_owner_fkey on table chat.conversations depends on table users
    They are not in the schema public, and reset drops nothing elsewhere: drop them, or what makes them depend, first."
  `)
  expect(
    await refusal('create table mine (id int); create view over_mine as select id from mine', only('mine')),
  ).toMatchInlineSnapshot(`
    "Objects that reset would keep depend on objects that it would drop; nothing was dropped.
    view over_mine depends on table mine
    Drop them first. With --all-objects, those that are in the schema public are dropped too."
  `)
})

test('objects of a kind that has no DROP here', async () => {
  expect(await refusal('create type unfinished')).toMatchInlineSnapshot(`
    "Some objects of the schema public are of a kind that reset cannot drop; nothing was dropped.
      - type unfinished
    Drop them yourself, then run it again."
  `)
})
