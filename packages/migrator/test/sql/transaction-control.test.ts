import { expect, test } from 'vitest'
import { transactionControl } from '../../src/sql/transaction-control.ts'

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
])('%j has none', (sql) => {
  expect(transactionControl(sql)).toBeUndefined()
})
