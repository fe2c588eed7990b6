/** Catalog.objects: what belongs to no table and is no view, routine, type or sequence. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCatalog } from '../src/catalog/read.ts'
import type { DatabaseObject, DatabaseObjectKind } from '../src/catalog/types.ts'
import { connect } from '../src/database/connect.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database?.drop())

/** Read as a role that may only connect, unless `role` says otherwise. */
async function objectsAfter(sql: string, { home = 'public' } = {}): Promise<readonly DatabaseObject[]> {
  const client = await connect(database.url, 'test')
  try {
    await client.query('begin')
    await client.query(sql)
    await client.query('create role veza_only_connects')
    await client.query('set local role veza_only_connects')
    return (await readCatalog(client, { schemas: [home] })).objects!
  } finally {
    await client.query('rollback')
    await client.end()
  }
}

const of = (kind: DatabaseObjectKind, objects: readonly DatabaseObject[]) =>
  objects.filter((one) => one.kind === kind).map(({ name, table, definition }) => [name, table, definition])

test('an extension says its schema and version, and what uses it', async () => {
  const objects = await objectsAfter(`create schema kept; create extension citext schema kept;
    create table people (id int, email kept.citext not null, constraint said check (email operator(kept.<>) ''));
    create index by_email on people (lower(email::text), email);
    create view mails as select email from people;
    create function mail() returns kept.citext language sql as $$ select null $$`)
  const citext = objects.find(({ name }) => name === 'citext')
  expect(citext).toMatchObject({ kind: 'extension', definition: expect.stringMatching(/^in schema kept, version 1\./) })
  expect(citext?.dependents).toEqual([
    'column mails.email (kept.citext)',
    'column people.email (kept.citext)',
    'function mail()',
    'index by_email',
    'table constraint said on people',
  ])
})

test('statistics name their table, and what they are of', async () => {
  const objects = await objectsAfter(`create table t (a int, b int);
    create statistics "of both" (ndistinct, mcv) on a, b from t; comment on statistics "of both" is 'who';
    create schema other; create table other.t (a int, b int); create statistics other.s on a, b from other.t`)
  expect(of('statistics', objects)).toEqual([['of both', 't', '(ndistinct, mcv) ON a, b FROM t']])
  expect(objects.find(({ kind }) => kind === 'statistics')?.comment).toBe('who')
})

test('a publication says its tables, columns, rows and operations', async () => {
  const major = Number.parseInt((await database.client.query('show server_version')).rows[0].server_version, 10)
  const chosen = major < 15 ? '' : ' (id, a) where (a > 1)'
  const objects = await objectsAfter(`create table t (id int primary key, a int, b int); create table u (id int);
    create publication few for table t${chosen}, u with (publish = 'insert, update');
    create publication everything for all tables; create publication nothing`)
  expect(of('publication', objects)).toEqual([
    ['everything', null, 'FOR ALL TABLES (insert, update, delete, truncate)'],
    ['few', null, `FOR TABLE t${major < 15 ? '' : ' (id, a) WHERE ((a > 1))'}, TABLE u (insert, update)`],
    ['nothing', null, 'FOR no table (insert, update, delete, truncate)'],
  ])
})

test('an event trigger says when it fires and what it runs', async () => {
  const objects = await objectsAfter(`create function f() returns event_trigger language plpgsql as 'begin end';
    create event trigger guard on ddl_command_end when tag in ('DROP TABLE', 'CREATE TABLE') execute function f();
    alter event trigger guard disable`)
  expect(of('event trigger', objects)).toEqual([
    ['guard', null, "ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION f() (disabled)"],
  ])
})

test('a cast says its function and when it is used without being named', async () => {
  const objects =
    await objectsAfter(`create type mood as enum ('good'); create function f(mood) returns int language sql as 'select 1';
    create cast (mood as int) with function f(mood) as implicit; create cast (text as mood) with inout`)
  expect(of('cast', objects)).toEqual([
    ['mood AS integer', null, 'WITH FUNCTION f(mood) AS IMPLICIT'],
    ['text AS mood', null, 'WITH INOUT'],
  ])
})

test('settings are those of the database and of the roles that have something in it, without values that could be secret', async () => {
  const objects =
    await objectsAfter(`create role veza_here; create role veza_member; grant veza_here to veza_member; create role veza_elsewhere;
    create table t (id int); grant select on t to veza_here;
    alter database ${database.name} set statement_timeout = '5s'; alter database ${database.name} set "app.jwt_secret" = 'hunter2';
    alter role veza_here set search_path = private; alter role veza_member set lock_timeout = '1s'; alter role veza_elsewhere set lock_timeout = '2s';
    alter role veza_elsewhere in database ${database.name} set work_mem = '8MB'`)
  expect(of('setting', objects)).toEqual([
    ['app.jwt_secret', null, '(value not shown)'],
    ['lock_timeout of role veza_member', null, '1s'],
    ['search_path of role veza_here', null, 'private'],
    ['statement_timeout', null, '5s'],
    ['work_mem of role veza_elsewhere in this database', null, '8MB'],
  ])
  expect(JSON.stringify(objects)).not.toContain('hunter2')
})

test('schemas and the database say whose they are and what others may do', async () => {
  const objects =
    await objectsAfter(`create role veza_other; create schema kept authorization veza_other; comment on schema kept is 'who';
    grant usage on schema kept to public; grant create on database ${database.name} to veza_other`)
  expect(objects.find(({ kind, name }) => kind === 'schema' && name === 'kept')).toMatchObject({
    owner: 'veza_other',
    grants: [{ to: 'PUBLIC', privileges: ['USAGE'] }],
    comment: 'who',
  })
  expect(objects.find(({ kind }) => kind === 'database')?.grants).toEqual([
    { to: 'PUBLIC', privileges: ['CONNECT', 'TEMPORARY'] },
    { to: 'veza_other', privileges: ['CREATE'] },
  ])
})

test('default privileges say for whom, on what and what', async () => {
  const objects = await objectsAfter(`create role veza_maker; create role veza_reader;
    alter default privileges for role veza_maker in schema public grant select, insert on tables to veza_reader;
    alter default privileges for role veza_maker revoke execute on routines from public`)
  expect(of('default privileges', objects)).toEqual([
    ['routines that veza_maker will make', null, ''],
    ['tables that veza_maker will make in public', null, 'INSERT, SELECT to veza_reader'],
  ])
})

test('what is seldom made is there by name', async () => {
  const objects = await objectsAfter(`create function same(int, int) returns bool language sql as 'select true';
    create operator === (function = same, leftarg = int, rightarg = int); create collation german from "C"; comment on collation german is 'who';
    create text search configuration simple_en (copy = simple); create foreign data wrapper nothing;
    create server far foreign data wrapper nothing options (password 'hunter2');
    create subscription down connection 'host=nowhere password=hunter2' publication p with (connect = false)`)
  const MADE = ['operator', 'collation', 'text search configuration', 'foreign-data wrapper', 'server', 'subscription']
  expect(objects.filter(({ kind }) => MADE.includes(kind)).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'collation german',
    'foreign-data wrapper nothing',
    'operator ===(integer,integer)',
    'server far',
    'subscription down',
    'text search configuration simple_en',
  ])
  expect(objects.find(({ kind }) => kind === 'collation')?.comment).toBe('who')
  expect(JSON.stringify(objects)).not.toContain('hunter2')
})

test('names are written as seen from the schema that is read', async () => {
  const objects = await objectsAfter(
    `create schema home; create table home.t (a int, b int); create statistics home.s (ndistinct) on a, b from home.t;
    create publication p for table home.t`,
    { home: 'home' },
  )
  expect(of('statistics', objects)).toEqual([['s', 't', '(ndistinct) ON a, b FROM t']])
  expect(of('publication', objects)).toEqual([['p', null, 'FOR TABLE t (insert, update, delete, truncate)']])
})

test('a database of its own has the extension of PostgreSQL, its schema and nothing else', async () => {
  const objects = await objectsAfter('')
  expect(objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'extension plpgsql',
    'schema public',
    'database this database',
  ])
})
