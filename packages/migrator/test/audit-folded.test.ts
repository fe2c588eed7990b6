/** Which findings a report shows as one line: those with a pattern in common, if there are more than three of them. */
import { expect, test } from 'vitest'
import { folded } from '../src/audit/weight/folded.ts'

const PATTERN = 'primary keys named <table>_pkey'

interface Short {
  readonly table: string
  readonly rule?: string
  readonly pattern?: string
  readonly severity?: 'error' | 'warning'
  readonly known?: boolean
}

/** `a b c` for a line of one finding each, `4 × pattern: a b c` for a line of many. */
function shown(findings: readonly Short[]): string[] {
  const whole = findings.map((finding) => ({
    ...{ rule: 'naming', severity: 'warning' as const, known: false, ...finding },
  }))
  return folded(whole).map((line) => {
    if (line.kind === 'finding') return line.finding.table
    return `${line.members.length} × ${line.pattern}: ${line.examples.map(({ table }) => table).join(' ')}`
  })
}

const named = (tables: string, rest: Partial<Short> = {}): Short[] =>
  tables.split(' ').map((table) => ({ table, pattern: PATTERN, ...rest }))

test('four findings of one pattern are a line, where the first of them stood; three are not', () => {
  expect(shown([{ table: 'x' }, ...named('a b'), { table: 'y' }, ...named('c d')])).toEqual([
    'x',
    `4 × ${PATTERN}: a b c`,
    'y',
  ])
  expect(shown(named('a b c'))).toEqual(['a', 'b', 'c'])
})

test('what is known and what is new, an error and a warning, and two rules are never one line', () => {
  for (const other of [{ known: true }, { severity: 'error' }, { rule: 'comment' }] as const) {
    expect(shown([...named('a b'), ...named('c d', other)])).toEqual(['a', 'b', 'c', 'd'])
    expect(shown([...named('a b c d'), ...named('e f g h', other)])).toHaveLength(2)
  }
})

test('the examples are of different tables where there are such', () => {
  expect(shown(named('a a a b c'))).toEqual([`5 × ${PATTERN}: a b c`])
  expect(shown(named('a a a a b'))).toEqual([`5 × ${PATTERN}: a b a`])
})
