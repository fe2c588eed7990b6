import { describe, expect, test } from 'vitest'
import { annotations, sarif } from '../src/check/annotations.ts'
import type { Checked } from '../src/check/check.ts'
import type { ProofFinding } from '../src/check/finding.ts'
import { checkDocument, checkLines } from '../src/check/report.ts'
import { plainPaint } from '../src/report/output.ts'

const finding: ProofFinding = {
  rule: 'ownership/foreign-object',
  severity: 'error',
  message: 'auth/002_change statement 1 alters table users, which belongs to core.',
  remedy: 'Move it, 100% of it.\nNow.',
  file: 'packages/auth-schema/src/migrations/002_change.ts',
  migration: 'auth/002_change',
  statement: 1,
  object: 'table users',
  owner: 'core',
}
const warning: ProofFinding = {
  rule: 'edges/unused-dependency',
  severity: 'warning',
  message: 'Unused.',
  remedy: 'Remove it.',
}

const checkedWith = (...findings: readonly ProofFinding[]): Checked => ({
  root: '/repository',
  versions: ['18.4'],
  migrations: 17,
  domains: 4,
  proofs: [
    { name: 'order', proven: '17 lines of migrations.lock, 4 domains', checked: true, findings: [], durationMs: 12.4 },
    { name: 'history', proven: 'there is no origin/main', checked: false, findings: [], durationMs: 0 },
    { name: 'ownership', proven: '483 changes of 29 objects', checked: true, findings, durationMs: 1234 },
  ],
})

describe('as text', () => {
  test('a proven plan is a calm list', () => {
    expect(checkLines(checkedWith(), plainPaint)).toEqual([
      '17 migrations of 4 domains, PostgreSQL 18.4',
      '  + order      17 lines of migrations.lock, 4 domains     12 ms',
      '  - history    not checked: there is no origin/main',
      '  + ownership  483 changes of 29 objects                  1.2 s',
      '',
      'Proven but for what was not checked (history): 0 errors, 0 warnings.',
    ])
  })

  test('a proof that was not made never looks like one that was', () => {
    const marked = (colour: string, words: string) => `<${colour}>${words}</>`
    const lines = checkLines(checkedWith(), marked)
    expect(lines[1]).toMatch(/^ {2}<green>\+<\/> order/)
    expect(lines[2]).toBe('  <yellow>-</> history    not checked: there is no origin/main')
    expect(lines.at(-1)).toMatch(/^<yellow>Proven but for/)
  })

  test('findings stand behind the list, with file and remedy', () => {
    expect(checkLines(checkedWith(finding, warning), plainPaint).slice(3)).toEqual([
      '  x ownership  483 changes of 29 objects                  1.2 s',
      '',
      'error  ownership/foreign-object  packages/auth-schema/src/migrations/002_change.ts',
      '  auth/002_change statement 1 alters table users, which belongs to core.',
      '  Move it, 100% of it.',
      '  Now.',
      '',
      'warning  edges/unused-dependency',
      '  Unused.',
      '  Remove it.',
      '',
      'Not proven: 1 error, 1 warning.',
    ])
  })

  test('a warning alone fails nothing', () => {
    expect(checkLines(checkedWith(warning), plainPaint).at(-1)).toBe(
      'Proven but for what was not checked (history): 0 errors, 1 warning.',
    )
    const made = checkedWith(warning).proofs.filter(({ checked }) => checked)
    expect(checkLines({ ...checkedWith(warning), proofs: made }, plainPaint).at(-1)).toBe(
      'Proven: 0 errors, 1 warning.',
    )
    expect(checkDocument(checkedWith(warning))).toMatchObject({ proven: true })
  })
})

test('as JSON, the document holds the proofs with their counts and every finding whole', () => {
  expect(checkDocument(checkedWith(finding))).toMatchObject({
    command: 'check',
    proven: false,
    postgres: ['18.4'],
    proofs: [{ errors: 0 }, { checked: false }, { name: 'ownership', errors: 1, warnings: 0, durationMs: 1234 }],
    findings: [finding],
  })
})

test('as annotations, what would end a command or a property is escaped', () => {
  expect(annotations(checkedWith(finding, warning))).toEqual([
    '::error file=packages/auth-schema/src/migrations/002_change.ts,line=1,title=ownership/foreign-object::' +
      'auth/002_change statement 1 alters table users, which belongs to core.%0AMove it, 100%25 of it.%0ANow.',
    '::warning title=edges/unused-dependency::Unused.%0ARemove it.',
    '::notice title=history/not-checked::Not checked: history, since there is no origin/main.',
  ])
})

test('as SARIF, every result has its rule, its place and a fingerprint that does not hang on statement numbers', () => {
  const log = sarif(checkedWith(finding, warning))
  expect(log).toMatchObject({ version: '2.1.0' })
  const [run] = (log as any).runs
  expect(run.invocations).toEqual([
    {
      executionSuccessful: true,
      toolExecutionNotifications: [
        {
          descriptor: { id: 'history/not-checked' },
          level: 'warning',
          message: { text: 'Not checked: history, since there is no origin/main.' },
        },
      ],
    },
  ])
  expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
    'ownership/foreign-object',
    'edges/unused-dependency',
  ])
  expect(run.results[0]).toMatchObject({
    ruleId: 'ownership/foreign-object',
    level: 'error',
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: finding.file } },
        logicalLocations: [{ fullyQualifiedName: 'public.users', kind: 'table' }],
      },
    ],
  })
  const moved = sarif(
    checkedWith({ ...finding, statement: 7, message: 'auth/002_change statement 7 alters table users.' }),
  )
  expect((moved as any).runs[0].results[0].partialFingerprints).toEqual(run.results[0].partialFingerprints)
})
