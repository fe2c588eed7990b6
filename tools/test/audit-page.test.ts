/** The text that every audit page holds is made of what stands in page/client/ today, and of the library that the lock file names. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { GENERATED, pageModule } from '../audit-page/build.ts'

test('page.generated.ts is fresh: else run npm run build:audit-page', async () => {
  const text = await pageModule()
  expect(readFileSync(GENERATED, 'utf8') === text, 'run npm run build:audit-page').toBe(true)
})

test("it passes on the library's licence, and names no path of the machine that made it", () => {
  const text = readFileSync(GENERATED, 'utf8')
  expect(text).toContain('@tanstack/virtual-core')
  expect(text).toContain('The above copyright notice and this permission notice shall be included')
  expect(text).not.toMatch(/node_modules|file:|\/packages\/migrator/)
})
