/** The lexer against PostgreSQL itself: where it cuts, the server cuts. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { meaningfulTokens, type Token, tokens } from '../../src/sql/lexer.ts'
import { answerTo, readableBy } from './server-answer.ts'
import { heaps, texts } from './texts.ts'

let db: TestDatabase
let readable: (text: string) => string
beforeAll(async () => {
  db = await testDatabase()
  readable = await readableBy(db.client)
  await db.client.query('set client_min_messages = error; create table t ()')
})
afterAll(() => db.drop())

const shown = (sql: string): string[] => tokens(sql).map(({ kind, text }) => `${kind}: ${text}`)
const joined = (sql: string): string =>
  tokens(sql)
    .map(({ text }) => text)
    .join('')

describe('tokens', () => {
  test.each([
    ['foo$bar$;', ['name: foo$bar$', 'sign: ;']],
    ["'a'$b$;$b$", ["string: 'a'", 'string: $b$;$b$']],
    ['1$$;$$', ['number: 1', 'string: $$;$$']],
    ['$1$$;$$', ['parameter: $1', 'string: $$;$$']],
    ['$é$;$é$', ['string: $é$;$é$']],
    ['$1a$;', ['sign: $1a$', 'sign: ;']],
    ["B'1''0'", ["string: B'1'", "string: '0'"]],
    ["E'a'\n '\\';'", ["string: E'a'\n '\\';'"]],
    ["E'a' -- it's\r'\\';'", ["string: E'a' -- it's\r'\\';'"]],
    ["'a' '\\'", ["string: 'a'", 'space:  ', "string: '\\'"]],
    ["U&'\\'''", ["string: U&'\\'''"]],
    ['U&"a""b"', ['quoted name: U&"a""b"']],
    ["fe'x'", ['name: fe', "string: 'x'"]],
    ['/* a /* b */ ; */x', ['comment: /* a /* b */ ; */', 'name: x']],
    ['/*/**/*/x', ['comment: /*/**/*/', 'name: x']],
    ['a+--b\nc', ['name: a', 'sign: +', 'comment: --b', 'space: \n', 'name: c']],
    ['a*/*b*/c', ['name: a', 'sign: *', 'comment: /*b*/', 'name: c']],
    ['a=-1', ['name: a', 'sign: =', 'sign: -', 'number: 1']],
    ['a@-1', ['name: a', 'sign: @-', 'number: 1']],
    ['--a\rb', ['comment: --a', 'space: \r', 'name: b']],
    ['a\v\u00a0b\ufeff', ['name: a', 'space: \v', 'name: \u00a0b\ufeff']],
    ['1e-5+0xF_F+1_0.5', ['number: 1e-5', 'sign: +', 'number: 0xF_F', 'sign: +', 'number: 1_0.5']],
    [
      '1..3 a:=b::c',
      ['number: 1', 'sign: ..', 'number: 3', 'space:  ', 'name: a', 'sign: :=', 'name: b', 'sign: ::', 'name: c'],
    ],
    ["'open ;", ["string: 'open ;"]],
    ['$$open ;', ['string: $$open ;']],
    ['"open ;', ['quoted name: "open ;']],
    ['/* open ;', ['comment: /* open ;']],
  ])('of %j', (sql, expected) => {
    expect(shown(sql)).toEqual(expected)
    expect(joined(sql)).toBe(sql)
  })

  test('put together are the text, and each knows where it begins', () => {
    fc.assert(
      fc.property(fc.oneof(texts, heaps, fc.string({ unit: 'binary' })), (sql) => {
        expect(joined(sql)).toBe(sql)
        for (const { start, text } of tokens(sql)) expect(sql.startsWith(text, start)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('take no longer than the text is long, whatever it holds', () => {
    const long = 200_000
    for (const mark of [
      '--',
      "'",
      "''",
      '"',
      '$a$b',
      '/*',
      '- ',
      '-- -',
      "'\n-- ",
      "E'\\",
      '1_',
      '1.',
      'é$',
      '+-',
      '@+-',
    ]) {
      const sql = mark.repeat(long / mark.length)
      const before = performance.now()
      expect(joined(sql)).toBe(sql)
      expect({ mark, isQuick: performance.now() - before < 2_000 }).toEqual({ mark, isQuick: true })
    }
  })
})

/** A line comment has its line break behind it, and would take the space. */
const apartFrom = (all: readonly Token[]): string =>
  all.map(({ text }, index) => (text.startsWith('--') || index === all.length - 1 ? text : `${text} `)).join('')

/** Where PostgreSQL's parser stopped it names the token: `syntax error at or near "x"`. */
const NEAR = /^(?:syntax error|trailing junk after [a-z ]+|unterminated .*) at or near "([\s\S]*)"$/

describe('on the server', () => {
  test('the token at which it stops is one of these', async () => {
    let stopped = 0
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(heaps, texts).map((text) => readable(text)),
        async (sql) => {
          const { error } = await answerTo(db.client, sql)
          const [, near] = NEAR.exec(error?.message ?? '') ?? []
          if (error?.position === undefined || near === undefined) return
          const place = tokens(sql).find(({ start, text }) => error.position! < start + text.length)!
          const before = meaningfulTokens(sql).findLast(({ start }) => start < place.start)
          // PL/pgSQL stops inside of the body of a DO block; and N'' is a word and a string to the server.
          const isInside = /^do$/i.test(before?.text ?? '') || /^n'/i.test(place.text)
          if (isInside && error.position !== place.start) return
          expect({ sql, near, start: place.start }).toEqual({ sql, near, start: error.position })
          // It has read UESCAPE and what follows together with the name before.
          expect(place.text).toEqual(
            expect.stringContaining(/^u&/i.test(near) ? near.slice(0, place.text.length) : near),
          )
          stopped += 1
        },
      ),
      { numRuns: 300 },
    )
    expect(stopped).toBeGreaterThan(80)
  })

  test('a space between any two tokens changes nothing', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 1, arbitrary: heaps }, { weight: 3, arbitrary: texts }).map((text) => readable(text)),
        async (sql) => {
          const spaced = apartFrom(tokens(sql))
          const [plain, apart] = [await answerTo(db.client, sql), await answerTo(db.client, spaced)]
          if (plain.error === undefined) accepted += 1
          // A message can show several tokens, with what stands between them.
          const said = ({ tags, error }: typeof plain) => ({
            sql,
            tags,
            message: error?.message.replaceAll(/\s+/g, ' '),
          })
          expect(said(apart)).toEqual(said(plain))
        },
      ),
      { numRuns: 300 },
    )
    expect(accepted).toBeGreaterThan(50)
  })
})
