/** What a text creates and drops, against what then stands on a real server. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { statementsWithin } from '../../src/sql/bodies.ts'
import { isPublic } from '../../src/sql/names.ts'
import { concurrentIndex, type ObjectStatement, objectStatement } from '../../src/sql/objects.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  await db.client.query(`set client_min_messages = error; create table t (a int); create table "T" (); create schema other;
create table other.t (); create table gone (); create view v as select 1; create sequence s`)
})
afterAll(() => db.drop())

/** Tables, views, sequences, indexes that no constraint made, routines and types of public. */
const THERE = `select relname::text as name from pg_class c where relnamespace = 'public'::regnamespace
  and not exists (select from pg_constraint o where o.conindid = c.oid) and relkind <> 'c'
union all select proname::text from pg_proc where pronamespace = 'public'::regnamespace
union all select typname::text from pg_type where typnamespace = 'public'::regnamespace and typtype in ('d', 'e', 'r')`

async function changes(sql: string): Promise<{ created: string[]; dropped: string[] }> {
  const names = async () => (await db.client.query(THERE)).rows.map(({ name }) => name as string)
  await db.client.query('begin')
  try {
    const before = await names()
    await db.client.query(sql)
    const after = await names()
    const without = (some: string[], others: string[]) => some.filter((name) => !others.includes(name)).sort()
    return { created: without(after, before), dropped: without(before, after) }
  } finally {
    await db.client.query('rollback')
  }
}

const said = (sql: string, verb: ObjectStatement['verb']): string[] =>
  statementsWithin(sql)
    .flatMap((statement) => objectStatement(statement) ?? [])
    .filter((found) => found.verb === verb && !found.temporary)
    .flatMap(({ names }) => names.filter(isPublic).map(({ name }) => name))
    .sort()

describe('a text says what it creates', () => {
  test.each([
    'create table users ()',
    'CREATE/* x */TABLE if -- y\n not exists public . "Us""ers" ()',
    'create unlogged table USERS (id int primary key)',
    'create table if ()',
    'create table É ()',
    'create table U&"us\\0065rs" ()',
    'create table U&"us!0065rs" uescape \'!\' ()',
    `create table ${'long_'.repeat(20)} ()`,
    'create table a (); create table b ()',
    'create temp table users (); create temporary view x as select 1; create table pg_temp.y ()',
    'create table other.users ()',
    'create view a as select 1; create or replace recursive view b (n) as select 1; create materialized view c as select 1',
    'create sequence a; create sequence if not exists public.b',
    'create unique index a on t (a); create index if not exists b on t (a)',
    "create type a as enum ('create table x ()'); create domain b as text",
    'create function a() returns int return 1; create or replace procedure b() language sql as $$ $$',
    'create or replace aggregate a (int) (sfunc = int4pl, stype = int)',
    "comment on table t is 'create table users ()'; -- create table a ()\n /* create table b () /* */ create table c () */",
    "select $$create table users ()$$, 'create view a as select 1'",
    'do $$ begin create table a (); if true then create view b as select 1; else drop table t; create table t (); end if; end $$',
    "do $$ begin -- create table x ()\n execute 'create table a ()'; execute $x$create table b (); create table \"c'\" ()$x$; end $$",
    "do 'begin execute ''create table a ()''; end'",
    "do E'begin create table \\x61 (); end'",
    "do $$ begin raise notice 'create table'; raise notice 'create nothing, table users'; end $$",
    'create function make() returns void language plpgsql as $$ begin create table made (); end $$; select make()',
    'create function f() returns int begin atomic select case when true then 1 end; end; create table a ()',
    'grant create on schema public to current_user; alter table t add column "create table" int',
  ])('%s', async (sql) => {
    const { created } = await changes(sql)
    // A branch that drops and makes again is read, and changes nothing.
    expect(said(sql, 'create').filter((name) => name !== 't')).toEqual(created)
  })

  test('but not the name that the server makes up', async () => {
    expect(said('create index on t (a)', 'create')).toEqual([])
    expect((await changes('create index on t (a)')).created).toEqual(['t_a_idx'])
  })
})

describe('a text says what it drops', () => {
  test.each([
    'drop table t',
    'drop table if exists public . t , "T" ,other.t, gone cascade',
    'DROP TABLE t; drop view if exists v; drop sequence public.s restrict',
    'do $$ begin drop table t; execute \'drop table "T"\'; end $$',
    'alter table t drop column a; -- drop table t\n',
    'drop table other.t',
  ])('%s', async (sql) => {
    expect(said(sql, 'drop')).toEqual((await changes(sql)).dropped)
  })
})

describe('an index that is created concurrently', () => {
  test.each([
    ['create index concurrently a on t (b)', ['a']],
    ['CREATE UNIQUE INDEX /* slow */ CONCURRENTLY if not exists "A ""b""" on t (b)', ['A "b"']],
    ['create index concurrently on t (a)', []],
    ['create index concurrently/**/on t (a)', []],
    ['create index concurrently "on" on t (a)', ['on']],
  ])('%s', (sql, names) => {
    expect(concurrentIndex(sql)?.names.map(({ name }) => name)).toEqual(names)
  })

  test.each([
    'create index a on t (b)',
    'drop index concurrently a',
    'reindex table concurrently t',
    'create index "concurrently" on t (b)',
    "comment on index a is 'create index concurrently b on t (c)'",
  ])('is not in %s', (sql) => {
    expect(concurrentIndex(sql)).toBeUndefined()
  })
})
