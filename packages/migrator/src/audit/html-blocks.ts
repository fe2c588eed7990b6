/** Sections → HTML: a `section` each, under a heading of its depth, and a table of contents that links to them. Pure. */
import type { Block, Section, Words } from './blocks.ts'
import { htmlText } from './html-text.ts'

type BlockOf<Kind extends Block['kind']> = Extract<Block, { readonly kind: Kind }>

/** `level`: of the headings, from 2 to 6. What is nested deeper than 6 stays at 6. */
export function htmlSection({ id, title, blocks, sections = [] }: Section, level = 2): string {
  const heading = `heading-${htmlText(id)}`
  return [
    `<section id="${htmlText(id)}" aria-labelledby="${heading}">`,
    `<h${level} id="${heading}">${htmlText(title)}</h${level}>`,
    ...blocks.map((block) => htmlBlock(block, title)),
    ...sections.map((own) => htmlSection(own, Math.min(level + 1, 6))),
    '</section>',
  ].join('\n')
}

/** Two levels deep: a list that is longer than the summary leads nobody anywhere. */
export function htmlContents(sections: readonly Section[], depth = 2): string {
  if (sections.length === 0 || depth === 0) return ''
  const items = sections.map(
    ({ id, title, sections: inner = [] }) =>
      `<li><a href="#${htmlText(id)}">${htmlText(title)}</a>${htmlContents(inner, depth - 1)}</li>`,
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
      // The page has one list of all findings, which takes any number of them.
      return `<p><a href="#findings" data-rule="${htmlText(block.rule)}">They are in the list of all findings.</a></p>`
  }
}

function htmlStep({ words, commands = [] }: BlockOf<'steps'>['steps'][number]): string {
  const lines = commands.length === 0 ? '' : `<pre><code>${commands.map(htmlText).join('\n')}</code></pre>`
  return `<li>${htmlWords(words)}${lines}</li>`
}

function htmlTable({ head, rows, right = [] }: BlockOf<'table'>, title: string): string {
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
