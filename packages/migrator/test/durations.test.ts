import { expect, test } from 'vitest'
import { durationText } from '../src/report/durations.ts'

test.each([
  [0, '0 ms'],
  [4.4, '4 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [1250, '1.3 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 0 s'],
  [119_600, '2 min 0 s'],
  [125_400, '2 min 5 s'],
  [3_600_000, '60 min 0 s'],
])('%d ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})
