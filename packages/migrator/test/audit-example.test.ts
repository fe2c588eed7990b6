/**
 * docs/audit-example.md: the report of the database in legacy/schema.sql, in Markdown. It is kept in step by this test; after a change of
 * the report it is written again with `npx vitest run packages/migrator/test/audit-example.test.ts -u`.
 */
import { readFileSync } from 'node:fs'
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import { markdownReport } from '../src/audit/formats/markdown.ts'
import type { AuditReport } from '../src/audit/report.ts'
import { connect } from '../src/database/connect.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

const HEAD = `<!-- Written by packages/migrator/test/audit-example.test.ts: npx vitest run packages/migrator/test/audit-example.test.ts -u -->

This is what \`npx veza-migrator audit --format markdown\` says of the small database in
[schema.sql](../packages/migrator/test/legacy/schema.sql), which has one of each fault. [audit.md](audit.md) says how it is run.`

const OWNER = 'legacy_owner'

test('the example in the documentation is the report of today', async () => {
  await using database = await testDatabase()
  await database.client.query(readFileSync(new URL('legacy/schema.sql', import.meta.url), 'utf8'))
  using v1 = v1Workspace()
  const workspace = await openWorkspace(v1.root, { edited: 'accept' })
  const client = await connect(database.url, 'test')
  const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 }
  let report: AuditReport
  try {
    report = await audit({ client, workspace, limits, baseline: new Set() })
  } finally {
    await client.end()
  }
  const owner = report.governance.tables[0]!.role!
  const steady: AuditReport = {
    ...report,
    target: { host: 'db.example', port: 5432, database: 'legacy', user: 'reader', serverVersion: '18' },
    auditedAt: new Date('2026-01-01T00:00:00Z'),
  }
  const text = markdownReport(steady).replaceAll(`\`${owner}\``, `\`${OWNER}\``)
  await expect(`${HEAD}\n\n${text}`).toMatchFileSnapshot('../../../docs/audit-example.md')
})
