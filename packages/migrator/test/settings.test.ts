import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../src/errors.ts'
import { parseCount, parseDurationMs } from '../src/settings.ts'
import { told } from './told.ts'

describe('a duration', () => {
  test.each([
    ['500ms', 500],
    ['2s', 2000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['3', 3000],
    ['0', 0],
    [' 2s ', 2000],
    ['0.5ms', 1],
  ])('%j is %i ms', (text, ms) => {
    expect(parseDurationMs('--lock-wait', text)).toBe(ms)
  })

  test.each(['', 's', '-1s', '1 s', '1d', '1e3', 'NaN', 'Infinity', '1.s', '9'.repeat(400)])('%j is none', (text) => {
    expect(() => parseDurationMs('--lock-wait', text)).toThrow(InvalidOptionError)
  })

  test('is refused when PostgreSQL has no room for it', () => {
    expect(parseDurationMs('--lock-timeout', '596h')).toBe(2_145_600_000)
    expect(() => parseDurationMs('--lock-timeout', '597h')).toThrow(InvalidOptionError)
  })
})

test('a refused option says what it got and what it takes', async () => {
  expect(await told(() => parseDurationMs('--lock-wait', 'soon'))).toMatchInlineSnapshot(
    `"--lock-wait got "soon"; it takes a duration such as 500ms, 2s or 1m (a bare number is seconds), at most 596h."`,
  )
  expect(await told(() => parseCount('--steps', 'two'))).toMatchInlineSnapshot(
    `"--steps got "two"; it takes a whole number from 1."`,
  )
})

describe('a count', () => {
  test.each([
    ['1', 1],
    ['42', 42],
  ])('%j is %i', (text, count) => {
    expect(parseCount('--steps', text)).toBe(count)
  })

  test.each(['0', '-1', '1.5', '01', 'one', '', '1e3', ' 1'])('%j is none', (text) => {
    expect(() => parseCount('--steps', text)).toThrow(InvalidOptionError)
  })
})
