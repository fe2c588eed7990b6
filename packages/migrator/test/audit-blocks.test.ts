import { expect, test } from 'vitest'
import { markdownSection } from '../src/audit/formats/blocks-markdown.ts'
import { textSections } from '../src/audit/formats/blocks-text.ts'
import { LARGEST_FILE_BYTES, MARK, markdownFiles } from '../src/audit/formats/markdown-files.ts'
import type { AuditFinding } from '../src/audit/report.ts'
import type { Section } from '../src/audit/sections/blocks.ts'

const plainPaint = (_: unknown, words: string) => words

const SECTION: Section = {
  id: 'one',
  title: 'One',
  blocks: [
    { kind: 'paragraph', words: ['A name ', { code: 'a|b`c' }, ' and ', { strong: '3 of 4' }, ' *tables*.'] },
    { kind: 'list', items: [['first'], ['second'], ['third']] },
    { kind: 'steps', steps: [{ words: ['Do it.'], commands: ['echo "```"'] }, { words: ['Look.'] }] },
    {
      kind: 'table',
      head: ['Name', 'Rows'],
      rows: [
        [['a'], ['1']],
        [['\u001b[31mb'], ['22']],
      ],
      right: [1],
    },
  ],
  sections: [{ id: 'empty', title: 'Empty', blocks: [] }],
}

test('markdown', () => {
  expect(markdownSection(SECTION)).toMatchInlineSnapshot(`
    "## One

    A name \`\` a\\|b\`c \`\` and **3 of 4** \\*tables\\*.

    - first
    - second
    - third

    1. Do it.

    \`\`\`\`sh
    echo "\`\`\`"
    \`\`\`\`

    2. Look.

    | Name | Rows |
    | --- | ---: |
    | a | 1 |
    | \\\\x1b\\[31mb | 22 |

    ### Empty"
  `)
})

test('text: a name obeys no terminal, lists are cut at the limit, and what is empty is left out', () => {
  expect(textSections([SECTION], { paint: plainPaint, width: 40, limit: 2 }).join('\n')).toMatchInlineSnapshot(`
    "
    ONE
      A name a|b\`c and 3 of 4 *tables*.
      - first
      - second
      ... and 1 more: --limit 0 shows all
      1. Do it.
         echo "\`\`\`"
      2. Look.
      Name       Rows
      a             1
      \\x1b[31mb    22"
  `)
})

test('text: a table wider than the terminal is told row by row', () => {
  const wide: Section = {
    id: 'wide',
    title: 'Wide',
    blocks: [
      {
        kind: 'table',
        head: ['Severity', 'Where', 'Found', 'Remedy'],
        rows: [
          [['error'], [{ code: 'users.id' }], ['a bigint from a sequence that goes on and on'], ['Give it a uuid.']],
        ],
      },
    ],
  }
  expect(textSections([wide], { paint: plainPaint, width: 44, limit: 8 }).join('\n')).toMatchInlineSnapshot(`
    "
    WIDE
      error  users.id
        Found: a bigint from a sequence that
          goes on and on
        Remedy: Give it a uuid."
  `)
})

test('a detail is for documents, and for a terminal that asked for everything', () => {
  const detail: Section = { id: 'd', title: 'D', isDetail: true, blocks: [{ kind: 'list', items: [['x']] }] }
  const screen = { paint: plainPaint, width: undefined }
  expect(textSections([detail], { ...screen, limit: 8 })).toEqual([])
  expect(textSections([detail], { ...screen, limit: Number.POSITIVE_INFINITY })).toEqual(['', 'D', '  - x'])
})

const rowsOf = (count: number): Section => ({
  id: `rule-${count}`,
  title: `Rule ${count}`,
  blocks: [
    { kind: 'paragraph', words: ['What it asks.'] },
    {
      kind: 'table',
      head: ['Where', 'Found'],
      rows: Array.from({ length: count }, (_, at) => [[`t${at}`], ['x'.repeat(90)]]),
    },
  ],
})

test('text: what is said of many tables alike is one line, and a document has each', () => {
  const missing = (at: number): AuditFinding => ({
    id: `${at}`,
    known: false,
    rule: 'pk-uuid',
    severity: 'error',
    stake: 'change',
    confidence: 'high',
    table: `billing.invoice_${at}`,
    column: 'id',
    owner: null,
    found: `id bigint from sequence invoice_${at}_id_seq`,
    expected: 'id uuid',
    remedy: `ALTER TABLE invoice_${at} ...`,
  })
  const lines = [
    ...Array.from({ length: 50 }, (_, at) => ({ kind: 'finding' as const, finding: missing(at) })),
    { kind: 'finding' as const, finding: { ...missing(99), found: 'no primary key', column: null } },
  ]
  const section: Section = { id: 'r', title: 'R', blocks: [{ kind: 'findings', rule: 'pk-uuid', lines }] }
  const text = textSections([section], { paint: plainPaint, width: undefined, limit: 8 })
  expect(text.slice(2)).toEqual([
    '  error  50 places (no domain): id bigint from sequence <table>_id_seq; expected id uuid: billing.invoice_0.id, billing.invoice_1.id, billing.invoice_2.id and 47 more',
    '         -> billing.invoice_0.id: ALTER TABLE invoice_0 ...',
    '  error  billing.invoice_99 (no domain): no primary key; expected id uuid',
    '         -> ALTER TABLE invoice_99 ...',
  ])
  expect(markdownSection(section).match(/^\| error \|/gm)).toHaveLength(51)
})

test('a small report is one file', () => {
  expect(markdownFiles(['# Report'], [SECTION], 'audit.md').map(({ path }) => path)).toEqual(['audit.md'])
})

test('rows of any size and findings fit, and a link survives the name of its file', () => {
  const finding = (at: number): AuditFinding => ({
    id: `${at}`,
    known: false,
    rule: 'naming',
    severity: 'warning',
    stake: 'reading',
    confidence: 'high',
    table: `t${at}`,
    column: null,
    owner: null,
    found: 'x'.repeat(at % 500 === 0 ? 60_000 : 50),
    expected: 'y',
    remedy: 'z',
  })
  const lines = Array.from({ length: 3000 }, (_, at) => ({ kind: 'finding' as const, finding: finding(at) }))
  const items = Array.from({ length: 9000 }, (_, at) => [`item ${at} ${'w'.repeat(60)}`])
  const files = markdownFiles(
    ['# Report'],
    [
      { id: 'rule', title: 'Rule', blocks: [{ kind: 'findings', rule: 'naming', lines }] },
      { id: 'list', title: 'List', blocks: [{ kind: 'list', items }] },
    ],
    'my audit (old).md',
  )
  for (const { text } of files) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LARGEST_FILE_BYTES)
  const all = files.map(({ text }) => text).join('\n')
  expect(all.match(/^\| warning \|/gm)).toHaveLength(3000)
  expect(all.match(/^- item \d+ /gm)).toHaveLength(9000)
  expect(files[0]!.text).toContain('](my%20audit%20%28old%29/rule.md)')
  expect(files[1]!.text).toContain('[Back to the report](../my%20audit%20%28old%29.md)')
})

test('a large one is an index and a folder: nothing lost, no file too large, every link leads to a file and back', () => {
  const sections: Section[] = [
    { id: 'all', title: 'All', blocks: [], sections: [rowsOf(20_000), rowsOf(400), rowsOf(3)] },
    { id: 'a b', title: 'Twice', blocks: rowsOf(300).blocks },
    { id: 'A_b', title: 'Twice too', blocks: rowsOf(300).blocks },
  ]
  const files = markdownFiles(['# Report'], sections, 'my.audit.md')
  const [index, ...others] = files
  expect(index!.path).toBe('my.audit.md')
  expect(index!.text).toContain('| t2 |')
  expect(index!.text).not.toContain('| t399 |')
  expect(new Set(files.map(({ path }) => path.toLowerCase())).size).toBe(files.length)
  for (const { path, text } of others) {
    expect(path).toMatch(/^my\.audit\//)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LARGEST_FILE_BYTES)
    expect(text.startsWith(MARK)).toBe(true)
    expect(text).toContain('[Back to the report](../my.audit.md)')
    expect(index!.text).toContain(`](${path})`)
  }
  const rows = files.flatMap(({ text }) => text.match(/^\| t\d+ \|/gm) ?? [])
  expect(rows).toHaveLength(20_000 + 400 + 3 + 300 + 300)
})
