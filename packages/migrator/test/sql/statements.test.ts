/** The cutting into statements, and the finding of transaction control, against PostgreSQL itself. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { statements } from '../../src/sql/statements.ts'
import { transactionControl } from '../../src/sql/transaction-control.ts'
import { answerTo, readableBy, send } from './server-answer.ts'
import { texts } from './texts.ts'

let db: TestDatabase
let readable: (text: string) => string
beforeAll(async () => {
  db = await testDatabase()
  readable = await readableBy(db.client)
  await db.client.query('set client_min_messages = error; create table t ()')
})
afterAll(() => db.drop())

const CONTROL_TAG = /^(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|START TRANSACTION|PREPARE TRANSACTION)$/

interface Cut {
  readonly text: string
  readonly isControl: boolean
}

const cuts = (sql: string): Cut[] =>
  statements(sql).map((words) => {
    const text = sql.slice(words[0]!.start, words.at(-1)!.start + words.at(-1)!.text.length)
    return { text, isControl: transactionControl(text) !== undefined }
  })

/** Compares statement by statement, as far as the server came. Returns whether it came to the end. */
async function expectSame(sql: string): Promise<boolean> {
  const { tags, error } = await answerTo(db.client, sql)
  // Nothing is run of a text that the server cannot read to its end.
  if (tags.length === 0 && error?.code === '42601') return false
  const found = cuts(sql)
  const seen = found.slice(0, tags.length)
  expect({ sql, control: seen.map(({ isControl }) => isControl) }).toEqual({
    sql,
    control: tags.map((tag) => CONTROL_TAG.test(tag)),
  })
  expect({ sql, count: found.length }).toEqual({
    sql,
    count: error === undefined ? tags.length : expect.toSatisfy((count: number) => count > tags.length),
  })
  expect(transactionControl(sql) !== undefined).toBe(found.some(({ isControl }) => isControl))
  return error === undefined
}

describe('a text is cut as the server cuts it', () => {
  test.each([
    ['select 1;;; ;commit', ['select 1', 'commit']],
    ['', []],
    [' ; /* ; */ -- ;\n', []],
    ['select 1 as foo$bar$; commit; select 2 as x$bar$', ['select 1 as foo$bar$', 'commit', 'select 2 as x$bar$']],
    ['/* a /* b */ commit; */ select 1', ['select 1']],
    ["select E'a'\n'\\'; commit; --'", ["select E'a'\n'\\'; commit; --'"]],
    ["select 'a' as x -- it's\r; commit", ["select 'a' as x", 'commit']],
    [
      'create function f(begin int) returns int begin atomic select case when true then 1 end; select 2; end; commit',
      [
        'create function f(begin int) returns int begin atomic select case when true then 1 end; select 2; end',
        'commit',
      ],
    ],
    [
      'create or replace procedure p() begin /* */ atomic ;; end; select 1',
      ['create or replace procedure p() begin /* */ atomic ;; end', 'select 1'],
    ],
    ['create procedure p() begin atomic end; select 1', ['create procedure p() begin atomic end', 'select 1']],
    ['create function f() returns int return 1; commit', ['create function f() returns int return 1', 'commit']],
    [
      'create rule r as on insert to t do also (select 1; select 2); select 3',
      ['create rule r as on insert to t do also (select 1; select 2)', 'select 3'],
    ],
    [
      'select begin atomic from (select 1 as begin) x; commit',
      ['select begin atomic from (select 1 as begin) x', 'commit'],
    ],
    ['select 1 as "end"; select 1 as end; end', ['select 1 as "end"', 'select 1 as end', 'end']],
    ['do $$ begin null; end $$; commit', ['do $$ begin null; end $$', 'commit']],
  ])('%j', async (sql, expected) => {
    expect(cuts(sql).map(({ text }) => text)).toEqual(expected)
    expect(await expectSame(sql)).toBe(true)
  })

  test('whatever stands in it', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(
        texts.map((text) => readable(text)),
        async (sql) => {
          if (await expectSame(sql)) accepted += 1
        },
      ),
      { numRuns: 400 },
    )
    expect(accepted).toBeGreaterThan(100)
  })
})

describe('a text without transaction control', () => {
  test('leaves the transaction as it was', async () => {
    const { client } = db
    const transaction = async (): Promise<string> =>
      (await client.query('select pg_current_xact_id()::text as id')).rows[0].id
    let kept = 0
    await fc.assert(
      fc.asyncProperty(
        texts.map((text) => readable(text)),
        async (sql) => {
          await client.query('begin')
          const before = await transaction()
          const { error, status } = await send(client, sql)
          const after = status === 'T' ? await transaction() : undefined
          await client.query('rollback; deallocate all; discard temp')
          if (transactionControl(sql) !== undefined) return
          kept += 1
          expect({ sql, status, after }).toEqual({
            sql,
            status: error === undefined ? 'T' : 'E',
            after: error === undefined ? before : undefined,
          })
        },
      ),
      { numRuns: 300 },
    )
    expect(kept).toBeGreaterThan(100)
  })
})
