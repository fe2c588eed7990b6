/**
 * Ends of the transaction, hidden in SQL that is made from a grammar: each begins with something that a reader of SQL may misread (a dollar
 * in an identifier, a backslash, a comment in a comment), so that it takes the end of the transaction for a part of it.
 */
import type { Random } from '../random.ts'
import { type Hostile, live } from './hostile.ts'

const ENDS = [
  'commit',
  'COMMIT WORK',
  'Commit Transaction',
  'end',
  'END WORK',
  'rollback',
  'ABORT',
  'commit and chain',
  'rollback and chain',
  'commit and no chain',
  "prepare transaction 'lab'",
  'commit; begin',
  'rollback; start transaction',
  'end transaction; begin isolation level serializable',
]

/** Written before the end; each is whole by itself. */
const DISGUISES = [
  '',
  'select 1 as a$b$; select 2 as "$b$"',
  'select 1 as a$$; select 1 as b$$',
  'select 1 as é$x$; select 1 as é$x$',
  'select $q$ ; $q$ as "a$q$"',
  'select $a$ $b$ $a$, $b$ $a$ $b$',
  "select $$ ' $$ as x",
  "select 'it''s' as \"a;b\"\"'\"",
  "select E'\\'' as x",
  "select e'\\\\' as x",
  "select '\\' as x",
  "select n'\\' as x",
  'select U&\'\\0041\' as x, U&"\\0061" from (select 1 as a) t',
  "select u&'!0041' uescape '!' as x",
  "select 'a'\n'b''' as x",
  "select b'01', x'1F'",
  "/* /* ; */ */ select 1 /* ' */",
  "-- a comment with a ' and a $$\nselect 1",
  '/**/ select 1 --\r\n',
  "set standard_conforming_strings = off; select '\\'; select 1 as x -- '",
  "set local standard_conforming_strings to 'off'; select 'a\\'' as x",
  "select set_config('standard_conforming_strings', 'off', true); select '\\'' as x",
  'create function f_atomic() returns int begin atomic select 1; select case when true then 2 end; end',
  'create function f_body() returns int language sql as $f$ select 1; $f$',
  'select 1 as "commit", 2 as "end"',
  'select 1 where 1 =- 1',
  'select @-5 /* @-- */',
  'select 1::text::name, array[1]::int[]',
  'select :1 is null'.replace(':1', "'x'::text"),
  '; ; ;',
]

const SEPARATORS = [';', ';\n', ' ; ', ';/* ; */', ';-- \n', ';\t', ';\f', ';\r\n']

/** Without a transaction of its own around it, PostgreSQL refuses these; inside a run they must fail too. */
const PROCEDURES = [
  'do $$ begin commit; end $$',
  'do language plpgsql $x$ begin rollback; end $x$',
  "do 'begin commit; end'",
  "do E'begin\\ncommit; end'",
  "do $$ begin execute 'commit'; end $$",
  "create procedure p() language plpgsql as 'begin commit; end'; call p()",
  'create procedure p() language plpgsql as $p$ begin rollback and chain; end $p$; call p()',
]

export function hiddenEnd(random: Random): Hostile {
  const isProcedure = random.below(6) === 0
  const end = isProcedure ? random.pick(PROCEDURES) : random.pick(ENDS)
  const disguise = random.pick(DISGUISES)
  const between = random.pick(SEPARATORS)
  const text = `create table mark_a ();${disguise}${between}${end}${between}create table mark_b ()`
  // Sometimes as a statement of its own, sometimes with its neighbours in one text, sometimes from a migration that runs live.
  const way = random.pick(['together', 'apart', 'live'] as const)
  const what = `an end of the transaction (${way}): ${JSON.stringify(text)}`
  if (way === 'live') return { what, up: live(`await sql.raw(${JSON.stringify(text)}).execute(db)`), expect: 'refused' }
  const apart = [
    'create table mark_a ()',
    ...(disguise === '' ? [] : [disguise]),
    `${end}${between}`,
    'create table mark_b ()',
  ]
  return { what, up: way === 'together' ? [text] : apart, expect: 'refused' }
}
