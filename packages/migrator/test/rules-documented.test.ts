import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rules } from '../src/rules/list.ts'

test('docs/audit.md lists each rule as it is', () => {
  const text = readFileSync(new URL('../../../docs/audit.md', import.meta.url), 'utf8')
  const section = text.slice(text.indexOf('### Rules'), text.indexOf('### Baseline'))
  const rows = section.split('\n').filter((line) => line.startsWith('| `'))
  expect(rows).toEqual(
    rules.map(
      ({ name, severity, stake, confidence = 'high', summary }) =>
        `| \`${name}\` | ${severity} | ${stake} | ${confidence} | ${summary.replaceAll('|', '\\|')} |`,
    ),
  )
})
