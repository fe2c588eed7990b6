/** The errors as a family: every word of every message is pinned by a test, and what a program reads has every name as a field. */
import { describe, expect, test } from 'vitest'
import { RESERVED_FIELDS, usageError } from '../src/errors.ts'
import * as errors from '../src/index.ts'
import { errorDocument, errorText } from '../src/report/error.ts'
import { inlined } from '../src/sql/literal.ts'
import { constructed, declared, declaredIn, unpinned } from './errors-pinned.ts'
import { told } from './told.ts'

describe('every word of a message is in an inline snapshot', () => {
  test.each(declared)('$name', (one) => {
    // A message may be worded by functions alone, which are in this list themselves.
    const words = one.calls.flatMap((name) => declared.find((other) => other.name === name)?.pieces ?? [])
    if (one.isClass) expect([...one.pieces, ...words]).not.toEqual([])
    expect(unpinned(one)).toEqual([])
  })

  test('and one that is in none is found, in each branch', () => {
    const [found] = declaredIn(`export class LostError extends usageError<{ kind: 'lost one' }>(({ kind, id }) =>
      kind === 'lost one' ? \`\${id} was \${'mislaid ' + 'yesterday'}.\` : 'There is no migration "x".') {}`)
    expect(found).toMatchObject({
      name: 'LostError',
      pieces: ['was', 'mislaid', 'yesterday', 'There is no migration "x".'],
    })
    expect(unpinned(found!)).toEqual(['mislaid', 'yesterday'])
  })
})

test('errors are provoked, but for those that a test cannot bring about', () => {
  expect(constructed).toEqual(Object.keys(CONSTRUCTED).sort())
})

/** Each with the reason. */
const CONSTRUCTED = {
  ConfirmationRequiredError: 'provoked in cli.test.ts; made in confirm.test.ts to see that a refusal is thrown',
  EmbeddedAccountError: 'takes a machine of its own, without a user postgres and without programs that make users',
  HistoryMovedError: 'provoked by two processes in behind.test.ts, whose words are those that are pinned beside them',
  InterruptedWriteError: 'takes a signal between the question and the commit of one statement',
  LinterError: 'takes an installation without the linter',
  NotConfirmedError: 'takes a terminal to type "no" on',
  NumberGapError: 'provoked in errors-workspace.test.ts; made here to look at its fields',
  RepairNotConfirmedError: 'takes a terminal to type "no" on',
  RenderError: 'provoked in errors-workspace.test.ts; made here to look at its cause',
  RunInterruptedError: 'provoked in crash.slow.test.ts; made here once for each outcome',
  StrayMigrationError: 'provoked in stray.slow.test.ts; made here for code that no migration is known to have started',
  UnknownDomainError: 'provoked in graph.test.ts, where it is what is expected',
  UnknownMigrationError: 'provoked in plan.test.ts; made here with and without something similar',
}

test('an answer other than yes', async () => {
  expect(await told(new errors.NotConfirmedError())).toMatchInlineSnapshot(`"Not confirmed: nothing was reverted."`)
  expect(await told(new errors.RepairNotConfirmedError({ isAsked: true }))).toMatchInlineSnapshot(
    `"Not confirmed: nothing was changed."`,
  )
})

test('a linter that does not run', async () => {
  const error = new errors.LinterError({ detail: 'spawn squawk ENOENT' }, undefined)
  expect(await told(error)).toMatchInlineSnapshot(`
    "The linter squawk did not run: spawn squawk ENOENT
    Install it with the workspace: npm ci"
  `)
})

test('a change of a database that was interrupted', async () => {
  expect(await told(new errors.InterruptedWriteError({ verb: 'reset' }))).toMatchInlineSnapshot(
    `"Interrupted while reset was changing the database, all of it or nothing. Which of the two is unknown: run status."`,
  )
})

test('code that ends the command, and no migration is known to have started it', async () => {
  const error = new errors.StrayMigrationError({ id: undefined, what: 'called process.exit(0), too early' })
  expect(await told(error)).toMatchInlineSnapshot(
    `"A migration, or a module that it imports, called process.exit(0), too early."`,
  )
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
    "Interrupted: nothing reverted. The database is as it was before.

    Interrupted: a part is committed.
    Already reverted and committed, before this:
      - core/001_a
    The rest was not reverted; the next run goes on from there.

    Interrupted half-way.
    Already reverted and committed, before this:
      - core/001_a
    core/002_b runs outside a transaction: a part of it may be reverted. The next run drops an INVALID index that is provably what it left, and begins it again.
    If that cannot succeed, complete it or undo it by hand, and record which: npx veza-migrator repair core/002_b --mark-done (or --mark-undone) --reason "why"

    Interrupted, but committed.
    The database was asked again: all of the run is reverted.

    Interrupted. What was reverted is unknown: run status.
    The server is still at work on this run and holds its lock. Wait, then ask: npx nx run migrator:status

    Interrupted. What was reverted is unknown: run status.
    It could not be found out whether the run was reverted. Ask again: npx nx run migrator:status"
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

test('no field hides what every error has', () => {
  const given = { name: 'S3cret', message: 'm', stack: 's', cause: 'c', exitCode: 0, code: 'x', domain: 'core' }
  const error = new errors.UnknownDomainError({ ...given, known: [] })
  expect(errorDocument(error)).toEqual({
    code: 'UnknownDomainError',
    exitCode: 2,
    message: expect.stringContaining('"core"'),
    domain: 'core',
    known: [],
  })
  expect(error.stack).toContain('errors.test.ts')
  expect(RESERVED_FIELDS.join(' ')).toMatchInlineSnapshot(`"name message stack cause exitCode code"`)
  // @ts-expect-error A field called name is refused by the type.
  expect(usageError<{ name: string }>(({ name }) => name)).toBeDefined()
  // @ts-expect-error And so is one called exitCode.
  expect(usageError<{ exitCode: number }>(() => '')).toBeDefined()
  // @ts-expect-error A message in two halves makes two fields, which no other may be called like.
  expect(usageError<{ remedy: string }>(({ remedy }) => ({ problem: '', remedy }))).toBeDefined()
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
