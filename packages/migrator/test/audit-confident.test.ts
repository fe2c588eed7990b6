/** `--min-confidence`: what is left out is counted and said. */
import { expect, test } from 'vitest'
import { confident, leftOutText } from '../src/audit/weight/confident.ts'
import { rules } from '../src/rules/list.ts'

const findings = [
  { confidence: 'high' },
  { confidence: 'low' },
  { confidence: 'medium' },
  { confidence: 'low' },
] as const
const shown = (least: 'high' | 'medium' | 'low') => {
  const { findings: kept, leftOut } = confident(findings, least)
  return [kept.map(({ confidence }) => confidence).join(' '), leftOutText(leftOut)]
}

test('each level shows itself and what is surer, in the same order, and says how many it left out', () => {
  expect(shown('low')).toEqual(['high low medium low', undefined])
  expect(shown('medium')).toEqual([
    'high medium',
    '2 findings of low confidence are left out (--min-confidence medium).',
  ])
  expect(shown('high')).toEqual([
    'high',
    '3 findings of medium or low confidence are left out (--min-confidence high).',
  ])
})

test('nothing left out is said too, where it was asked for', () => {
  expect(leftOutText(confident(findings.slice(0, 1), 'high').leftOut)).toBe(
    'No finding was left out for its confidence (--min-confidence high).',
  )
  expect(leftOutText(confident(findings.slice(1, 2), 'high').leftOut)).toMatch(/^1 finding of .* is left out/)
})

test('a rule says that it is less than sure by one of the words of the option', () => {
  for (const { confidence = 'high' } of rules) expect(['high', 'medium', 'low']).toContain(confidence)
})
