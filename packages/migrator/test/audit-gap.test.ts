/** The gap to V1 counts: a database that is not V1 does not pass. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import { readBaseline, writeBaseline } from '../src/audit/baseline/baseline.ts'
import { FORMATS } from '../src/audit/formats/format.ts'
import { type AuditReport, isFailure } from '../src/audit/report.ts'
import { connect } from '../src/database/connect.ts'
import { migrateUp } from '../src/index.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

const limits = { lockTimeoutMs: 300, statementTimeoutMs: 60_000 }

const v1 = v1Workspace()
afterAll(() => v1[Symbol.dispose]())

async function auditOf(url: string, baseline: ReadonlySet<string> = new Set()): Promise<AuditReport> {
  const workspace = await openWorkspace(v1.root, { edited: 'accept' })
  const client = await connect(url, 'test')
  try {
    return await audit({ client, workspace, limits, baseline })
  } finally {
    await client.end()
  }
}

const gapOf = ({ findings }: AuditReport) => findings.filter(({ rule }) => rule === 'gap-to-v1')

test('an empty database fails: each table of V1 is a finding, in every format, and can be accepted', async () => {
  await using empty = await testDatabase()
  const report = await auditOf(empty.url)
  expect(gapOf(report)).toContainEqual(
    expect.objectContaining({ severity: 'error', table: 'users', owner: 'core', found: 'table users is missing' }),
  )
  expect(await (await FORMATS.text())(report)).toMatch(/failed: \d+ errors/)
  const document = JSON.parse((await FORMATS.json())(report))
  expect(document.summary).toMatchObject({ passed: false, errors: gapOf(report).length })
  expect(JSON.parse((await FORMATS.sarif())(report)).runs[0].results).toHaveLength(report.findings.length)

  const folder = mkdtempSync(join(tmpdir(), 'veza-gap-'))
  try {
    const file = join(folder, 'baseline.json')
    writeBaseline(file, report.findings)
    const again = await auditOf(empty.url, readBaseline(file).ids)
    expect(again.findings.filter(isFailure)).toEqual([])
    writeFileSync(file, '{"version": 1, "findings": [{"id": "a"}, null]}')
    expect(() => readBaseline(file)).toThrow(/has an entry without an id \(finding 2\)/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('what is not V1’s is an error, what V1 does not know and another name are warnings', async () => {
  await using other = await testDatabase({ migrated: 'v1' })
  await other.client.query(`drop table migration_history; create table strange (id int);
    alter table rooms alter description type varchar(900);
    alter table users rename constraint chk_users_bio to other_name; alter table users drop location`)
  const found = gapOf(await auditOf(other.url)).map(({ severity, found: what }) => `${severity}: ${what}`)
  expect(found.sort()).toEqual([
    'error: column description differs: character varying(900)',
    'error: column location is missing',
    // The server writes the same check differently for another type.
    'error: constraint chk_rooms_description differs: CHECK ((char_length((description)::text) <= 500))',
    'error: constraint chk_users_location is missing',
    expect.stringMatching(/^warning: constraint chk_users_bio differs: other_name: CHECK/),
    'warning: table strange is not in V1',
  ])
})

test('on a migrated database the same fact is drift alone; what is pending is the gap', async () => {
  await using drifted = await testDatabase()
  await migrateUp({ databaseUrl: drifted.url, workspace: v1.root, domain: 'core' })
  await drifted.client.query('alter table users alter bio set not null')
  const report = await auditOf(drifted.url)
  expect(report.findings.filter(({ column }) => column === 'bio').map(({ rule }) => rule)).toEqual(['drift'])
  expect(gapOf(report).map(({ found }) => found)).toContain('table rooms is missing')
})

test('the text report shows a control character of a name and does not obey it', async () => {
  await using hostile = await testDatabase()
  await hostile.client.query('create table "a\u001b[2Jb" (id int)')
  const text = await FORMATS.text()
  const report = text(await auditOf(hostile.url))
  expect(report).toContain('a\\x1b[2Jb')
  expect(report).not.toContain('\u001b')
})

test('a database name cannot break out of the Markdown', async () => {
  await using empty = await testDatabase()
  const report = await auditOf(empty.url)
  const named = { ...report, target: { ...report.target, database: '<b>x</b>' } }
  expect((await FORMATS.markdown())(named)).not.toMatch(/[^\\`]<b>/)
})
