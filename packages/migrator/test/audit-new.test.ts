/** An audit with a baseline: what is new stands first and whole, what is known only as counts, and nothing is lost in writing it again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import { againstBaseline, entriesOf, entriesText } from '../src/audit/baseline/against-baseline.ts'
import { readBaseline, writeBaseline } from '../src/audit/baseline/baseline.ts'
import { FORMATS } from '../src/audit/formats/format.ts'
import { type TextLimit, textReport } from '../src/audit/formats/text.ts'
import { type AuditReport, isFailure } from '../src/audit/report.ts'
import { connect } from '../src/database/connect.ts'
import { plainPaint } from '../src/report/output.ts'
import type { Confidence } from '../src/rules/finding.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

const FILE = 'audit.baseline.json'
const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 }

let legacy: TestDatabase
let folder: string
/** The legacy fixture, accepted, and then a table and a column more, one fault mended. */
let more: AuditReport
let accepted: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'veza-new-'))
  legacy = await testDatabase()
  await legacy.client.query(readFileSync(new URL('legacy/schema.sql', import.meta.url), 'utf8'))
  const first = await auditOf()
  accepted = first.findings.length
  writeBaseline(at(FILE), first.findings)
  await legacy.client.query(`create table payment_runs (id bigserial primary key, created_at timestamptz not null default now());
    alter table playlists alter name type text`)
  more = await auditOf()
  // Two audits, each with a replay of V1 on a server of its own.
}, 120_000)
afterAll(async () => {
  await legacy?.drop()
  rmSync(folder, { recursive: true })
})

const at = (name: string): string => join(folder, name)

/** One for all audits of this file: V1 is rendered once, and the scratch server has its cluster already. */
const files = v1Workspace()
afterAll(() => files[Symbol.dispose]())

async function auditOf(minConfidence: Confidence = 'low', name = FILE): Promise<AuditReport> {
  const workspace = await openWorkspace(files.root, { edited: 'accept' })
  const client = await connect(legacy.url, 'test')
  try {
    const baseline = accepted === undefined ? undefined : readBaseline(at(name))
    const report = await audit({ client, workspace, limits, baseline: baseline?.ids ?? new Set(), minConfidence })
    return baseline === undefined ? report : againstBaseline(report, { file: name, baseline })
  } finally {
    await client.end()
  }
}

const text = (report: AuditReport, limit: TextLimit = {}): string[] =>
  textReport(report, { paint: plainPaint, width: 80 }, limit)

describe('the text', () => {
  test('names each new finding first, by table, with rule, found, expected and remedy', () => {
    const lines = text(more)
    const fresh = more.findings.filter(({ known }) => !known)
    const begin = lines.indexOf(`NEW SINCE THE BASELINE (${fresh.length})`)
    expect(begin).toBeGreaterThan(0)
    expect(lines.slice(0, begin).join()).not.toContain('genres')
    const said = lines.join(' ').replaceAll(/\s+/g, ' ')
    expect(fresh.map(({ rule }) => rule)).toContain('pk-uuid')
    for (const { rule, found, expected, remedy } of fresh)
      for (const words of [rule, `Found: ${found}`, `Expected: ${expected}`, `Remedy: ${remedy}`])
        expect(said).toContain(words.replaceAll(/\s+/g, ' '))
    expect(said).toMatch(/pk-uuid error payment_runs\.id .*Found: id bigint from sequence payment_runs_id_seq/)
  })

  test('has what is known only as counts, and none of its names', () => {
    const said = text(more).join('\n')
    expect(said).toContain(`${accepted - more.baseline!.gone.length} known, accepted in ${FILE}.`)
    expect(said).not.toMatch(/refresh_tokens|track_shares/)
  })

  test('names what is gone, with the command that writes the baseline again', () => {
    const said = text(more).join('\n')
    expect(more.baseline!.gone).toContainEqual(expect.objectContaining({ rule: 'text-type', table: 'playlists' }))
    expect(said).toContain('text-type playlists.name: character varying(255)')
    expect(said).toContain(`npx nx run migrator:audit -- --baseline ${FILE} --write-baseline ${FILE}`)
  })

  test('says in its last line how many are new, and not the sum', () => {
    const fresh = more.findings.filter(({ known }) => !known)
    const errors = fresh.filter(isFailure).length
    expect(text(more).at(-1)).toMatch(
      new RegExp(
        `^failed: ${errors} new errors, ${fresh.length - errors} new warnings?; \\d+ known, accepted in ${FILE}; ` +
          String.raw`\d+ entr(y|ies) of the baseline no longer found: write the baseline again\.$`,
      ),
    )
  })

  test('shows up to --limit, and all of it with 0 or without', () => {
    const fresh = more.findings.filter(({ known }) => !known).length
    const remedies = (limit?: number) =>
      text(more, limit === undefined ? {} : { limit }).filter((line) => line.includes('Remedy: ')).length
    expect([remedies(), remedies(0), remedies(1)]).toEqual([fresh, fresh, 1])
    expect(text(more, { limit: 1 }).join('\n')).toContain(`... and ${fresh - 1} more: --limit 0 shows all`)
  })
})

test.each([
  ['markdown', '## New since the baseline', '## Executive summary'],
  ['html', 'id="heading-new"', 'id="heading-summary"'],
] as const)('%s begins with what is new, and counts what is known', async (format, fresh, summary) => {
  const page = (await FORMATS[format]())(more)
  const [first, second] = [page.indexOf(fresh), page.indexOf(summary)]
  expect(first).toBeGreaterThan(0)
  expect(second).toBeGreaterThan(first)
  expect(page.slice(first, second)).toContain('payment_runs')
  expect(page.slice(first, second)).toContain('known, accepted in')
  expect(page.slice(first, second)).not.toContain('refresh_tokens')
})

test('the JSON document has what is new and what is gone', async () => {
  const document = JSON.parse((await FORMATS.json())(more))
  const schema = JSON.parse(readFileSync(new URL('../schemas/audit.schema.json', import.meta.url), 'utf8'))
  const validate = new Ajv({ allErrors: true, strictTypes: false }).compile(schema)
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  const { summary, baseline } = document
  const fresh = more.findings.filter(({ known }) => !known)
  expect(summary.new).toEqual({
    errors: fresh.filter(isFailure).length,
    warnings: fresh.filter(({ severity }) => severity === 'warning').length,
  })
  expect(baseline).toMatchObject({ file: FILE, entries: accepted, unseen: [] })
  expect(baseline.gone).toHaveLength(summary.baselineGone)
})

describe('with nothing new', () => {
  test('it passes, and says so', async () => {
    writeBaseline(at('all.json'), entriesOf(more))
    const same = await auditOf('low', 'all.json')
    expect(text(same).at(-1)).toBe(`passed: nothing new; ${more.findings.length} known, accepted in all.json.`)
    expect(text(same)).toContain('  Nothing.')
  })
})

describe('nothing is lost in writing it again', () => {
  test('an entry that --min-confidence leaves out stays', async () => {
    const fewer = await auditOf('high')
    expect(fewer.leftOut.findings).toBeGreaterThan(0)
    expect(fewer.baseline!.unseen).toHaveLength(fewer.leftOut.findings)
    const ids = new Set(entriesOf(fewer).map(({ id }) => id))
    for (const { id } of more.findings) expect(ids).toContain(id)
    expect(entriesText(fewer)).toBe(
      `${fewer.findings.length} findings, ${fewer.leftOut.findings} entries of ${FILE} that this run did not look for`,
    )
  })

  test('without a baseline, what --min-confidence leaves out is said not to be in it', () => {
    const bare: AuditReport = { ...more, baseline: null, leftOut: { minConfidence: 'high', findings: 3 } }
    expect(entriesText(bare)).toBe(`${more.findings.length} findings, without 3 findings below --min-confidence high`)
  })

  test('an entry of a table that could not be read is neither gone nor dropped', () => {
    const [gone] = more.baseline!.gone
    const unread = [{ table: gone!.table, what: 'the columns of the table', reason: 'x', remedy: 'y' }]
    const partly = againstBaseline({ ...more, unread }, { file: FILE, baseline: readBaseline(at(FILE)) })
    expect(partly.baseline!.gone).not.toContainEqual(gone)
    expect(entriesOf(partly)).toContainEqual(gone)
    expect(entriesText(partly)).toContain('without what the 1 part that could not be read may hold')
  })

  test('nor is an entry of a schema that this run was not asked for', () => {
    const entry = { id: '1'.repeat(16), rule: 'comment', table: 'reporting.daily', column: null, found: 'no comment' }
    writeBaseline(at('schemas.json'), [entry])
    const given = { file: 'schemas.json', baseline: readBaseline(at('schemas.json')) }
    const { baseline } = againstBaseline({ ...more, gone: [entry.id] }, given)
    expect([baseline!.gone, baseline!.unseen]).toEqual([[], [entry]])
  })
})

describe('a baseline that is not as it was written', () => {
  const written = () => JSON.parse(readFileSync(at(FILE), 'utf8'))
  const notesOf = async (name: string, content: unknown): Promise<readonly string[]> => {
    writeFileSync(at(name), JSON.stringify(content))
    return againstBaseline(
      { ...more, notes: [], gone: goneFrom(name) },
      { file: name, baseline: readBaseline(at(name)) },
    ).notes
  }
  const goneFrom = (name: string): string[] => {
    const present = new Set(more.findings.map(({ id }) => id))
    return [...readBaseline(at(name)).ids].filter((id) => !present.has(id))
  }

  test('an entry twice, as a merge leaves it, is said and counts once', async () => {
    const { findings } = written()
    const file = { version: 1, findings: [...findings, findings[0], findings[1]] }
    expect(await notesOf('twice.json', file)).toEqual([
      'The baseline twice.json has 2 entries twice, as a merge leaves them. Writing it again mends that.',
    ])
    expect(readBaseline(at('twice.json')).entries).toHaveLength(findings.length)
  })

  test('an entry whose words were edited is said: the id counts', async () => {
    const { findings } = written()
    const file = { version: 1, findings: [{ ...findings[0], table: 'other' }, ...findings.slice(1)] }
    expect(await notesOf('edited.json', file)).toEqual([
      'The baseline edited.json has 1 entry that says something else than the id stands for; the id counts. Writing it again mends that.',
    ])
  })

  test('that of another database is recognised by how little of it is found', async () => {
    const { findings } = written()
    const strangers = Array.from({ length: 40 }, (_, n) => ({ id: `${n}`.padStart(16, '0') }))
    expect(await notesOf('other.json', { version: 1, findings: [findings[0], ...strangers] })).toEqual([
      'Only 1 of the 41 entries of other.json were found. Is it the baseline of another database?',
    ])
  })

  test.each([
    ['a merge that was not finished', '{\n<<<<<<< HEAD\n}', 'has a merge in it that was not finished'],
    ['a report', JSON.stringify({ command: 'audit', findings: [] }), 'is a report, and no baseline'],
  ])('%s is an error', (_what, content, problem) => {
    writeFileSync(at('broken.json'), content)
    expect(() => readBaseline(at('broken.json'))).toThrow(problem)
  })
})
