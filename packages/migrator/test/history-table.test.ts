/** The history table is made without its definition being imported; this is what keeps the two one. */
import { expect, test } from 'vitest'
import { ensureHistory } from '../src/database/history.ts'
import { record } from '../src/workspace/render.ts'
import { createHistory } from './history-table.ts'

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
