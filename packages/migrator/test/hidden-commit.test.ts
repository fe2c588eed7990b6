/**
 * COMMITs that a migration hides from whoever reads its SQL: `up` refuses the migration, or lands nothing. Also where the server reads the
 * text otherwise than the lexer, since its settings were changed half-way.
 */
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, migrate, publicObjects } from './runs.ts'

const half = 'create table half ()'
const OFF = 'set standard_conforming_strings = off'

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'a name with a dollar sign': [half, 'select 1 as a$b$; commit; select 2 as c$b$'],
  'a name with a dollar sign and letters outside ASCII': [half, 'select 1 as é$$; commit; select 2 as é$$'],
  'a dollar quote after a number': [half, 'select 1$$; commit; select $$'],
  'a dollar quote after a parameter': [half, 'prepare p as select $1$$; commit; select $$'],
  'a dollar quote whose tag has letters outside ASCII': [half, 'select $é$ $e$ $é$; commit; select $e$ $e$'],
  'a unicode name': [half, String.raw`select 1 as U&"\0022; x"; commit; select 2 as U&"\0022"`],
  'a unicode name with its own mark': [half, `select 1 as U&"!0022" uescape '!'; commit`],
  'a unicode string': [half, String.raw`select U&'\0027'; commit; select U&'\0027'`],
  'an escape string': [half, String.raw`select E'\''; commit; select E'\''`],
  'an escape string that goes on in the next line': [half, `select E'a'\n'\\''; commit; select '`],
  'a string with a backslash': [half, String.raw`select '\'; commit; select '\'`],
  'a nested comment': [half, '/* /* */ ; */ select 1; commit /* /* */ */'],
  'a comment that ends at a carriage return': [half, 'select 1 -- \r; commit'],
  'a line break of unicode in a comment': [half, 'select 1 -- \u2028; x\n; commit'],
  'a form feed and a vertical tab': [half, 'select 1;\f\v\tcommit\f'],
  'no space at all': [half, 'select(1);commit;'],
  'an operator with a comment': [half, 'select 1 +--\n 1; commit'],
  'a string of bits': [half, "select B'1''0'; commit; select '"],
  'a national string': [half, "select N'\\'; commit; select N'\\'"],
  'a quoted name with quotes': [half, 'select 1 as "a""b"; commit; select 2 as "a"""'],
  'settings, then a string': [half, OFF, String.raw`select '\''; commit; --'`],
  'settings, then two strings': [half, OFF, String.raw`select '\'', ' ; commit; select '; select ''`],
  'settings by a function': [
    half,
    "select set_config('standard_conforming' || '_strings', 'off', false)",
    String.raw`select '\'; commit; --'`,
    String.raw`select '\''; commit; --'`,
  ],
  'settings in a DO block': [
    half,
    "do $$ begin execute 'set standard_conforming_strings = off'; end $$",
    String.raw`select '\''; commit; --'`,
  ],
  backslash_quote: [half, 'set backslash_quote = on', OFF, String.raw`select 'a\'; commit; --', 'b\''; commit; --'`],
  client_encoding: [half, "set client_encoding = 'SJIS'", "select '\u30bd'; commit; --'"],
  'a meta command of psql': [half, 'select 1 \\; commit'],
  'a meta command of psql that sends': [half, 'select 1 \\g\ncommit'],
  'a DO block': [half, 'do $$ begin commit; end $$'],
  'a DO block that rolls back and goes on': [half, "do $$ begin rollback; execute 'create table alone ()'; end $$"],
  'a procedure': [half, 'create procedure p() language plpgsql as $$ begin commit; end $$', 'call p()'],
  'a procedure in SQL': [half, 'create procedure p() language sql as $$ commit $$', 'call p()'],
  'a procedure of begin atomic': [half, 'create procedure p() begin atomic commit; end', 'call p()'],
  'a DO block that calls a procedure': [
    half,
    'create procedure p() language plpgsql as $$ begin commit; end $$',
    'do $$ begin call p(); end $$',
  ],
  'a prepared statement': [half, 'prepare p as commit', 'execute p'],
  'a two-phase commit': [half, "prepare transaction 'hidden'"],
  'a two-phase commit with a dollar quote': [half, 'prepare transaction $$hidden$$'],
  'a savepoint that is rolled back': [half, 'savepoint a', 'rollback to savepoint a'],
  'a savepoint in one text': [half, 'select 1; savepoint a; select 2; rollback to a'],
  'commit and chain': [half, 'select 1;commit and chain;select 2'],
  'a rollback': [half, 'select 1;rollback;create table alone ()'],
  abort: [half, 'select 1;abort work'],
  end: [half, 'select 1;end work'],
  'a function of begin atomic': [half, 'create function f() returns int begin atomic select 1; end; commit; select 2'],
  'a rule of two statements': [half, 'create rule r as on insert to half do also (select 1; select 2); commit'],
}

/** What a migration throws, where it is refused when its file is read. */
const made = async (up: readonly string[]): Promise<FixtureWorkspace | Error> => {
  try {
    return await fixtureWorkspace({
      core: {
        migrations: { '001_before': { up: ['create table before ()'], down: [] }, '002_hides': { up, down: [] } },
      },
    })
  } catch (error) {
    return error as Error
  }
}

test.each(Object.entries(TEXTS))('%s', async (_, up) => {
  const found = await made(up)
  if (found instanceof Error) {
    expect(found.name).toBe('TransactionControlError')
    return
  }
  using workspace = found
  await using db = await testDatabase()
  const error = await failureOf(migrate(db.url, workspace))
  expect(['MigrationFailedError', 'TransactionControlError']).toContain(error.name)
  expect(error.message).toContain('Nothing of this run was applied')
  expect(await publicObjects(db.client)).toEqual([])
  const { rows } = await db.client.query('select from pg_prepared_xacts where database = current_database()')
  expect(rows).toEqual([])
})

test('a migration that reads rows and makes its SQL of them cannot hide one either', async () => {
  for (const text of [
    `'select 1;' + 'com' + 'mit'`,
    `rows.map(() => 'commit').join()`,
    `'select E' + "'\\\\'' ; commit; --'"`,
  ]) {
    const live = `
import { type Kysely, sql } from 'kysely'
export const about = 'reads'
export async function up(db: Kysely<any>): Promise<void> {
  const { rows } = await sql\`select 1 as one\`.execute(db)
  await sql.raw('create table half ()').execute(db)
  for (const _ of rows) await sql.raw(${text}).execute(db)
}
export async function down(): Promise<void> {}
`
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_live': live } } })
    await using db = await testDatabase()
    const error = await failureOf(migrate(db.url, workspace))
    expect(error.message).toContain('Nothing of this run was applied')
    expect(await publicObjects(db.client)).toEqual([])
  }
})

test('a text of several statements is run one by one, and its error points into the whole text', async () => {
  const text = "create table é (id int);\n-- the second; with a comment\ncreate table b (id itn);\nselect ';'"
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_several': { up: [text], down: [] } } } })
  await using db = await testDatabase()
  expect((await failureOf(migrate(db.url, workspace))).message).toMatchInlineSnapshot(`
    "core/001_several failed, statement 1 of 1: type "itn" does not exist (SQLSTATE 42704)

      create table é (id int);
      -- the second; with a comment
      create table b (id itn);
                         ^
      select ';'

    Nothing of this run was applied; the database is as it was before."
  `)
})
