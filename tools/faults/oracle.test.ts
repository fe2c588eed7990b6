/** An oracle that finds nothing proves nothing: here it is shown states and words that are wrong. */
import { expect, test } from 'vitest'
import { claimOf } from './claim.ts'
import { type Expected, inconsistencies, mayHave, type Reference, untruths } from './oracle.ts'
import { MIXED, ORDINARY } from './plans.ts'
import type { Ended } from './process.ts'
import type { State } from './state.ts'

const plan: Reference = {
  migrations: MIXED.migrations,
  prefixes: [[], ['users'], ['users', 'index users_name'], ['notes', 'users', 'index users_name']],
}
const [first, second, third] = MIXED.migrations.map(({ id }) => id) as [string, string, string]
const state = (given: Partial<State>): State => ({
  finished: [],
  unfinished: [],
  lines: [],
  invalidIndexes: [],
  ...given,
})

test('a database that is as its history says is consistent, also with an index half built', () => {
  expect(inconsistencies(plan, state({}))).toEqual([])
  expect(inconsistencies(plan, state({ finished: [first], lines: ['users'] }))).toEqual([])
  const begun = {
    finished: [first],
    unfinished: [second],
    lines: ['users', 'index users_name'],
    invalidIndexes: ['users_name'],
  }
  expect(inconsistencies(plan, state(begun))).toEqual([])
})

test.each<[string, Partial<State>, RegExp]>([
  ['a row without its objects', { finished: [first] }, /missing: users/],
  ['objects without a row', { lines: ['users'] }, /too much: users/],
  ['a hole in the history', { finished: [second] }, /no beginning of the plan/],
  ['rows in another order', { finished: [second, first], lines: ['users', 'index users_name'] }, /no beginning/],
  ['a row twice', { finished: [first, first], lines: ['users'] }, /no beginning/],
  ['a transactional one begun', { unfinished: [first] }, /is transactional/],
  ['another one begun', { finished: [first], unfinished: [third], lines: ['users'] }, /next of the plan/],
  ['an index that nobody owns', { finished: [first], lines: ['users'], invalidIndexes: ['users_name'] }, /INVALID/],
])('%s is found', (_, given, words) => {
  expect(inconsistencies(plan, state(given)).join('\n')).toMatch(words)
})

test('a part of one transaction is found, also where history and database agree about it', () => {
  expect(mayHave(ORDINARY.migrations)).toEqual([0, ORDINARY.migrations.length])
  expect(mayHave(MIXED.migrations)).toEqual([0, 1, 2, 3, 4])
  const torn: Reference = {
    migrations: ORDINARY.migrations,
    prefixes: ORDINARY.migrations.map(({ id }) => [id]),
  }
  const one = state({ finished: [ORDINARY.migrations[0]?.id as string], lines: torn.prefixes[1] as string[] })
  expect(inconsistencies(torn, one).join('\n')).toMatch(/a part of migrations that belong to one transaction/)
})

const up: Expected = { direction: 'up', before: 0, knowable: true }
const has = (count: number, unfinished: readonly string[] = []): State =>
  state({ finished: MIXED.migrations.slice(0, count).map(({ id }) => id), unfinished })

test('what is true is no untruth', () => {
  expect(untruths({ kind: 'nothing' }, plan, has(0), up)).toEqual([])
  expect(untruths({ kind: 'complete' }, plan, has(4), up)).toEqual([])
  expect(untruths({ kind: 'partly', ids: [first] }, plan, has(1), up)).toEqual([])
  expect(untruths({ kind: 'halfway', id: second, ids: [first] }, plan, has(1, [second]), up)).toEqual([])
  expect(untruths({ kind: 'complete' }, plan, has(0), { direction: 'down', before: 4, knowable: true })).toEqual([])
  expect(untruths({ kind: 'unknown' }, plan, has(2), { ...up, knowable: false })).toEqual([])
})

test.each([
  ['nothing, and something was', { kind: 'nothing' } as const, has(1)],
  ['nothing, and one was begun', { kind: 'nothing' } as const, has(0, [first])],
  ['all, and a part was', { kind: 'complete' } as const, has(3)],
  ['one, and two were', { kind: 'partly', ids: [first] } as const, has(2)],
  ['half done, and it was done', { kind: 'halfway', id: second, ids: [first] } as const, has(2)],
  ['that it does not know, and it could have known', { kind: 'unknown' } as const, has(2)],
])('a run that says %s has not told the truth', (_, claim, so) => {
  expect(untruths(claim, plan, so, up)).toHaveLength(1)
})

const ended = (given: Partial<Ended>): Ended => ({
  exitCode: 0,
  signal: null,
  stdout: '{}',
  stderr: '',
  elapsedMs: 1,
  hung: false,
  ...given,
})
const failed = (error: unknown): Ended => ended({ exitCode: 3, stdout: JSON.stringify({ error }), stderr: 'error' })

test('the words of a run are read from its exit code and its document', () => {
  expect(claimOf(ended({}))).toEqual({ kind: 'complete' })
  expect(claimOf(ended({ exitCode: null, signal: 'SIGKILL' }))).toEqual({ kind: 'killed' })
  expect(claimOf(ended({ exitCode: null, signal: 'SIGINT' })), 'it had said all before').toEqual({ kind: 'complete' })
  expect(claimOf(failed({ code: 'UnreachableServerError' }))).toEqual({ kind: 'nothing' })
  const says = (outcome: unknown, stderr: string) => claimOf({ ...failed({ code: 'X', outcome }), stderr })
  const partly = { kind: 'partly', ids: ['a/1'] }
  expect(says(partly, 'Already applied and committed, before this: a/1')).toEqual(partly)
  expect(says({ kind: 'running' }, 'ask: status')).toEqual({ kind: 'unknown' })
})

test.each([
  ['an exit code that means nothing', ended({ exitCode: 13 })],
  ['a signal that nobody sent', ended({ exitCode: null, signal: 'SIGSEGV' })],
  ['an interrupt that left no document', ended({ exitCode: null, signal: 'SIGINT', stdout: '' })],
  ['a run that hung', ended({ hung: true })],
  ['words between the document', ended({ stdout: 'hello\n{}' })],
  ['a failure that was no failure', ended({ stdout: '{"error":{"code":"X"}}' })],
  ['a defect', failed({ code: 'Defect', message: 'undefined is not a function' })],
  ['a document that says other than the words', failed({ code: 'X', outcome: { kind: 'partly', ids: ['a/1'] } })],
  [
    'words that say nothing where something was',
    { ...failed({ code: 'X', outcome: { kind: 'complete' } }), stderr: 'Nothing of this run was applied' },
  ],
  [
    'words that say something where nothing was',
    { ...failed({ code: 'X', outcome: { kind: 'nothing' } }), stderr: 'all of the run is applied' },
  ],
  ['an unknown end without a way to ask', failed({ code: 'X', outcome: { kind: 'unknown' } })],
  ['a failure without a word to a person', { ...failed({ code: 'X' }), stderr: '' }],
])('%s is wrong', (_, how) => {
  expect(claimOf(how).kind).toBe('wrong')
})
