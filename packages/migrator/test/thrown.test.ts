/** Whatever a migration throws is shown as what it is, as the failure of that migration: at import, while it is rendered, and live. */
import vm from 'node:vm'
import { testDatabase } from '@veza/tools/test-database'
import { describe, expect, test } from 'vitest'
import { errorText } from '../src/report/error.ts'
import { thrownText } from '../src/thrown.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, migrate, publicObjects } from './runs.ts'

const circular = new Error('first')
circular.cause = new Error('second', { cause: circular })
class QuotaError extends Error {
  override name = 'QuotaError'
}

describe('in words', () => {
  test.each<[string, unknown, string]>([
    ['an error', new Error('too many people'), 'too many people'],
    ['an error without a message', new QuotaError(), 'QuotaError without a message'],
    ['one with a cause', new Error('fetch failed', { cause: new Error('refused') }), 'fetch failed (cause: refused)'],
    [
      'one that repeats its cause',
      new Error('it failed: refused', { cause: new Error('refused') }),
      'it failed: refused',
    ],
    ['one that is its own cause', circular, 'first (cause: second (cause: first (cause: second)))'],
    ['several errors', new AggregateError([new Error('one'), 'two'], 'all failed'), "all failed (one; 'two')"],
    ['one of another realm', vm.runInNewContext("new TypeError('elsewhere')"), 'elsewhere'],
    ['a frozen one', Object.freeze(new Error('cold')), 'cold'],
    ['a text', 'text', "'text' was thrown, which is no Error"],
    ['nothing', undefined, 'undefined was thrown, which is no Error'],
    ['null', null, 'null was thrown, which is no Error'],
    ['a number', 42, '42 was thrown, which is no Error'],
    ['a symbol', Symbol('s'), 'Symbol(s) was thrown, which is no Error'],
    ['an object', { code: 1 }, '{ code: 1 } was thrown, which is no Error'],
    ['an object without a prototype', Object.create(null), '[Object: null prototype] {} was thrown, which is no Error'],
  ])('%s', (_what, thrown, words) => {
    expect(thrownText(thrown)).toBe(words)
  })

  test('what cannot even be read is said to be so', () => {
    const unreadable = Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('no message for you')
      },
    })
    expect(thrownText(unreadable)).toContain('an error was thrown that cannot be read')
  })
})

const THROWN: readonly (readonly [code: string, words: string])[] = [
  ["throw 'text'", "'text' was thrown, which is no Error"],
  ['throw undefined', 'undefined was thrown, which is no Error'],
  ['await Promise.reject(null)', 'null was thrown, which is no Error'],
  ['throw { code: 1 }', '{ code: 1 } was thrown, which is no Error'],
  ['throw new Error()', 'Error without a message'],
  ["throw Object.freeze(new Error('cold'))", 'cold'],
  [
    "throw Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('no') } })",
    'an error was thrown that cannot be read',
  ],
  ["throw new Proxy({}, { get() { throw new Error('no') } })", 'was thrown, which is no Error'],
]

const source = ({ module = '', step = '' }) => `
import { type Kysely, sql } from 'kysely'
${module}
export const about = 'throws'
export async function up(db: Kysely<any>): Promise<void> {
  await sql\`create table half ()\`.execute(db)
  ${step}
}
export const irreversible = 'it is a test'
`
const LIVE = 'if ((await sql`select 1`.execute(db)).rows.length === 0) return\n  '

describe('by a migration', () => {
  test.each(THROWN)('at import and while it is rendered: %s', async (code, words) => {
    for (const where of ['module', 'step'] as const) {
      using workspace = await fixtureWorkspace(
        { core: { migrations: { '001_a': source({ [where]: code }) } } },
        { lock: false },
      )
      workspace.write('migrations.lock', `core/001_a ${'0'.repeat(64)}\n`)
      const error = await failureOf(openWorkspace(workspace.root))
      expect(error.name).toBe(where === 'module' ? 'MigrationImportError' : 'RenderError')
      expect(errorText(error)).toContain('001_a')
      expect(errorText(error)).toContain(words)
    }
  })

  test.each(THROWN)('live: %s', async (code, words) => {
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': source({ step: LIVE + code }) } } })
    await using db = await testDatabase()
    const error = await failureOf(migrate(db.url, workspace))
    expect(error.name).toBe('MigrationFailedError')
    expect(errorText(error)).toMatch(/^core\/001_a failed: /)
    expect(errorText(error)).toContain(words)
    expect(await publicObjects(db.client)).toEqual([])
  })
})
