/** The sections of a report as HTML: every kind of block, headings of their depth, and nothing of a name that becomes markup. */
import { expect, test } from 'vitest'
import { htmlContents, htmlSection } from '../src/audit/formats/html-blocks.ts'
import { htmlJson, htmlText } from '../src/audit/formats/html-text.ts'
import type { Section } from '../src/audit/sections/blocks.ts'
import { folded } from '../src/audit/weight/folded.ts'
import { manyFindings } from './many-findings.ts'

const section: Section = {
  id: 'gap',
  title: 'Gap <analysis>',
  blocks: [
    { kind: 'paragraph', words: ['Table ', { code: 'a<b' }, ' has ', { strong: '3 of 4' }, '.'] },
    { kind: 'list', items: [['one'], [{ code: 'two' }]] },
    { kind: 'steps', steps: [{ words: ['Archive'], commands: ['a --b "c"', 'd'] }, { words: ['Done'] }] },
    { kind: 'table', head: ['Domain', 'Tables'], rows: [[['core'], ['3']]], right: [1] },
  ],
  sections: [{ id: 'gap-keys', title: 'Keys', blocks: [], sections: [{ id: 'deep', title: 'Deep', blocks: [] }] }],
}

test('every kind of block', () => {
  expect(htmlSection(section)).toMatchInlineSnapshot(`
    "<section id="gap" aria-labelledby="heading-gap">
    <h2 id="heading-gap">Gap &lt;analysis&gt;</h2>
    <p>Table <code>a&lt;b</code> has <strong>3 of 4</strong>.</p>
    <ul><li>one</li><li><code>two</code></li></ul>
    <ol class="steps"><li>Archive<pre><code>a --b &quot;c&quot;
    d</code></pre></li><li>Done</li></ol>
    <div class="table"><table aria-label="Gap &lt;analysis&gt;">
    <thead><tr><th scope="col">Domain</th><th scope="col" class="number">Tables</th></tr></thead>
    <tbody><tr><td>core</td><td class="number">3</td></tr></tbody>
    </table></div>
    <section id="gap-keys" aria-labelledby="heading-gap-keys">
    <h3 id="heading-gap-keys">Keys</h3>
    <section id="deep" aria-labelledby="heading-deep">
    <h4 id="heading-deep">Deep</h4>
    </section>
    </section>
    </section>"
  `)
})

test('headings go no deeper than h6', () => {
  const nested = (depth: number): Section => ({
    id: `s${depth}`,
    title: `Level ${depth}`,
    blocks: [],
    sections: depth === 8 ? [] : [nested(depth + 1)],
  })
  const levels = [...htmlSection(nested(2)).matchAll(/<h(\d) /g)].map(([, level]) => level)
  expect(levels).toEqual(['2', '3', '4', '5', '6', '6', '6'])
})

test('the table of contents links to two levels', () => {
  expect(htmlContents([section])).toBe(
    '<ul><li><a href="#gap">Gap &lt;analysis&gt;</a><ul><li><a href="#gap-keys">Keys</a></li></ul></li></ul>',
  )
})

test('a long table is folded after its first rows, and says how many are left', () => {
  const rows = Array.from({ length: 1250 }, (_, at) => [[`row ${at}`]])
  const html = htmlSection({ id: 'long', title: 'Long', blocks: [{ kind: 'table', head: ['Name'], rows }] })
  const [shown, folded] = html.split('<details data-rows="1150"><summary>1,150 more</summary>')
  expect(shown!.match(/row \d+/g)).toHaveLength(100)
  expect(folded!.match(/row \d+/g)).toHaveLength(1150)
  expect(folded).toContain('<thead>')
})

test('of the findings of a rule the first are shown, with a link to the list that has all', () => {
  const naming = manyFindings(1000).filter(({ rule }) => rule === 'naming')
  const block = { kind: 'findings', rule: 'naming', lines: folded(naming) } as const
  const html = htmlSection({ id: 'rule', title: 'Rule', blocks: [block] })
  expect(html).toMatchInlineSnapshot(`
    "<section id="rule" aria-labelledby="heading-rule">
    <h2 id="heading-rule">Rule</h2>
    <ul><li><strong>50 places</strong>: indexes named idx_&lt;table&gt;_&lt;column&gt; (1), such as <code>legacy_orders_0.payload</code></li></ul>
    <p class="to-list"><a href="#all-findings" data-rule="naming">All of <code>naming</code> in the list of all findings</a></p>
    </section>"
  `)
})

test('a detail is folded, and its id holds the name of any table', () => {
  const detail: Section = { id: 'gap-a "b" <c>', title: 'a "b" <c>', blocks: [], isDetail: true }
  expect(htmlSection(detail, 4)).toMatchInlineSnapshot(`
    "<details id="gap-a%20%22b%22%20%3Cc%3E" data-rows="0"><summary><h4 id="heading-gap-a%20%22b%22%20%3Cc%3E">a &quot;b&quot; &lt;c&gt;</h4></summary>
    </details>"
  `)
  expect(htmlContents([section, detail])).not.toContain('gap-a')
})

test('what would be markup is escaped, and what nobody sees is shown', () => {
  expect(htmlText(`<img src=x onerror="a('&')">`)).toBe('&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt;')
  expect(htmlText('a\u202eb\u001b[2J\nc')).toBe('a\\u202eb\\x1b[2J c')
  const hostile = { name: '</script><!--<script>' }
  expect(htmlJson(hostile)).not.toContain('<')
  expect(JSON.parse(htmlJson(hostile))).toEqual(hostile)
})
