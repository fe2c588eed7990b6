/**
 * What stands before a migration outside a transaction is begun, or begun again: an index is dropped only where it is provably what this
 * migration left, one that was built to its end is kept, and everything else is refused before anything is recorded or run.
 */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../src/run/events.ts'
import { fixtureWorkspace, type MigrationData } from './fixture-workspace.ts'
import { begun, halfBuilt, unrecorded } from './interrupted.ts'
import { failureOf, history, migrate } from './runs.ts'

const users = (columns = 'name text, mail text') => ({
  up: [`create table users (${columns})`],
  down: ['drop table users'],
})
const outside = (up: string, down = 'drop index concurrently if exists users_name'): MigrationData => ({
  transaction: false,
  up: [up],
  down: [down],
})
const BUILD = 'create unique index concurrently users_name on users (name)'
const planOf = (up: string, columns?: string) =>
  fixtureWorkspace({ core: { migrations: { '001_users': users(columns), '002_index': outside(up) } } })
const ID = 'core/002_index'

const relations = async ({ client }: TestDatabase): Promise<Record<string, any>[]> =>
  (
    await client.query(`select c.oid, c.relname, i.indisvalid as valid from pg_class c left join pg_index i on i.indexrelid = c.oid
      where relnamespace = 'public'::regnamespace and relname not like '%migration_%' order by 2`)
  ).rows

async function session(url: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

/** The URL of a role that may run migrations, and is no superuser. */
async function withRole(db: TestDatabase, use: (url: string) => Promise<void>): Promise<void> {
  const role = `deploy_${db.name.slice(-12)}`
  await db.client.query(
    `create role ${role} login password 'role'; grant all on schema public to ${role};
     grant select, insert, update, delete on migration_history, users to ${role}`,
  )
  try {
    const url = new URL(db.url)
    url.username = role
    url.password = 'role'
    await use(url.href)
  } finally {
    await db.client.query(`drop owned by ${role} cascade; drop role ${role}`)
  }
}

describe('a name that is taken, where the migration was not begun,', () => {
  test.each([
    ['by the same index', 'create unique index users_name on users (name)'],
    ['by an index on other columns', 'create index users_name on users (mail)'],
    ['by an index on another table', 'create table other (name text); create index users_name on other (name)'],
    ['by a table', 'create table users_name ()'],
    ['by a sequence', 'create sequence users_name'],
    ['by a view', 'create view users_name as select 1 as one'],
  ])('%s: is refused before anything is recorded or run', async (_, made) => {
    await using db = await testDatabase()
    for (const build of [BUILD, BUILD.replace('concurrently', 'concurrently if not exists')]) {
      using workspace = await planOf(build)
      await migrate(db.url, workspace, { up: { to: '1' } })
      await db.client.query(made)
      const before = await relations(db)
      const error = await failureOf(migrate(db.url, workspace))
      expect(error).toMatchObject({ name: 'NameTakenError', id: ID, index: 'public.users_name', isBegun: false })
      expect(await relations(db)).toEqual(before)
      expect(await history(db.client)).toEqual(['core/001_users'])
      await db.client.query('drop schema public cascade; create schema public')
    }
  })

  test('says what has it, and what to do', async () => {
    await using db = await testDatabase()
    using workspace = await planOf(BUILD)
    await migrate(db.url, workspace, { up: { to: '1' } })
    await db.client.query('create table other (name text); create index users_name on other (name)')
    expect((await failureOf(migrate(db.url, workspace))).message).toMatchInlineSnapshot(`
      "core/002_index has not been begun here, but the name of the index that it builds, public.users_name, is taken.
      There is an index of this name on other, valid:
        CREATE INDEX users_name ON public.other USING btree (name)
      The migration builds:
        CREATE UNIQUE INDEX users_name ON public.users USING btree (name)
      Nothing was dropped. Nothing of this run was applied; the database is as it was before.
      If nobody needs what has the name, drop it by hand; otherwise rename it, or let the migration give its index another name. Then run it again: npx nx run migrator:up"
    `)
    await db.client.query('drop index users_name; create table users_name ()')
    expect((await failureOf(migrate(db.url, workspace))).message).toMatchInlineSnapshot(`
      "core/002_index has not been begun here, but the name of the index that it builds, public.users_name, is taken.
      There is a table of this name.
      The migration builds:
        CREATE UNIQUE INDEX users_name ON public.users USING btree (name)
      Nothing was dropped. Nothing of this run was applied; the database is as it was before.
      If nobody needs what has the name, drop it by hand; otherwise rename it, or let the migration give its index another name. Then run it again: npx nx run migrator:up"
    `)
  })
})

describe('an index that an interrupted run left', () => {
  test('INVALID, is dropped and built again', async () => {
    await using db = await testDatabase()
    using workspace = await planOf(BUILD)
    await migrate(db.url, workspace, { up: { to: '1' } })
    await halfBuilt(db, workspace, ID)
    const events: RunEvent[] = []
    await migrate(db.url, workspace, {}, events)
    expect(events).toContainEqual(expect.objectContaining({ type: 'cleaned', of: 'an interrupted run' }))
    expect(await relations(db)).toMatchObject([{ relname: 'users' }, { relname: 'users_name', valid: true }])
  })

  test.each([
    ['name'],
    ['name, mail desc nulls last'],
    ['(lower(name)), (mail || name)'],
    ["name) where (mail <> 'a' and name is not null"],
    ['name collate "C" text_pattern_ops'],
    ['name) include (mail'],
    ['(own(name))'],
    ['(public.own(name))'],
    ['name) with (fillfactor = 70'],
    ['"Odd "" name", id'],
    ['id) nulls not distinct where (id > 3'],
    ['(name::varchar(10))'],
    ['twice, data'],
  ])('built to its end as (%s), is kept, and its end is recorded', async (keys) => {
    await using db = await testDatabase()
    await db.client.query(
      "create function public.own(text) returns text immutable language sql as $$ select $1 || 'x' $$",
    )
    const columns =
      'name text, mail varchar(80), id bigint generated always as identity primary key, "Odd "" name" int not null default 3, data numeric(8, 2) unique, twice bigint generated always as (3 * 2) stored'
    for (const table of ['users', 'public.users', 'only public."users"']) {
      using workspace = await planOf(`create unique index concurrently users_name on ${table} (${keys})`, columns)
      await migrate(db.url, workspace, { up: { to: '1' }, allowNonempty: true })
      await unrecorded(db, workspace, ID)
      const before = await relations(db)
      const events: RunEvent[] = []
      await migrate(db.url, workspace, {}, events)
      expect(events.map(({ type }) => type)).toContain('adopted')
      expect(await relations(db)).toEqual(before)
      await migrate(db.url, workspace, { down: { kind: 'all' } })
    }
  })

  test.each([
    ['valid, of other columns', 'create unique index users_name on users (mail)'],
    ['valid, not unique', 'create index users_name on users (name)'],
    ['valid, on part of the rows', "create unique index users_name on users (name) where name <> ''"],
    [
      'valid, on another table',
      'create table other (name text, mail text); create unique index users_name on other (name)',
    ],
    ['a table', 'create table users_name ()'],
    ['INVALID, of other columns', 'INVALID create unique index concurrently users_name on users (mail)'],
    ['INVALID, on another table', 'INVALID create unique index concurrently users_name on other (name)'],
  ])('%s, is not what it builds: refused, and never dropped', async (_, made) => {
    await using db = await testDatabase()
    using workspace = await planOf(BUILD)
    await migrate(db.url, workspace, { up: { to: '1' } })
    if (made.startsWith('INVALID')) {
      await db.client.query(
        "create table other (name text); insert into other values ('a'), ('a'); insert into users values ('a', 'b'), ('c', 'b')",
      )
      await db.client.query(made.slice('INVALID '.length)).catch(() => {})
      await db.client.query('delete from users')
    } else await db.client.query(made)
    await begun(db, workspace, ID)
    const before = await relations(db)
    expect(before.find(({ relname }) => relname === 'users_name')).toBeDefined()
    const error = await failureOf(migrate(db.url, workspace))
    expect(error).toMatchObject({ name: 'NameTakenError', isBegun: true, outcome: { kind: 'nothing' } })
    expect(await relations(db)).toEqual(before)
  })

  test('what is said of one that is not what it builds', async () => {
    await using db = await testDatabase()
    using workspace = await planOf(BUILD)
    await migrate(db.url, workspace, { up: { to: '1' } })
    await db.client.query('create unique index users_name on users (mail)')
    await begun(db, workspace, ID)
    expect((await failureOf(migrate(db.url, workspace))).message).toMatchInlineSnapshot(`
      "core/002_index was begun and interrupted, but what has the name public.users_name is not what it builds.
      There is an index of this name on users, valid:
        CREATE UNIQUE INDEX users_name ON public.users USING btree (mail)
      The migration builds:
        CREATE UNIQUE INDEX users_name ON public.users USING btree (name)
      Nothing was dropped. Nothing of this run was applied; the database is as it was before.
      If nobody needs what has the name, drop it by hand; otherwise rename it, or let the migration give its index another name. Then run it again: npx nx run migrator:up"
    `)
  })

  test('is not dropped while another session may be building it, whom the role of the run need not see', async () => {
    await using db = await testDatabase()
    using workspace = await planOf(BUILD)
    await migrate(db.url, workspace, { up: { to: '1' } })
    await begun(db, workspace, ID)
    await using writer = await session(db.url)
    await using builder = await session(`${db.url}?application_name=by-hand`)
    await writer.query("begin; insert into users values ('ann')")
    const building = builder.query(BUILD)
    // It waits for the writer, after the index has its place in the catalogue.
    for (let there = false; !there; )
      there =
        (await db.client.query("select from pg_index where indexrelid = to_regclass('users_name')")).rowCount === 1
    await withRole(db, async (url) => {
      expect(await failureOf(migrate(url, workspace))).toMatchObject({ name: 'IndexBeingBuiltError' })
    })
    const error = await failureOf(migrate(db.url, workspace))
    expect(error.name).toBe('IndexBeingBuiltError')
    expect(error.message.replace(/pid \d+/, 'pid 4711').replace(/for \d+ s/, 'for 1 s')).toMatchInlineSnapshot(`
      "core/002_index was interrupted and left the INVALID index public.users_name, but another session may be building it:
        - pid 4711 "by-hand" (user postgres from 127.0.0.1, active, for 1 s)
      Nothing was dropped. Nothing of this run was applied; the database is as it was before.
      Run it again when that session is done: npx nx run migrator:up"
    `)
    await writer.query('commit')
    await building
    const events: RunEvent[] = []
    await migrate(db.url, workspace, {}, events)
    expect(events.map(({ type }) => type)).toContain('adopted')
  })
})

test('as a role that may not make temporary tables, nothing can be proven, so nothing is dropped', async () => {
  await using db = await testDatabase()
  using workspace = await planOf(BUILD)
  await migrate(db.url, workspace, { up: { to: '1' } })
  await halfBuilt(db, workspace, ID)
  const role = `${db.name}_role`
  await db.client.query(
    `create role ${role} login password 'role'; revoke temporary on database ${db.name} from public; grant all on schema public to ${role};
     alter table users owner to ${role}; alter table migration_history owner to ${role}`,
  )
  try {
    const url = new URL(db.url)
    url.username = role
    url.password = 'role'
    const error = await failureOf(migrate(url.href, workspace))
    expect(error.name).toBe('MissingRightsError')
    expect(await relations(db)).toMatchObject([{ relname: 'users' }, { relname: 'users_name', valid: false }])
  } finally {
    await db.client.query(`drop owned by ${role} cascade; drop role ${role}`)
  }
})

test('where it cannot be found out what the statement builds, nothing is dropped', async () => {
  await using db = await testDatabase()
  using workspace = await planOf(BUILD)
  await migrate(db.url, workspace, { up: { to: '1' } })
  await halfBuilt(db, workspace, ID)
  await db.client.query('alter table users rename to people')
  const error = await failureOf(migrate(db.url, workspace))
  expect(error).toMatchObject({
    name: 'NameTakenError',
    wanted: 'not known (relation "public.users" does not exist)',
  })
  expect(await relations(db)).toMatchObject([{ relname: 'people' }, { relname: 'users_name', valid: false }])
})

test('a role that may not look at the table is not told that the index is another one', async () => {
  await using db = await testDatabase()
  using workspace = await planOf(BUILD)
  await migrate(db.url, workspace, { up: { to: '1' } })
  await halfBuilt(db, workspace, ID)
  const role = `stranger_${process.pid}`
  await db.client.query(`create role ${role} login password 'x'; grant create on schema public to ${role};
    grant select, insert, update, delete on migration_history to ${role}`)
  try {
    const url = Object.assign(new URL(db.url), { username: role, password: 'x' })
    expect((await failureOf(migrate(url.href, workspace))).message).toMatchInlineSnapshot(`
      "core/002_index was begun and interrupted, and whether public.users_name is the index that it builds could not be found out: not known (permission denied for table users).
      There is an index of this name on users, INVALID:
        CREATE UNIQUE INDEX users_name ON public.users USING btree (name)
      Nothing was dropped. Nothing of this run was applied; the database is as it was before.
      Run it again as a role that owns users and may make temporary tables: npx nx run migrator:up"
    `)
    expect(await relations(db)).toMatchObject([{ relname: 'users' }, { relname: 'users_name', valid: false }])
  } finally {
    await db.client.query(`drop owned by ${role} cascade; drop role ${role}`)
  }
})

test('one that was begun, and whose file was corrected since, says the ways out in both directions', async () => {
  await using db = await testDatabase()
  using workspace = await planOf(BUILD)
  await migrate(db.url, workspace, { up: { to: '1' } })
  await halfBuilt(db, workspace, ID)
  await db.client.query(
    "update migration_history set checksum = repeat('a', 64), created_at = '2026-01-02T03:04:05.678Z' where name = '002_index'",
  )
  const said = async (options = {}) =>
    (await failureOf(migrate(db.url, workspace, options))).message
      .replace(/127\S+/, 'db:5432/veza')
      .replace(/renders \w+/, 'renders bbbbbbbbbbbb')
  const message = await said()
  expect(message).toMatchInlineSnapshot(`
    "core/002_index runs outside a transaction, was begun on db:5432/veza on 2026-01-02T03:04:05.678Z with the checksum aaaaaaaaaaaa, and was interrupted. Here it renders bbbbbbbbbbbb: it has been edited since, so nobody can tell what is left of it. Nothing was run.
    Undo the edit and run up, which finishes it; or look at what it left, remove that by hand, and record it as not run: npx veza-migrator repair core/002_index --mark-undone --reason "why""
  `)
  expect(await said({ down: { kind: 'steps', steps: 1 } })).toBe(message)
  expect(await relations(db)).toMatchObject([{ relname: 'users' }, { relname: 'users_name', valid: false }])
})
