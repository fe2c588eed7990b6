import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { describe, expect, test } from 'vitest'
import { connected, withClient } from '../../../tools/test-database/databases.ts'
import { acquireEmbedded } from '../src/embedded/server.ts'
import { runCommand } from './command.ts'
import { alike } from './told.ts'

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
  const client = await connected(database.url)
  try {
    return await use({ ...database, client })
  } finally {
    await client.end()
  }
}

const CHAT = `create schema chat; create table chat.conversations (id uuid primary key)`

test('drops what the domains own, history included, and leaves strangers and other schemas alone', async () => {
  const database = await testDatabase({ migrated: 'v1' })
  const owned = await objects(database, 'public')
  expect(owned).toEqual(expect.arrayContaining(['migration_history', 'rooms', 'users', 'uuid_v7']))
  await database.client.query(`${CHAT}; create table mine (id int); create view my_view as select id from mine`)
  const { exitCode, stdout } = await reset(database, ['--yes-drop', database.name])
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`Dropped ${owned.length} objects of public.`)])
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
    ['without the name', () => [], {}, /no name was given\. Nothing was dropped/, 2],
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

  test('when a partition stands in another schema', async () => {
    const database = await testDatabase({ migrated: true })
    await database.client.query(`${CHAT}; create table parts (at timestamptz) partition by range (at);
      create table parts_1 partition of parts default partition by range (at);
      create table chat.parts_1_1 partition of parts_1 default`)
    const { exitCode, stderr } = await reset(database, ['--all-objects', '--yes-drop', database.name])
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('table chat.parts_1_1 is a partition of')])
    expect(stderr).not.toContain('--all-objects')
    expect(await look(database, (again) => objects(again, 'chat'))).toContain('parts_1_1')
    expect(await look(database, (again) => objects(again, 'public'))).toContain('users')
  })

  test('what a table of another schema inherits from', async () => {
    const database = await testDatabase({ migrated: true })
    await database.client.query(`${CHAT}; create table chat.members () inherits (users)`)
    const { exitCode, stderr } = await reset(database, ['--yes-drop', database.name])
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/table chat\.members .*inherits from, users/)])
    expect(await look(database, (again) => objects(again, 'chat'))).toContain('members')
  })

  test.each([
    ['has no history', 'drop table migration_history'],
    ['has an empty history', 'truncate migration_history'],
    ["has somebody else's history", 'drop table migration_history; create table migration_history as select 1 as id'],
  ])('names alone, where the database %s', async (_what, sql) => {
    const database = await testDatabase({ migrated: true })
    await database.client.query(sql)
    const { exitCode, stderr } = await reset(database, ['--yes-drop', database.name])
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/No migration ran in .*say: --all-objects/s)])
    expect(await look(database, (again) => objects(again, 'public'))).toContain('users')
    expect((await reset(database, ['--all-objects', '--yes-drop', database.name])).exitCode).toBe(0)
    expect(await look(database, (again) => objects(again, 'public'))).toEqual([])
  })

  test.each([
    ['type unfinished', 'create type unfinished'],
    [
      'operator family ways for access method hash',
      `${CHAT}; create operator family ways using hash;
       create operator class chat.way for type int using hash family ways as operator 1 =`,
    ],
  ])('what cannot be dropped one by one, and names it: %s', async (name, sql) => {
    const database = await testDatabase({ migrated: true })
    await database.client.query(sql)
    const { exitCode, stderr } = await reset(database, ['--all-objects', '--yes-drop', database.name])
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(`- ${name}`)])
    expect(await look(database, (again) => objects(again, 'public'))).toContain('users')
  })
})

test('a role that is no superuser sees the connections of others', async () => {
  await using database = await testDatabase()
  const role = `${database.name}_owner`
  await database.client.query(`create role ${role} login password 'x'; alter schema public owner to ${role};
    create schema authorization ${role}; create table public.thing (id int); alter table public.thing owner to ${role}`)
  try {
    const url = new URL(database.url)
    url.username = role
    url.password = 'x'
    const args = ['reset', '--database-url', url.href, '--all-objects', '--yes-drop', database.name]
    const { exitCode, stderr } = await runCommand(args)
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/has other connections/)])
    expect(await objects(database, 'public')).toEqual(['thing'])
  } finally {
    await database.client.query(`drop owned by ${role} cascade; drop role ${role}`)
  }
})

test('--all-objects drops range types, collations, operators, operator classes and text search objects too', async () => {
  const database = await testDatabase({ migrated: true })
  await database.client.query(`create type span as range (subtype = int4);
    create collation plain from "C"; create table named (name text collate plain, at span);
    create text search dictionary simply (template = simple); create text search configuration search (copy = simple);
    create function same(int, int) returns boolean language sql immutable as 'select $1 = $2';
    create operator === (leftarg = int, rightarg = int, function = same);
    create operator family ways using hash;
    create operator class way for type int using hash family ways as operator 1 ===;
    create statistics apart on name, at from named`)
  const { exitCode, stderr } = await reset(database, ['--all-objects', '--yes-drop', database.name])
  expect([exitCode, stderr]).toEqual([0, ''])
  const left = await look(database, async ({ client }) => {
    const { rows } = await client.query(`select pg_describe_object(classid, objid, 0) as name from pg_depend
      where refclassid = 'pg_namespace'::regclass and refobjid = 'public'::regnamespace and deptype = 'n'`)
    return rows
  })
  expect(left).toEqual([])
})

describe('on a server with other settings', () => {
  test('refuses over a prepared transaction, and says so when there is no room for the locks', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'veza-reset-'))
    const options = { dir, durable: false, port: 0, database: 'lab' }
    try {
      const first = await acquireEmbedded(options)
      await withClient(first.url, async (client) => {
        for (const setting of [
          'max_prepared_transactions = 1',
          'max_locks_per_transaction = 10',
          'max_connections = 10',
        ])
          await client.query(`alter system set ${setting}`)
      })
      await first.release()
      const server = await acquireEmbedded(options)
      try {
        const run = () => runCommand(['reset', '--database-url', server.url, '--all-objects', '--yes-drop', 'lab'])
        await withClient(server.url, async (client) => {
          await client.query('create table thing (id int)')
          await client.query(`begin; insert into thing values (1)`)
          await client.query(`prepare transaction 'half'`)
        })
        const refused = await run()
        expect(refused.exitCode).toBe(3)
        expect(alike(refused.stderr).replace(/since [^)]*/, 'since ...')).toMatchInlineSnapshot(`
          "error  127.0.0.1:5432/lab has prepared transactions; nothing was dropped.
                   - half (of postgres, since ...)
                 End each with COMMIT PREPARED or ROLLBACK PREPARED, then run it again.
          "
        `)

        await withClient(server.url, async (client) => {
          await client.query(`rollback prepared 'half'`)
          for (let batch = 0; batch < 40; batch++)
            await client.query(`do $$ begin for i in 1..100 loop
              execute format('create type t_${batch}_%s as enum ()', i); end loop; end $$`)
        })
        const full = await run()
        expect(full.exitCode).toBe(3)
        expect(alike(full.stderr)).toMatchInlineSnapshot(`
          "error  The server ran out of room for locks (out of shared memory): 4001 objects in one transaction are too many for it. Nothing was dropped.
                 Raise max_locks_per_transaction in postgresql.conf, restart the server, and run it again.
          "
        `)
        await withClient(server.url, async (client) => {
          const { rows } = await client.query(`select count(*)::int from pg_type where typname ~ '^t_'`)
          expect(rows).toEqual([{ count: 4000 }])
          expect((await client.query(`select to_regclass('thing') is not null as there`)).rows).toEqual([
            { there: true },
          ])
        })
      } finally {
        await server.release()
      }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
})
