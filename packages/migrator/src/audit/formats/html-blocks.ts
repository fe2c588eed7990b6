/** Sections → HTML: a `section` each, under a heading of its depth, and a table of contents that links to them. Pure. */

import { ALL_FINDINGS } from '../page/ids.ts'
import { numberText } from '../page/words.ts'
import { placeText } from '../report.ts'
import type { Block, Section, Words } from '../sections/blocks.ts'
import { htmlText } from './html-text.ts'

type BlockOf<Kind extends Block['kind']> = Extract<Block, { readonly kind: Kind }>

/** Of a longer table the rest is folded: a browser lays out only what is seen. */
const MOST_ROWS = 100
/** So many lines of a rule stand in its section; all stand in the list of all findings. */
const MOST_EXAMPLES = 5

/** `level`: of the headings, from 2 to 6. What is nested deeper than 6 stays at 6. */
export function htmlSection(section: Section, level = 2): string {
  const { id, title, blocks, sections = [], isDetail } = section
  const inside = [
    ...blocks.map((block) => htmlBlock(block, title)),
    ...sections.map((own) => htmlSection(own, Math.min(level + 1, 6))),
  ]
  const heading = `heading-${htmlId(id)}`
  const [first, last] = isDetail
    ? [
        `<details id="${htmlId(id)}" data-rows="${rowsOf(section)}"><summary><h${level} id="${heading}">${htmlText(title)}</h${level}></summary>`,
        '</details>',
      ]
    : [
        `<section id="${htmlId(id)}" aria-labelledby="${heading}">\n<h${level} id="${heading}">${htmlText(title)}</h${level}>`,
        '</section>',
      ]
  return [first, ...inside, last].join('\n')
}

const rowsOf = ({ blocks }: Section): number =>
  blocks.reduce((sum, block) => sum + (block.kind === 'table' ? block.rows.length : 1), 0)

/** The name of a table can be part of an id, and holds whatever it holds. */
const htmlId = (id: string): string => htmlText(encodeURIComponent(id.toWellFormed()))

/** Two levels deep: a list that is longer than the summary leads nobody anywhere. */
export function htmlContents(sections: readonly Section[], depth = 2): string {
  const listed = sections.filter(({ isDetail }) => !isDetail)
  if (listed.length === 0 || depth === 0) return ''
  const items = listed.map(
    ({ id, title, sections: inner = [] }) =>
      `<li><a href="#${htmlId(id)}">${htmlText(title)}</a>${htmlContents(inner, depth - 1)}</li>`,
  )
  return `<ul>${items.join('')}</ul>`
}

/** `title`: of the section, which names a table for whoever hears it. */
function htmlBlock(block: Block, title: string): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${htmlWords(block.words)}</p>`
    case 'list':
      return `<ul>${block.items.map((words) => `<li>${htmlWords(words)}</li>`).join('')}</ul>`
    case 'steps':
      return `<ol class="steps">${block.steps.map(htmlStep).join('')}</ol>`
    case 'table':
      return htmlTable(block, title)
    case 'findings':
      return htmlExamples(block)
  }
}

function htmlStep({ words, commands = [] }: BlockOf<'steps'>['steps'][number]): string {
  const lines = commands.length === 0 ? '' : `<pre><code>${commands.map(htmlText).join('\n')}</code></pre>`
  return `<li>${htmlWords(words)}${lines}</li>`
}

/** The page's script shows all findings of the rule when the link is followed. */
function htmlExamples({ rule, lines }: BlockOf<'findings'>): string {
  const items = lines.slice(0, MOST_EXAMPLES).map((line) => `<li>${htmlWords(exampleWords(line))}</li>`)
  const name = htmlText(rule)
  const link = `<a href="#${ALL_FINDINGS}" data-rule="${name}">All of <code>${name}</code> in the list of all findings</a>`
  return `<ul>${items.join('')}</ul>\n<p class="to-list">${link}</p>`
}

function exampleWords(line: BlockOf<'findings'>['lines'][number]): Words {
  if (line.kind === 'finding') return [{ code: placeText(line.finding) }, `: ${line.finding.found}`]
  const [first] = line.examples
  return [
    { strong: `${numberText(line.members.length)} places` },
    `: ${line.pattern}, such as `,
    { code: placeText(first!) },
  ]
}

function htmlTable(block: BlockOf<'table'>, title: string): string {
  const { rows } = block
  if (rows.length <= MOST_ROWS) return htmlRows(block, title)
  const left = rows.length - MOST_ROWS
  return [
    htmlRows({ ...block, rows: rows.slice(0, MOST_ROWS) }, title),
    `<details data-rows="${left}"><summary>${numberText(left)} more</summary>`,
    htmlRows({ ...block, rows: rows.slice(MOST_ROWS) }, `${title}, continued`),
    '</details>',
  ].join('\n')
}

function htmlRows({ head, rows, right = [] }: BlockOf<'table'>, title: string): string {
  const numbers = new Set(right)
  const aligned = (column: number) => (numbers.has(column) ? ' class="number"' : '')
  const heads = head.map((words, column) => `<th scope="col"${aligned(column)}>${htmlText(words)}</th>`)
  const lines = rows.map(
    (cells) => `<tr>${cells.map((words, column) => `<td${aligned(column)}>${htmlWords(words)}</td>`).join('')}</tr>`,
  )
  return [
    `<div class="table"><table aria-label="${htmlText(title)}">`,
    `<thead><tr>${heads.join('')}</tr></thead>`,
    `<tbody>${lines.join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n')
}

const htmlWords = (words: Words): string =>
  words
    .map((word) => {
      if (typeof word === 'string') return htmlText(word)
      return 'code' in word ? `<code>${htmlText(word.code)}</code>` : `<strong>${htmlText(word.strong)}</strong>`
    })
    .join('')
