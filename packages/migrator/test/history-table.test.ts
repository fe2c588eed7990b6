/** The history table is made without its definition being imported; this is what keeps the two one. */
import { randomUUID } from 'node:crypto'
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { ensureHistory, recordApplied, STARTED_SETTING } from '../src/database/history.ts'
import { record } from '../src/workspace/render.ts'
import { createHistory } from './history-table.ts'
import { planned } from './values.ts'

const HEAD = '// Generated from history-table.ts: npx vitest run packages/migrator/test/history-table.test.ts -u'

test('the generated statements are what the definition renders', async () => {
  const { statements, dynamic } = await record(createHistory)
  const lines = statements.map(({ sql }) => `  ${JSON.stringify(sql)},\n`)
  const module = `${HEAD}\nexport const historyTable: readonly string[] = [\n${lines.join('')}]\n`
  expect(dynamic).toBe(false)
  await expect(module).toMatchFileSnapshot('../src/database/history-table.generated.ts')
})

test('a run sends them as they are', async () => {
  expect(await ensureHistory()).toEqual((await record(createHistory)).statements)
})

test('a clock that is set back while a migration runs makes its duration 0, and ends no run', async () => {
  await using db = await testDatabase()
  for (const statement of await ensureHistory()) await db.client.query(statement.sql)
  await db.client.query(`begin; set local ${STARTED_SETTING} = 'tomorrow'`)
  const run = { runId: randomUUID(), toolVersion: '1.0.0', appliedBy: 'somebody@somewhere' }
  const { sql, parameters } = recordApplied(planned('core/001_users', 1), run)
  expect((await db.client.query(sql, [...parameters])).rows).toEqual([{ duration_ms: 0 }])
})
