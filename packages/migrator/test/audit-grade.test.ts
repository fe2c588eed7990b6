/** The grade: by shares of the tables, explained, and the same for the same findings. */
import { describe, expect, test } from 'vitest'
import { type AuditFinding, fingerprint, reportRules, stakeOf } from '../src/audit/report.ts'
import { gradeWords } from '../src/audit/sections/summary.ts'
import { gradeOf } from '../src/audit/weight/grade.ts'
import type { RuleFinding } from '../src/rules/finding.ts'

const finding = (rule: string, table: string | null, more: Partial<RuleFinding> = {}): AuditFinding => {
  const bare: RuleFinding = {
    rule,
    severity: reportRules.find(({ name }) => name === rule)!.severity,
    confidence: 'high',
    table,
    column: null,
    owner: null,
    found: 'x',
    expected: 'y',
    remedy: 'z',
    ...more,
  }
  return { ...bare, known: false, id: fingerprint(bare), stake: stakeOf(bare) }
}
/** One finding of the rule in each of so many tables. */
const inTables = (rule: string, count: number, more?: Partial<RuleFinding>): AuditFinding[] =>
  Array.from({ length: count }, (_, index) => finding(rule, `t${index}`, more))
const words = (findings: readonly AuditFinding[], tables: number): string =>
  gradeWords(gradeOf(findings, tables))
    .map((part) => (typeof part === 'string' ? part : 'strong' in part ? part.strong : part.code))
    .join('')

describe('an A', () => {
  test('has no error: one, however mild and however small its share, makes it a B', () => {
    expect(gradeOf([], 30)).toEqual({ letter: 'A', points: 100, reasons: [], next: null })
    expect(gradeOf(inTables('comment', 30), 30).letter).toBe('A')
    expect(gradeOf([finding('timestamp-default', 't1')], 10_000)).toMatchObject({ letter: 'B', points: 100 })
  })

  test('is not given where the gap to V1 is open, though the gap takes no points', () => {
    expect(gradeOf(inTables('gap-to-v1', 30), 30)).toMatchObject({ letter: 'B', points: 100, reasons: [] })
  })
})

describe('points', () => {
  test('are taken by the share of the tables, so that a large database is not worse for being large', () => {
    const small = gradeOf(inTables('fk-on-delete', 3), 10)
    const large = gradeOf(inTables('fk-on-delete', 300), 1000)
    expect([small.points, large.points]).toEqual([90, 90])
  })

  test('are taken once for a table, however many findings it has', () => {
    const many = ['a', 'b', 'c'].map((column) => finding('fk-on-delete', 't0', { column }))
    expect(gradeOf(many, 10).points).toBe(gradeOf(many.slice(0, 1), 10).points)
  })

  test.each([
    ['secret', 50],
    ['fk-on-delete', 65],
    ['fk-index', 90],
    ['fk-type-match', 90],
    ['timestamp-default', 95],
  ])('%s in every table leaves %d', (rule, points) => {
    expect(gradeOf(inTables(rule, 20), 20).points).toBe(points)
  })

  test('one exposed table of a thousand takes 35, a warning counts a quarter, a guess nothing', () => {
    expect(gradeOf([finding('secret', 't0')], 1000).points).toBe(65)
    expect(gradeOf(inTables('fk-on-delete', 20, { severity: 'warning' }), 20).points).toBe(91)
    expect(gradeOf(inTables('fk-on-delete', 20, { confidence: 'low' }), 20).points).toBe(100)
  })

  test('what belongs to no table counts as one more table', () => {
    expect(gradeOf([finding('closed-list', null), finding('closed-list', null, { found: 'z' })], 10).points).toBe(99)
  })
})

test('an empty database has no grade', () => {
  expect(gradeOf([], 0).letter).toBeNull()
  expect(words([], 0)).toBe('No grade: there is no table to judge.')
})

test('the letter is explained, with what would lift it', () => {
  const keyless = inTables('pk-uuid', 12, { found: 'no primary key', stake: 'loss' })
  const found = [...keyless, ...inTables('secret', 1), ...inTables('fk-index', 6), ...inTables('comment', 30)]
  expect(gradeOf(found, 30)).toMatchObject({
    letter: 'D',
    reasons: [
      { stake: 'exposure', tables: { count: 1, of: 30 }, rules: ['secret'] },
      { stake: 'loss', tables: { count: 12, of: 30 }, rules: ['pk-uuid'] },
      { stake: 'outage', tables: { count: 6, of: 30 }, rules: ['fk-index'] },
      { stake: 'reading', tables: { count: 30, of: 30 }, rules: ['comment'] },
    ],
    next: { letter: 'B', mend: ['secret'] },
  })
  expect(words(found, 30)).toBe(
    'Grade D (47 of 100): people can get in or see secrets in 1 of 30 tables (secret); ' +
      'rows can be lost or contradict each other in 12 of 30 tables (pk-uuid). B once secret is mended.',
  )
  expect(words(inTables('fk-index', 1), 30)).toBe('Grade B (100 of 100). A once no error is left.')
})

test('mending what it names gives the letter that it promises', () => {
  const found = [
    ...inTables('secret', 3),
    ...inTables('fk-on-delete', 20),
    ...inTables('timestamp-tz', 25),
    ...inTables('fk-index', 10),
    ...inTables('fk-type-match', 30),
  ]
  let left = found
  const letters = [gradeOf(left, 30).letter]
  for (let grade = gradeOf(left, 30); grade.next !== null; grade = gradeOf(left, 30)) {
    const { letter, mend } = grade.next
    left = left.filter(({ rule }) => !mend.includes(rule))
    expect(gradeOf(left, 30).letter).toBe(letter)
    letters.push(letter)
  }
  expect(letters).toEqual(['F', 'D', 'C', 'B', 'A'])
})
