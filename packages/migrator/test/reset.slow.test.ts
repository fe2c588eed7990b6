import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { describe, expect, test } from 'vitest'
import { runCommand } from './command.ts'

const objects = async ({ client }: TestDatabase, schema: string): Promise<string[]> =>
  (
    await client.query(
      `select relname::text as name from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
       union all select proname::text from pg_proc where pronamespace = $1::regnamespace
       union all select typname::text from pg_type where typnamespace = $1::regnamespace and typtype in ('e', 'd') order by 1`,
      [schema],
    )
  ).rows.map(({ name }) => name)

/** The test's own connection is in the way of a reset: it looks from a second database. */
async function reset(database: TestDatabase, args: readonly string[], env?: Record<string, string>) {
  await database.client.end()
  return runCommand(['reset', '--database-url', database.url, ...args], { env: env ?? {} })
}

/** A look at a database that has no open connection any more. */
async function look<T>(database: TestDatabase, use: (again: TestDatabase) => Promise<T>): Promise<T> {
  const { connected } = await import('../../../tools/test-database/databases.ts')
  const client = await connected(database.url)
  try {
    return await use({ ...database, client })
  } finally {
    await client.end()
  }
}

const CHAT = `create schema chat; create table chat.conversations (id uuid primary key)`

test('drops what the domains own, history included, and leaves strangers and other schemas alone', async () => {
  const database = await testDatabase({ migrated: true })
  await database.client.query(`${CHAT}; create table mine (id int); create view my_view as select id from mine`)
  const { exitCode, stdout } = await reset(database, ['--yes-drop', database.name])
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/Dropped 30 objects of public\./)])
  expect(await look(database, (again) => objects(again, 'public'))).toEqual(['mine', 'my_view'])
  expect(await look(database, (again) => objects(again, 'chat'))).toEqual(['conversations'])
})

test('--all-objects drops everything in public, whatever depends on what, and no other schema', async () => {
  const database = await testDatabase({ migrated: true })
  await database.client.query(`${CHAT};
    create type mood as enum ('calm'); create domain positive as int check (value > 0); create sequence loose;
    create table "Mine" (id int, mood mood, n positive, ref uuid references users (id), next int default nextval('loose'));
    create view first as select id from "Mine"; create materialized view second as select id from first;
    create view third as select id from second;
    create table parts (at timestamptz) partition by range (at); create table parts_1 partition of parts default;
    create function of_row("Mine") returns int language sql as 'select 1';
    create aggregate total(integer) (sfunc = int4pl, stype = integer)`)
  const { exitCode, stderr } = await reset(database, ['--all-objects', '--yes-drop', database.name])
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(await look(database, (again) => objects(again, 'public'))).toEqual([])
  expect(await look(database, (again) => objects(again, 'chat'))).toEqual(['conversations'])
})

test('after it, up builds V1 again', async () => {
  const database = await testDatabase({ migrated: true })
  expect((await reset(database, ['--yes-drop', database.name])).exitCode).toBe(0)
  expect((await runCommand(['up', '--database-url', database.url])).exitCode).toBe(0)
  expect(await look(database, (again) => objects(again, 'public'))).toContain('users')
})

describe('refuses, and drops nothing', () => {
  const cases: readonly (readonly [
    what: string,
    args: (name: string) => string[],
    env: Record<string, string>,
    says: RegExp,
    code: number,
  ])[] = [
    ['in production', (name) => ['--yes-drop', name], { NODE_ENV: 'production' }, /NODE_ENV is "production"/, 2],
    ['without the name', () => [], {}, /nothing was typed\. Nothing was dropped/, 2],
    ['with another name', () => ['--yes-drop', 'veza'], {}, /"veza" was given\. Nothing was dropped/, 2],
  ]
  test.each(cases)('%s', async (_what, args, env, says, code) => {
    const database = await testDatabase({ migrated: true })
    const { exitCode, stderr } = await reset(database, args(database.name), env)
    expect([exitCode, stderr]).toEqual([code, expect.stringMatching(says)])
    expect(await look(database, (again) => objects(again, 'public'))).toContain('users')
  })

  test('while somebody else is connected, and names them', async () => {
    await using database = await testDatabase({ migrated: true })
    const { exitCode, stderr } = await runCommand([
      'reset',
      '--database-url',
      database.url,
      '--yes-drop',
      database.name,
    ])
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('"veza-tests"')])
    expect(await objects(database, 'public')).toContain('users')
  })

  test('when the chat schema needs something of it', async () => {
    const database = await testDatabase({ migrated: true })
    await database.client.query(`${CHAT}; alter table chat.conversations add owner uuid references users (id)`)
    const { exitCode, stderr } = await reset(database, ['--all-objects', '--yes-drop', database.name])
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('chat.conversations')])
    expect(await look(database, (again) => objects(again, 'public'))).toContain('users')
  })
})
