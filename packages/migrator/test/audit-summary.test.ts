/** The executive summary of the legacy fixture, of V1, and of databases that have next to nothing. */
import { readFileSync } from 'node:fs'
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import { textSections } from '../src/audit/formats/blocks-text.ts'
import type { AuditReport } from '../src/audit/report.ts'
import type { Block, Words } from '../src/audit/sections/blocks.ts'
import { summarySection } from '../src/audit/sections/summary.ts'
import { connect } from '../src/database/connect.ts'
import { plainPaint } from '../src/report/output.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 }

/** One for all audits of this file: V1 is rendered once, and the scratch server has its cluster already. */
const files = v1Workspace()
afterAll(() => files[Symbol.dispose]())

async function auditOf(sql: string, migrated?: 'v1'): Promise<AuditReport> {
  await using database = await testDatabase(migrated === undefined ? {} : { migrated })
  await database.client.query(sql)
  const workspace = await openWorkspace(files.root, { edited: 'accept' })
  const client = await connect(database.url, 'test')
  try {
    return await audit({ client, workspace, limits, baseline: new Set() })
  } finally {
    await client.end()
  }
}

const plain = (words: Words): string =>
  words.map((part) => (typeof part === 'string' ? part : 'strong' in part ? part.strong : part.code)).join('')
const linesOf = (block: Block): string[] => {
  if (block.kind === 'paragraph') return [plain(block.words)]
  if (block.kind === 'list') return block.items.map(plain)
  return block.kind === 'steps' ? block.steps.map(({ words }) => plain(words)) : []
}
const summaryOf = (report: AuditReport): string[] => summarySection(report).blocks.flatMap(linesOf)

let legacy: AuditReport
beforeAll(async () => {
  // Statistics, so that the largest tables are known.
  legacy = await auditOf(`${readFileSync(new URL('legacy/schema.sql', import.meta.url), 'utf8')};
    insert into refresh_tokens (user_id, token) select id, 'x' from users; insert into users (username, email, password)
    select 'u' || n, n || '@x.org', 'p' from generate_series(1, 40) n; insert into track_shares select from generate_series(1, 7);
    insert into track_versions select from generate_series(1, 9); analyze`)
})

/** audit-figures.test.ts holds the numbers against the database; here they only have to be said, each with its denominator. */
test('the figures of the legacy fixture stand in the summary as a manual audit states them', () => {
  const { tables, keys, references, times, softDelete, limitedText, objects } = legacy.figures
  const of = ({ count, of: all }: { count: number; of: number }) => `${count} of ${all}`
  const said = summaryOf(legacy).join('\n')
  for (const figure of [
    `${keys.sequence} of ${tables} tables have a key from a sequence, ${keys.uuid} a uuid, 1 a composite key, 1 no key`,
    'bigint 17',
    `gen_random_uuid() ${keys.uuid}`,
    `${of(references.withoutOnDelete)} foreign keys without ON DELETE, ${references.onDelete.cascade} CASCADE`,
    `${of(references.withoutIndex)} without an index, ${of(references.notUuid)} not uuid`,
    `${of(references.withoutForeignKey)} columns named like a reference without a foreign key`,
    `${of(times.withoutZone)} time columns without zone`,
    `1 default uses now(), ${times.defaults.currentTimestamp} CURRENT_TIMESTAMP`,
    `${of(times.createdAt)} tables have created_at (${times.createdAtNotNull.count} NOT NULL)`,
    `${of(times.updatedAt)} tables have updated_at (${times.updatedAtNotNull.count} NOT NULL, ${times.updatedAtTrigger.count} with a trigger for it)`,
    `${of(softDelete.deletedAt)} tables have deleted_at; ${of(softDelete.missing)} with it in V1 lack it`,
    `${of(softDelete.uniqueOverDeleted)} unique indexes over deleted rows too`,
    `${objects.enums} enum`,
    `${objects.sequences} sequences`,
    `${of(limitedText)} text columns varchar(n) or char(n)`,
    `in public; not audited: 1 in chat, 1 in reporting`,
  ])
    expect(said).toContain(figure)
})

describe('the gravest faults', () => {
  test('are five of different rules, exposure first, and each says what it costs and what to do first', () => {
    expect(legacy.gravest).toHaveLength(5)
    expect(new Set(legacy.gravest.map(({ rule }) => rule)).size).toBe(5)
    expect(legacy.gravest[0]).toMatchObject({ rule: 'secret', stake: 'exposure', severity: 'error' })
    for (const { stake } of legacy.gravest) expect(['exposure', 'loss']).toContain(stake)
    for (const { cost, firstStep } of legacy.gravest) expect([cost, firstStep.remedy]).not.toContain('')
  })

  test('begin with the largest table, and say how many rows are concerned', () => {
    const [secret] = legacy.gravest
    expect(secret).toMatchObject({ tables: 2, estimatedRows: 40, largest: ['users', 'refresh_tokens'] })
    expect(secret!.firstStep.place).toBe('users.password')
    expect(summaryOf(legacy)[2]).toBe(
      `secret (exposure): 2 errors in 2 of ${legacy.tables} tables with about 40 rows (users, refresh_tokens). ` +
        'Anybody who reads a backup or a replica can log in as any user. ' +
        'First, users.password: Keep the hash in a column of its own, let everybody log in again, drop this one.',
    )
  })

  test('leave the gap to V1 to its section, unless the migrator made the database', async () => {
    expect(legacy.gravest.map(({ rule }) => rule)).not.toContain('gap-to-v1')
    const pending = await auditOf('alter table users drop bio', 'v1')
    expect(pending.gravest.map(({ rule }) => rule)).toContain('drift')
  })
})

test('the legacy fixture is clearly bad, and its grade says why', () => {
  expect(legacy.grade.letter).toMatch(/[EF]/)
  expect(summaryOf(legacy)[0]).toMatch(
    /^Grade [EF] \(\d+ of 100\): people can get in or see secrets in \d+ of \d+ tables \(secret.*\); rows can be lost/,
  )
})

test('the summary fits a screen of 80 columns and 40 lines, with the two lines above it', () => {
  const lines = textSections([summarySection(legacy)], { paint: plainPaint, width: 80, limit: 8 })
  expect(lines.length).toBeLessThanOrEqual(38)
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80)
})

test('V1 is an A, and has no fault to name', async () => {
  const v1 = await auditOf('select 1', 'v1')
  expect(v1.grade).toEqual({ letter: 'A', points: 100, reasons: [], next: null })
  expect(summaryOf(v1)[0]).toMatch(
    /^Grade A \(100 of 100\)\. \d+ tables.*: 0 errors, 0 warnings; nothing that fails the audit\.$/,
  )
  expect(summarySection(v1).blocks.map(({ kind }) => kind)).toEqual(['paragraph', 'list'])
})

test('an empty database has a summary, without a grade', async () => {
  const empty = await auditOf('select 1')
  expect(summaryOf(empty)[0]).toMatch(/^No grade: there is no table to judge\. 0 tables: \d+ errors/)
  expect(summaryOf(empty).join('\n')).toContain('no foreign keys')
})
