/** Every format of one report: of a database whose names would break out of a page, a table or a document if they could. */
import { readFileSync } from 'node:fs'
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import { FORMATS, type Format } from '../src/audit/formats/format.ts'
import type { AuditFinding, AuditReport } from '../src/audit/report.ts'
import { connect } from '../src/database/connect.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { CHROMIUM, hasChromium, openPage } from './chromium.ts'

const HOSTILE = `<img src=x onerror="window.broken=1">|\`a\`</script>`

let report: AuditReport
let migrated: AuditReport

/** One for all audits of this file: V1 is rendered once, and the scratch server has its cluster already. */
const files = v1Workspace()
afterAll(() => files[Symbol.dispose]())

async function auditOf(url: string): Promise<AuditReport> {
  const workspace = await openWorkspace(files.root, { edited: 'accept' })
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
  await drifted.client.query(`alter table users drop bio; alter table users rename status to state; alter table rooms set (fillfactor = 70);
    comment on index idx_rooms_creator_id is 'Mine.'; grant select on rooms to public; create extension pg_trgm; update roles set level = 99 where code = 'admin'`)
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

  test('every table is there with its key, its domain and the reason of a guess, and its owner', async () => {
    const { gap, governance, copyOrder } = JSON.parse(await written('json'))
    const names = gap.keys.map(({ table }: { table: string }) => table)
    expect(names).toHaveLength(report.tables)
    expect(governance.tables.filter(({ schema }: { schema: string }) => schema === 'public')).toHaveLength(names.length)
    expect([...copyOrder.tables].sort()).toEqual([...names].sort())
    expect(gap.keys.find(({ table }: { table: string }) => table === 'track_genres')).toMatchObject({
      domain: 'streaming',
      guessedFrom: 'it references tracks, as tables of streaming do in V1',
      current: '(track_id uuid, genre_id bigint)',
      target: 'id uuid',
      isInV1: false,
      isRight: false,
    })
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
    const headings = text
      .replaceAll(/^```[\s\S]*?^```$/gm, '')
      .split('\n')
      .filter((line) => /^##? /.test(line))
    expect(headings.map((line) => line.replace(/`.*`/, 'NAME'))).toEqual([
      '# Audit of NAME against V1',
      '## Executive summary',
      '## Gap analysis',
      '## Structural issues',
      '## Governance',
      '## Recommendation',
      '## Details',
    ])
    const gap = text.slice(text.indexOf('## Gap analysis')).split('\n')
    expect(gap.slice(2, 5)).toEqual([
      '| Domain | Table | Current PK | Target V1 PK |',
      '| --- | --- | --- | --- |',
      '| core | `playlists` | `id uuid` | `id uuid` (as it is) |',
    ])
    expect(gap).toContain('| streaming (guess) | `track_genres` | `(track_id uuid, genre_id bigint)` | `id uuid` |')
    expect(gap).toContain('| ? | `Mood Board` | `id uuid` | `id uuid` (as it is) |')
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
describe.skipIf(!hasChromium)(`html, in a real browser (needs ${CHROMIUM} or CHROMIUM_PATH)`, () => {
  test('begins with the sections, lists every finding, filters them, and runs nothing of a name', async () => {
    await using open = await openPage(await written('html'))
    const { page, problems } = open
    const shown = page.locator('#finder-shown')
    const count = String(report.findings.length)
    expect(await shown.textContent()).toContain(`${count} of ${count} findings shown`)
    expect(await page.locator('main > section:first-child > h2').textContent()).toMatch(/summary/i)
    expect(await page.locator('main > section:last-of-type > h2').textContent()).toBe(`All findings (${count})`)
    const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    for (const link of await page.locator('nav a').all())
      expect(ids).toContain((await link.getAttribute('href'))!.slice(1))

    const fits = (wanted: Partial<AuditFinding>) =>
      report.findings.filter((one) => Object.entries(wanted).every(([key, value]) => one[key as 'rule'] === value))
    const says = async (wanted: Partial<AuditFinding>) =>
      expect(await shown.textContent()).toContain(`${fits(wanted).length} of ${count} findings shown`)
    await page.selectOption('select[name=rule]', 'fk-index')
    await says({ rule: 'fk-index' })
    await page.selectOption('select[name=rule]', '')
    await page.selectOption('select[name=domain]', 'auth')
    await page.selectOption('select[name=severity]', 'error')
    await says({ owner: 'auth', severity: 'error' })
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await says({})

    await page.fill('input[name=words]', 'onerror')
    const opened = page.locator('.finding[aria-expanded=true]')
    await page.locator('.finding', { hasText: HOSTILE }).first().click()
    expect(await opened.locator('.place').textContent()).toContain(HOSTILE)
    expect(await opened.locator('.remedy').textContent()).not.toBe('')
    expect(await page.evaluate('window.broken')).toBeUndefined()
    expect(await page.locator('img').count()).toBe(0)
    expect(problems).toEqual([])
  })
})
