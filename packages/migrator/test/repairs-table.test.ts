/** The table of repairs is made without its definition being imported; this is what keeps the two one. */
import { expect, test } from 'vitest'
import { ensureRepairs } from '../src/database/repairs.ts'
import { record } from '../src/workspace/render.ts'
import { createRepairs } from './repairs-table.ts'

const HEAD = '// Generated from repairs-table.ts: npx vitest run packages/migrator/test/repairs-table.test.ts -u'

test('the generated statements are what the definition renders, and a repair sends them as they are', async () => {
  const { statements } = await record(createRepairs)
  const lines = statements.map(({ sql }) => `  ${JSON.stringify(sql)},\n`)
  const module = `${HEAD}\nexport const repairsTable: readonly string[] = [\n${lines.join('')}]\n`
  await expect(module).toMatchFileSnapshot('../src/database/repairs-table.generated.ts')
  expect(await ensureRepairs()).toEqual(statements)
})
