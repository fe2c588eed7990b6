/** What a statement takes away, as far as its words say. */
import { expect, test } from 'vitest'
import { effectWords } from '../../src/preview/words.ts'
import type { Effect } from '../../src/sql/effect.ts'
import { effectsOf } from '../../src/sql/effects.ts'

const words = (sql: string): string[] => effectsOf(sql).flat().map(effectWords)
const rows = (sql: string): string | undefined => {
  const [found] = effectsOf(sql).flat() as Extract<Effect, { type: 'rows' }>[]
  return found?.matching
}

test.each<[sql: string, ...effects: string[]]>([
  ['drop table users', 'drops table users'],
  [
    'DROP TABLE IF EXISTS public.users, "Odd ""Name""" , other.t CASCADE',
    'drops table users',
    'drops table "Odd ""Name"""',
    'drops table other.t',
  ],
  ['drop /* table a */ materialized view v -- drop table b', 'drops materialized view v'],
  ['drop index concurrently if exists users_name', 'drops index users_name'],
  ['drop function if exists f(a uuid, "T"[]), g', 'drops function f(a uuid, "T"[])', 'drops function g'],
  ['drop trigger if exists t on public.users cascade', 'drops trigger t on users'],
  ['drop policy p on users; drop rule r on users', 'drops policy p on users', 'drops rule r on users'],
  [
    'drop type mood; drop domain email; drop sequence s; drop schema x; drop extension citext',
    'drops type mood',
    'drops domain email',
    'drops sequence s',
    'drops schema x',
    'drops extension citext',
  ],
  [
    'alter table users drop mood, drop column if exists "User Name" cascade',
    'drops column users.mood',
    'drops column users."User Name"',
  ],
  [
    'alter table only users drop constraint if exists chk_users, add x int default f(1, 2)',
    'drops constraint users.chk_users',
  ],
  [
    'alter table if exists users alter mood drop not null, alter column a drop default',
    'drops NOT NULL of column mood of users',
    'drops default of column a of users',
  ],
  [
    'alter table users alter size type numeric(5, 2) using size::numeric, alter b set data type text',
    'converts column users.size to numeric(5,2)',
    'converts column users.b to text',
  ],
  ['alter table users rename to members', 'renames table users to members'],
  [
    'alter table users rename column a to b; alter table users rename c to "D"',
    'renames column users.a to b',
    'renames column users.c to "D"',
  ],
  ['alter table t detach partition t_2026 concurrently', 'detaches partition t_2026 from t'],
  ['alter domain email drop constraint chk_email', 'drops constraint chk_email of email'],
  ["delete from roles where name in ('admin', 'user')", 'deletes rows of roles'],
  [
    'update users u set a = 1, (b, "C") = (select 2, 3) from x where x.id = u.id',
    'overwrites a, b, "C" in rows of users',
  ],
  ['truncate only a, b * restart identity cascade', 'empties table a', 'empties table b'],
  [
    "do $$ begin if x then drop table a; end if; execute 'drop view v'; delete from t where id = x; end $$",
    'runs SQL whose effect cannot be listed',
    'drops table a',
    'drops view v',
    'deletes rows of t',
  ],
  ['select clean_up()', 'runs SQL whose effect cannot be listed'],
  ['call clean_up()', 'runs SQL whose effect cannot be listed'],
  [
    'with gone as (delete from a returning *) insert into b select * from gone',
    'runs SQL whose effect cannot be listed',
  ],
  ['insert into a values (1) on conflict (id) do update set b = 1', 'runs SQL whose effect cannot be listed'],
  ['drop owned by somebody', 'runs SQL whose effect cannot be listed'],
  ['merge into a using b on true when matched then delete', 'runs SQL whose effect cannot be listed'],
])('%s', (sql, ...effects) => {
  expect(words(sql)).toEqual(effects)
})

test.each([
  "comment on table a is 'drop table b'",
  'create function f() returns void language sql as $$ drop table a $$',
  'create index i on a (b)',
  'insert into a values (1)',
  'grant select on a to b',
  'alter table a add column b int, enable row level security',
])('nothing is taken away by %s', (sql) => {
  expect(words(sql).filter((text) => !text.startsWith('creates'))).toEqual([])
})

test('the rows that are meant are those of the statement’s own conditions', () => {
  expect(rows("delete from roles where name = 'a' or name = 'b' returning id")).toBe(
    " where (name = 'a' or name = 'b')",
  )
  expect(rows('delete from only public.roles as r using x, y where r.id = x.id')).toBe(
    ' as r where exists (select from x, y where (r.id = x.id))',
  )
  expect(rows('delete from roles')).toBe('')
  expect(rows('update users u set a = (select 1 from b where c) where u.id > 3')).toBe(' u where (u.id > 3)')
  expect(rows('update users set a = 1 from x')).toBe(' where exists (select from x)')
  expect(rows('delete from a where current of c')).toBeUndefined()
  expect(rows('  -- first\n delete /* b */ from a\n where b = 1 -- last')).toBe(' where (b = 1)')
})
