import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { transactionControl } from '../../src/sql/transaction-control.ts'
import { fixtureWorkspace } from '../fixture-workspace.ts'
import { migrate } from '../runs.ts'

test.each([
  ['begin', 'begin'],
  ['COMMIT', 'COMMIT'],
  ['  rollback to x', 'rollback'],
  ['start  transaction', 'start transaction'],
  ['savepoint x', 'savepoint'],
  ['release x', 'release'],
  ['abort', 'abort'],
  ['end', 'end'],
  ["prepare transaction 'x'", 'prepare transaction'],
  ['/* now */ commit', 'commit'],
  ['-- now\ncommit', 'commit'],
  ['create table a (); commit; create table b ()', 'commit'],
  ["select 'it''s'; commit", 'commit'],
  ["select E'\\''; commit", 'commit'],
  ['do $$ begin null; end $$; commit', 'commit'],
  ['create function f() returns int begin atomic select 1; end; commit', 'commit'],
  ['select 1 as foo$bar$; commit; select 2 as x$bar$', 'commit'],
  ['/* a /* b */ c */ Commit', 'Commit'],
  ["select E'a'\n'\\'' ; commit", 'commit'],
  ['select 1 -- one\r; commit', 'commit'],
  ['select 1;;;\f\v COMMIT', 'COMMIT'],
  ['commit/**/', 'commit'],
  ['commit--', 'commit'],
  ['start/* a */transaction', 'start transaction'],
  ["prepare transaction U&'x'", 'prepare transaction'],
  ["commit prepared 'x'", 'commit'],
])('%j has it', (sql, found) => {
  expect(transactionControl(sql)).toBe(found)
})

test.each([
  'create table begin_dates ()',
  'do $$ begin null; end $$',
  'do $body$ begin commit; end $body$',
  "comment on table a is 'x; commit'",
  "select E'\\'; commit'",
  'create table "; commit" ()',
  '-- ; commit\nselect 1',
  '/* ; commit */ select 1',
  'create function f() returns int language sql begin atomic select 1; select 2; end',
  'prepare p as select 1',
  'alter table a rename to ended',
  '/* a /* b */ ; commit; */ select 1',
  'prepare transaction as select 1',
  'prepare transaction (int) as select $1',
  'select 1; "commit"',
  '\ufeffcommit',
  'commit$',
  "select E'a'\n'\\'; commit; --'",
  'select begin atomic from a; select 1 as end',
  'create rule r as on insert to t do also (select 1; delete from a)',
  'create function f(begin int) returns int begin atomic select case when true then 1 end; end',
])('%j has none', (sql) => {
  expect(transactionControl(sql)).toBeUndefined()
})

test('is read as the server reads it that runs it, whatever its setting for backslashes', async () => {
  await using db = await testDatabase()
  await db.client.query(`alter database ${db.name} set standard_conforming_strings = off`)
  // With the setting off, the backslash would take the quote behind it along.
  const table = { about: 'A table.', up: ["create table t (a text default '\\')"], down: ['drop table t'] }
  const index = {
    about: 'An index.',
    transaction: false,
    up: ["create index concurrently i on t ((a || '\\'))"],
    down: ['drop index concurrently i'],
  }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_table': table, '002_index': index } } })
  await migrate(db.url, workspace)
  const { rows } = await db.client.query(
    "select pg_get_expr(adbin, adrelid) as value, pg_get_indexdef('i'::regclass) as index from pg_attrdef where adrelid = 't'::regclass",
  )
  expect(rows).toEqual([{ value: "'\\'::text", index: "CREATE INDEX i ON public.t USING btree (((a || '\\'::text)))" }])
})
