/** Names and strings against PostgreSQL itself: quoted as it quotes them, read as it reads them. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KEYWORDS, SINCE } from '../../src/sql/keywords.ts'
import { meaningfulTokens } from '../../src/sql/lexer.ts'
import { nameAt, quoted } from '../../src/sql/names.ts'
import { stringValue } from '../../src/sql/strings.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

describe('the keywords', () => {
  test('that have to be quoted are those of pg_get_keywords(), each in its category', async () => {
    const { rows } = await db.client.query(
      `select word, catcode::text as category, current_setting('server_version_num')::int / 10000 as major
from pg_get_keywords() where catcode <> 'U'`,
    )
    const { major } = rows[0]
    const server = rows.map(({ word, category }) => `${word} ${category}`)
    const listed = Object.entries(KEYWORDS).flatMap(([category, words]) => words.map((word) => ({ word, category })))
    const here = listed
      .filter(({ word }) => (SINCE[word] ?? 15) <= major)
      .map(({ word, category }) => `${word} ${category}`)
    expect(here.filter((one) => !server.includes(one))).toEqual([])
    // What a newer PostgreSQL adds belongs into keywords.ts, with its version.
    expect(server.filter((one) => !here.includes(one))).toEqual([])
  })

  test('are quoted as quote_ident() quotes them, the free ones too', async () => {
    const found = await db.client.query(
      `select word, quote_ident(word) as quoted, current_setting('server_version_num')::int / 10000 as major
from pg_get_keywords()`,
    )
    const rows = found.rows.filter(({ word, major }) => (SINCE[word] ?? 15) <= major)
    expect(rows.length).toBeGreaterThan(400)
    expect(rows.map(({ word }) => quoted(word))).toEqual(rows.map((row) => row.quoted))
  })
})

const characters = fc.constantFrom(...'abzAZ019_$ .,"\'\\;-é日😀KİIß\u00a0\ufeff')
const anyName = fc.oneof(
  fc.string({ unit: characters, minLength: 1, maxLength: 70 }),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .filter((text) => !text.includes('\0') && text.isWellFormed()),
)

test('a name is quoted as quote_ident() quotes it, and read back as the name', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyName, { minLength: 1, maxLength: 20 }), async (names) => {
      const { rows } = await db.client.query(
        'select quote_ident(name) as quoted, name::name::text as kept from unnest($1::text[]) with ordinality u (name, place) order by place',
        [names],
      )
      expect(names.map(quoted)).toEqual(rows.map((row) => row.quoted))
      const read = names.map((name) => nameAt(meaningfulTokens(quoted(name)), 0)?.name)
      expect(read).toEqual(rows.map(({ kept }) => kept))
    }),
    { numRuns: 100 },
  )
})

const unquotedName = fc
  .tuple(
    fc.constantFrom(...'aZ_éKİ\u00a0😀'),
    fc.string({ unit: fc.constantFrom(...'aAzZ09_$éÉKİ\ufeff日😀'), maxLength: 70 }),
  )
  .map((parts) => parts.join(''))
const quotedName = anyName.map((name) => `"${name.replaceAll('"', '""')}"`)
const hex = (text: string) => [...text].map((one) => `+${one.codePointAt(0)!.toString(16).padStart(6, '0')}`)
const escapedName = fc.tuple(anyName, fc.constantFrom('\\', '!', '$', '.'), anyName).map(([name, mark, plain]) => {
  const literal = plain.replaceAll('"', '""').replaceAll(mark, () => mark + mark)
  const text = `U&"${hex(name)
    .map((code) => mark + code)
    .join('')}${literal}"`
  return mark === '\\' ? text : `${text} uescape '${mark}'`
})

test('a name is read as the server reads it: folded, unquoted, cut to 63 bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(unquotedName, quotedName, escapedName), async (sql) => {
      const { fields } = await db.client.query(`select 1 as ${sql}`)
      expect({ sql, name: nameAt(meaningfulTokens(sql), 0)?.name }).toEqual({ sql, name: fields[0]!.name })
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['users', undefined, 'users'],
  ['Public . "Users" (', 'public', 'Users'],
  ['veza.public.users', 'public', 'users'],
  ['U&"!0061" uescape \'!\'.b', 'a', 'b'],
])('%s has a schema and a name', (sql, schema, name) => {
  expect(nameAt(meaningfulTokens(sql), 0)).toMatchObject({ schema, name })
})

test.each(['', '(', "'users'", 'public.', 'public.*', '$1'])('%j is no name', (sql) => {
  expect(nameAt(meaningfulTokens(sql), 0)).toBeUndefined()
})

const text = fc.string({ unit: fc.constantFrom(..."ab01'\\$;\n\r-é日😀uxU+"), maxLength: 12 })
const escapes = fc.constantFrom(
  '\\n',
  '\\b',
  '\\\\',
  "\\'",
  "''",
  '\\101',
  '\\x41',
  '\\xC3\\xA9',
  '\\303\\251',
  '\\u00e9',
  '\\U0001F600',
  '\\uD83D\\uDE00',
  '\\é',
  'a',
  'é',
)
const strings = fc.oneof(
  text.map((value) => `'${value.replaceAll("'", "''")}'`),
  text.map((value) => `N'${value.replaceAll("'", "''")}'`),
  text.map((value) => `$a$${value.replaceAll('$', '')}$a$`),
  text.map(
    (value) =>
      `U&'${hex(value)
        .map((code) => `\\${code}`)
        .join('')}\\\\'''`,
  ),
  fc.array(escapes, { maxLength: 8 }).map((parts) => `e'${parts.join('')}'`),
  fc.tuple(fc.array(escapes), fc.array(escapes)).map(([one, two]) => `E'${one.join('')}' -- it's\n '${two.join('')}'`),
  fc.tuple(text, text).map((parts) => parts.map((part) => `'${part.replaceAll("'", "''")}'`).join('\r\n')),
)

test('a string says what it says to the server', async () => {
  await fc.assert(
    fc.asyncProperty(strings, async (sql) => {
      const tokens = meaningfulTokens(sql)
      expect({ sql, kinds: tokens.map(({ kind }) => kind) }).toEqual({ sql, kinds: ['string'] })
      const { rows } = await db.client.query(`select ${sql} as value`)
      expect({ sql, value: stringValue(tokens[0]!) }).toEqual({ sql, value: rows[0].value })
    }),
    { numRuns: 300 },
  )
})
