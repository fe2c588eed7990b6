/** Every format of one report: of a database whose names would break out of a page, a table or a document if they could. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { Ajv } from 'ajv'
import { beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import { FORMATS, type Format } from '../src/audit/format.ts'
import type { AuditReport } from '../src/audit/report.ts'
import { connect } from '../src/database/connect.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const HOSTILE = `<img src=x onerror="window.broken=1">|\`a\`</script>`

let report: AuditReport
let migrated: AuditReport

async function auditOf(url: string): Promise<AuditReport> {
  using v1 = v1Workspace()
  const workspace = await openWorkspace(v1.root, { edited: 'accept' })
  const client = await connect(url, 'test')
  const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 }
  try {
    return await audit({ client, workspace, limits, baseline: new Set() })
  } finally {
    await client.end()
  }
}

const written = async (format: Format, of = report): Promise<string> => (await FORMATS[format]())(of)

beforeAll(async () => {
  await using database = await testDatabase()
  await database.client.query(readFileSync(new URL('legacy/schema.sql', import.meta.url), 'utf8'))
  await database.client.query(`create table "${HOSTILE.replaceAll('"', '""')}" (id int)`)
  report = await auditOf(database.url)
  await using drifted = await testDatabase({ migrated: 'v1' })
  await drifted.client.query('alter table users drop bio')
  migrated = await auditOf(drifted.url)
})

describe('json', () => {
  const schema = JSON.parse(readFileSync(new URL('../schemas/audit.schema.json', import.meta.url), 'utf8'))
  const validate = new Ajv({ allErrors: true, strictTypes: false }).compile(schema)

  test.each(['legacy', 'migrated and drifted'])('is what the published schema says: %s', async (which) => {
    const document = JSON.parse(await written('json', which === 'legacy' ? report : migrated))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    expect(document.summary.passed).toBe(false)
  })

  test('the schema refuses what is not a report', async () => {
    const document = JSON.parse(await written('json'))
    for (const broken of [
      { ...document, drift: undefined },
      { ...document, more: 1 },
      { ...document, findings: [{}] },
    ])
      expect(validate(JSON.parse(JSON.stringify(broken)))).toBe(false)
  })

  test('counts agree with the findings, per rule and per domain', async () => {
    const { summary, findings } = JSON.parse(await written('json'))
    const sum = (counts: { errors: number; warnings: number }[]) =>
      counts.reduce((all, { errors, warnings }) => all + errors + warnings, 0)
    expect(sum(summary.byRule)).toBe(findings.length)
    expect(sum(summary.byDomain)).toBe(findings.length)
    expect(summary.errors + summary.warnings).toBe(findings.length)
  })

  test('drift names owner and migration', async () => {
    const { drift } = JSON.parse(await written('json', migrated))
    expect(drift.differences).toContainEqual({
      kind: 'column',
      table: 'users',
      name: 'bio',
      change: 'missing',
      found: null,
      expected: 'text',
      owner: 'core',
      migration: 'core/002_users',
      text: 'column users.bio was dropped by hand; core/002_users made it',
    })
  })
})

test('sarif 2.1.0: each result names a rule of the driver, a place and a fingerprint', async () => {
  const log = JSON.parse(await written('sarif'))
  const [run] = log.runs
  expect(log.version).toBe('2.1.0')
  expect(run.results).toHaveLength(report.findings.length)
  for (const result of run.results) {
    expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId)
    expect(['error', 'warning']).toContain(result.level)
    expect(result.message.text).not.toBe('')
    expect(result.locations[0].logicalLocations[0].fullyQualifiedName).toMatch(/^public/)
    expect(result.partialFingerprints['vezaFinding/v1']).toMatch(/^[0-9a-f]{16}$/)
  }
})

describe('markdown', () => {
  test('has the parts of an audit, and the table of primary keys first in the gap', async () => {
    const text = await written('markdown')
    const headings = text.split('\n').filter((line) => /^##? /.test(line))
    expect(headings.map((line) => line.replace(/`.*`/, 'NAME'))).toEqual([
      '# Audit of NAME against V1',
      '## Executive summary',
      '## Gap analysis',
      '## Structural issues',
      '## Governance',
      '## Recommendation',
    ])
    const gap = text.slice(text.indexOf('## Gap analysis')).split('\n')
    expect(gap.slice(2, 5)).toEqual([
      '| Domain | Table | Current PK | Target V1 PK |',
      '| --- | --- | --- | --- |',
      '| core (guess) | `Mood Board` | `id uuid` | `id uuid` (as it is) |',
    ])
    expect(gap).toContain('| auth | `email_verification_tokens` | `id bigint` | `id uuid` |')
  })

  test('a name cannot end its cell: every row of a table has the cells of its head', async () => {
    const lines = (await written('markdown')).split('\n')
    const cells = (line: string) => line.replaceAll(/\\./g, '').split('|').length
    let head = 0
    for (const [at, line] of lines.entries()) {
      if (!line.startsWith('|')) head = 0
      else if (head === 0) head = cells(line)
      else expect(cells(line), `line ${at + 1}: ${line}`).toBe(head)
    }
    expect(lines.some((line) => line.includes('onerror'))).toBe(true)
  })
})

test('text: the conclusion stands last, long lists are cut and say so', async () => {
  const lines = (await written('text')).trimEnd().split('\n')
  expect(lines.at(-1)).toMatch(/^failed: \d+ errors, \d+ warnings\.$/)
  expect(report.gap.primaryKeys.length).toBeGreaterThan(10)
  expect(lines).toContain(`  ... and ${report.keys.length - 8} more: --limit 0 shows all`)
  expect(lines.filter((line) => /^[A-Z ]+$/.test(line))).toEqual([
    'EXECUTIVE SUMMARY',
    'GAP ANALYSIS',
    'STRUCTURAL ISSUES',
    'GOVERNANCE',
    'RECOMMENDATION',
  ])
})

/** Skipped where there is no Chromium: the page is plain text to the tests above. */
describe.skipIf(!existsSync(CHROMIUM))(`html, in a real browser (needs ${CHROMIUM} or CHROMIUM_PATH)`, () => {
  test('shows every finding, filters them, draws a bar per rule, and runs nothing of a name', async () => {
    const { chromium } = await import('playwright-core')
    const folder = mkdtempSync(join(tmpdir(), 'veza-audit-'))
    const file = join(folder, 'audit.html')
    writeFileSync(file, await written('html'))
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    try {
      const page = await browser.newPage()
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
      page.on('request', (request) => /^https?:/.test(request.url()) && problems.push(request.url()))
      await page.goto(pathToFileURL(file).href)

      const rows = page.locator('#findings tbody tr')
      const shown = page.locator('#findings tbody tr:visible')
      expect(await rows.count()).toBe(report.findings.length)
      expect(await page.locator('.bar').count()).toBe(new Set(report.findings.map(({ rule }) => rule)).size)
      expect(await page.locator('#keys tbody tr').count()).toBe(report.gap.primaryKeys.length)

      await page.locator('.bar[data-rule="fk-index"]').click()
      const ofRule = report.findings.filter(({ rule }) => rule === 'fk-index').length
      expect(await shown.count()).toBe(ofRule)
      expect(await page.locator('#shown').textContent()).toBe(`${ofRule} of ${report.findings.length}`)
      await page.locator('.bar[data-rule="fk-index"]').click()
      expect(await shown.count()).toBe(report.findings.length)

      await page.fill('input[name=words]', 'sequence-left invoice_numbers')
      expect(await shown.count()).toBe(1)
      const breaks = (column: number) =>
        page.evaluate(`getComputedStyle(document.querySelector('#findings td:nth-child(${column})')).whiteSpace`)
      expect([await breaks(1), await breaks(4), await breaks(5)]).toEqual(['nowrap', 'nowrap', 'normal'])
      await page.fill('input[name=words]', '')
      await page.selectOption('select[name=domain]', 'auth')
      await page.selectOption('select[name=severity]', 'error')
      expect(await shown.count()).toBe(
        report.findings.filter(({ owner, severity }) => owner === 'auth' && severity === 'error').length,
      )

      const width = (rule: string) =>
        page
          .locator(`.bar[data-rule="${rule}"] i`)
          .evaluateAll((bars) => bars.reduce((all, bar) => all + bar.clientWidth, 0))
      expect(await width('naming')).toBeGreaterThan(await width('comment'))
      expect(await page.evaluate('window.broken')).toBeUndefined()
      expect(await page.locator('img').count()).toBe(0)
      expect(problems).toEqual([])
    } finally {
      await browser.close()
      rmSync(folder, { recursive: true })
    }
  })
})
