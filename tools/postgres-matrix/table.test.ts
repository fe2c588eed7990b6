import { expect, test } from 'vitest'
import { testMajor } from '../test-database/server.ts'
import { counted, tableLines } from './table.ts'

test('a suite that ran nothing, or ended badly without a failed test, has failed', () => {
  expect(counted(15, 'fast', 0, { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1 })).toMatchObject({
    failed: 0,
  })
  expect(counted(15, 'fast', 0, { numPassedTests: 0, numFailedTests: 0 })).toMatchObject({ failed: 1 })
  expect(counted(15, 'fast', 1, { numPassedTests: 3, numFailedTests: 0 })).toMatchObject({ failed: 1 })
  expect(counted(15, 'fast', 1, { numPassedTests: 3, numFailedTests: 2 })).toMatchObject({ failed: 2 })
  expect(counted(15, 'fast', null, undefined)).toMatchObject({ failed: 1 })
})

test('the table has a line for each version and suite', () => {
  expect(tableLines([{ major: 15, suite: 'fast', passed: 128, failed: 0, skipped: 2 }])).toEqual([
    'PostgreSQL  suite   passed  failed skipped',
    '15          fast       128       0       2',
  ])
})

test('TEST_POSTGRES takes a major version that can be installed', () => {
  expect(testMajor({})).toBeUndefined()
  expect(testMajor({ TEST_POSTGRES: '16' })).toBe(16)
  expect(() => testMajor({ TEST_POSTGRES: '14' })).toThrow('TEST_POSTGRES=14: it takes one of 15, 16, 17, 18')
})
