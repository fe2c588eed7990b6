/** The errors as a family: each has its exit code and a test that pins its message, and what a program reads has every name as a field. */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as errors from '../src/index.ts'
import { errorDocument, errorText } from '../src/report/error.ts'
import { inlined } from '../src/sql/literal.ts'
import { told } from './told.ts'

const source = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')
const rooms = ['.', 'check', 'commands', 'database', 'plan', 'run', 'sql', 'workspace']
const classes = rooms.flatMap((room) =>
  [...source(`../src/${room}/errors.ts`).matchAll(/^export class (\w+)/gm)].map(([, name]) => name as string),
)

test.each(classes)('%s is met in a test', (name) => {
  // An error is met by its class or by its name, in any test but this one.
  const tests = globSync('*.test.ts', { cwd: import.meta.dirname }).filter((file) => file !== 'errors.test.ts')
  const known = OWN_MESSAGES.has(name) || tests.some((file) => source(`./${file}`).includes(name))
  expect(known).toBe(true)
})

/** Those that no command can be brought to say here, or that say no more than their name: pinned as values. */
const OWN_MESSAGES = new Set(['NotConfirmedError', 'LinterError', 'UnknownParameterError'])

test('an answer other than yes', async () => {
  expect(await told(new errors.NotConfirmedError())).toMatchInlineSnapshot(`"Not confirmed: nothing was reverted."`)
})

test('a linter that does not run', async () => {
  const error = new errors.LinterError({ detail: 'spawn squawk ENOENT' }, undefined)
  expect(await told(error)).toMatchInlineSnapshot(`
    "The linter squawk did not run: spawn squawk ENOENT
    Install it with the workspace: npm ci"
  `)
})

test('a parameter that has no place in a file', async () => {
  const statement = { sql: 'insert into a values ($1)', parameters: [new Map()] }
  expect(await told(() => inlined(statement, 'core/001_a'))).toMatchInlineSnapshot(
    `"core/001_a has a parameter of the type Map, which cannot be written as SQL. Pass text, a number, a boolean, a Date, bytes, an array, a plain object (JSON) or null, or let the database compute it."`,
  )
})

test('an unknown migration, with and without something similar', async () => {
  const similar = ['core/001_users', 'auth/001_user_sessions']
  expect(await told(new errors.UnknownMigrationError({ id: 'core/002_users', similar }))).toMatchInlineSnapshot(`
    "There is no migration "core/002_users". Did you mean:
      - core/001_users
      - auth/001_user_sessions
    All of them: npx nx run migrator:plan"
  `)
  expect(await told(new errors.UnknownMigrationError({ id: 'x', similar: [] }))).toMatchInlineSnapshot(`
    "There is no migration "x".
    All of them: npx nx run migrator:plan"
  `)
})

test('what is known of a run that did not finish', async () => {
  const outcomes: errors.Outcome[] = [
    { kind: 'nothing' },
    { kind: 'partly', ids: ['core/001_a'] },
    { kind: 'halfway', id: 'core/002_b', ids: ['core/001_a'] },
    { kind: 'complete' },
    { kind: 'running' },
    { kind: 'unknown' },
  ]
  const texts = outcomes.map((outcome) => errorText(new errors.RunInterruptedError({ direction: 'down', outcome })))
  expect(texts.join('\n\n')).toMatchInlineSnapshot(`
    "Interrupted. Nothing of this run was reverted; the database is as it was before.

    Interrupted. Already reverted and committed, before this:
      - core/001_a
    The rest was not reverted; the next run goes on from there.

    Interrupted. Already reverted and committed, before this:
      - core/001_a
    core/002_b runs outside a transaction: a part of it may be reverted. The next run cleans up after it and begins it again.

    Interrupted. The database was asked again: all of the run is reverted.

    Interrupted. The server is still at work on this run and holds its lock. Wait, then ask: npx nx run migrator:status

    Interrupted. It could not be found out whether the run was reverted. Ask again: npx nx run migrator:status"
  `)
})

test('a program gets the code, the exit code and every name in the message as a field', () => {
  const error = new errors.NumberGapError({ domain: 'core', missing: '002', file: '003_c.ts' })
  expect(errorDocument(error)).toEqual({
    code: 'NumberGapError',
    exitCode: 2,
    message: `${error.problem}\n${error.remedy}`,
    problem: 'The domain core has no migration number 002, but 003_c.ts comes after it.',
    remedy: expect.stringMatching(/^Numbers go up by one\./),
    domain: 'core',
    missing: '002',
    file: '003_c.ts',
  })
})

test('a cause is kept, and is no part of the document', () => {
  const cause = new Error('inner')
  const error = new errors.RenderError({ id: 'core/001_a', direction: 'up' }, cause)
  expect(error.cause).toBe(cause)
  expect(JSON.stringify(errorDocument(error))).not.toContain('stack')
})

test('what nobody foresaw is called a defect, with its stack', () => {
  expect(errorText(new TypeError('x is undefined'))).toMatch(
    /^This should not happen, and is a defect of the migrator:\nTypeError: x is undefined\n +at /,
  )
  expect(errorDocument('text')).toEqual({ code: 'Defect', message: expect.stringContaining('text') })
})
