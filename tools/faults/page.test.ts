/** The page says what the results say, and each promise names something that exists. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kinds } from './kinds.ts'
import { pageOf } from './page.ts'
import { PROMISES } from './promises.ts'
import { PAGE, REPOSITORY, type Recorded, readRecorded, recordedOf } from './recorded.ts'

test('the page is the one that the recorded results make (npm run test:faults -- --write)', () => {
  expect(readFileSync(join(REPOSITORY, PAGE), 'utf8')).toBe(pageOf(readRecorded(), kinds))
})

test('each kind of fault was tried on each version of PostgreSQL that the page names, or says why not', () => {
  const recorded = readRecorded()
  const versions = new Set(recorded.map(({ postgres }) => postgres))
  expect(versions.size).toBeGreaterThan(0)
  for (const postgres of versions)
    for (const { name } of kinds)
      expect(
        recorded.some((entry) => entry.kind === name && entry.postgres === postgres),
        `${name} on ${postgres}`,
      ).toBe(true)
  expect(recorded.filter(({ rounds, skipped }) => rounds === 0 && skipped === undefined)).toEqual([])
})

test.each(PROMISES.map((promised) => [promised.promise, promised] as const))('%s', (_, { kinds: names, tests }) => {
  expect(names.length).toBeGreaterThan(0)
  expect(kinds.map(({ name }) => name)).toEqual(expect.arrayContaining([...names]))
  for (const file of tests) expect(existsSync(join(REPOSITORY, 'packages/migrator/test', file)), file).toBe(true)
})

test('every kind is named by a promise', () => {
  const named = new Set(PROMISES.flatMap((promised) => promised.kinds))
  expect(kinds.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([])
})

const entry = (given: Partial<Recorded>): Recorded => ({
  ...{ kind: 'kills', postgres: '18.4', node: '24.0.0', date: '2026-01-02', commit: 'abc', seed: 7 },
  ...{ cases: 10, rounds: 5, faults: [], said: {} },
  ...given,
})

test('a fault is counted in every row that it belongs to, and told', () => {
  const page = pageOf([entry({ faults: ['round 3, killed after something: the history has too much'] })], kinds)
  expect(page).toContain('5 rounds, **1 faults**')
  expect(page).toContain(
    '- PostgreSQL 18.4, `kills`, seed 7, round 3, killed after something: the history has too much',
  )
  expect(page).toContain('not tried')
})

test('what was skipped says why', () => {
  expect(pageOf([entry({ kind: 'poolers', rounds: 0, skipped: 'pgbouncer is not installed' })], kinds)).toContain(
    '| pgbouncer is not installed |',
  )
})

test('a result is recorded with its date, its commit, its seed and what was found', () => {
  const result = {
    kind: 'kills',
    cases: 3,
    rounds: 2,
    seconds: 1,
    said: { killed: 2 },
    faults: [{ round: 2, what: 'killed after a', wrong: ['it is broken\n  much', 'b'] }],
  }
  expect(recordedOf(result, { postgres: '18.4', seed: 7 })).toMatchObject({
    ...{ kind: 'kills', postgres: '18.4', seed: 7, cases: 3, rounds: 2 },
    commit: expect.stringMatching(/^[0-9a-f]{10}\+?$/),
    date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    faults: ['round 2, killed after a: it is broken'],
  })
})
