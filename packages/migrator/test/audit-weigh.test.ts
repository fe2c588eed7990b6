/** The order of a report: by what a finding can cost. */
import { describe, expect, test } from 'vitest'
import { type AuditFinding, countsByRule, fingerprint, reportRules, stakeOf } from '../src/audit/report.ts'
import { groupsOf, weighed } from '../src/audit/weight/weigh.ts'
import type { RuleFinding } from '../src/rules/finding.ts'

const finding = (rule: string, more: Partial<AuditFinding> = {}): AuditFinding => {
  const bare: RuleFinding = {
    rule,
    severity: reportRules.find(({ name }) => name === rule)!.severity,
    confidence: 'high',
    table: 'users',
    column: null,
    owner: null,
    found: 'x',
    expected: 'y',
    remedy: 'z',
    ...more,
  }
  return { ...bare, known: false, ...more, id: fingerprint(bare), stake: stakeOf(bare) }
}
const order = (findings: readonly AuditFinding[]) => groupsOf(findings).map(({ rule, stake }) => `${rule}: ${stake}`)

describe('the order', () => {
  test('is exposure, loss, outage, change, reading, however many findings there are', () => {
    const many = ['comment', 'sequence-left', 'pk-uuid', 'fk-index', 'fk-on-delete'].flatMap((rule, index) =>
      Array.from({ length: 10 - index }, () => finding(rule)),
    )
    expect(order([...many, finding('secret')])).toEqual([
      'secret: exposure',
      'fk-on-delete: loss',
      'fk-index: outage',
      'pk-uuid: change',
      'sequence-left: change',
      'comment: reading',
    ])
  })

  test('puts a warning, and what only a name says, a step lower', () => {
    const loss = finding('reference-without-fk')
    expect(order([finding('secret', { severity: 'warning' }), loss])).toEqual([
      'reference-without-fk: loss',
      'secret: exposure',
    ])
    expect(order([finding('fk-on-delete', { confidence: 'low' }), finding('fk-index')])).toEqual([
      'fk-index: outage',
      'fk-on-delete: loss',
    ])
  })

  test('puts equally grave groups by the number of their findings', () => {
    const refs = [finding('reference-without-fk'), finding('reference-without-fk', { column: 'a' })]
    expect(order([finding('fk-on-delete'), ...refs])).toEqual(['reference-without-fk: loss', 'fk-on-delete: loss'])
  })

  test('tells a table without any key from a table with a number', () => {
    const keyless = finding('pk-uuid', { found: 'no primary key', stake: 'loss' })
    expect(order([finding('fk-index'), finding('pk-uuid'), keyless])).toEqual([
      'pk-uuid: loss',
      'fk-index: outage',
      'pk-uuid: change',
    ])
  })
})

test('a report lists all findings of a rule together, where its gravest stands', () => {
  const keyless = finding('pk-uuid', { found: 'no primary key', stake: 'loss' })
  const findings = weighed([finding('fk-index'), finding('pk-uuid'), keyless, finding('comment')])
  expect(findings.map(({ rule, found }) => `${rule}: ${found}`)).toEqual([
    'pk-uuid: no primary key',
    'pk-uuid: x',
    'fk-index: x',
    'comment: x',
  ])
})

test('looks weigh least: names, comments and the word for the clock are never above a rule that costs something', () => {
  const findings = weighed(reportRules.map(({ name }) => finding(name)))
  const counts = countsByRule({ findings }).map(({ name }) => name)
  const looks = ['timestamp-default', 'naming', 'comment']
  expect(counts[0]).toBe('secret')
  expect(counts.slice(-looks.length).sort()).toEqual(looks.sort())
})
