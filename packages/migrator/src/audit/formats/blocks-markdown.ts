/** Sections → Markdown. Pure. */
import type { Block, Section, Words } from '../sections/blocks.ts'
import { findingsTable } from '../sections/findings-table.ts'
import { printableText } from './printable.ts'

/** `level`: of the headings, from 1 to 6. */
export function markdownSection({ title, blocks, sections = [] }: Section, level = 2): string {
  return [
    `${'#'.repeat(level)} ${plain(title)}`,
    ...blocks.map(markdownBlock),
    ...sections.map((own) => markdownSection(own, Math.min(level + 1, 6))),
  ].join('\n\n')
}

/** A large report is measured before it is cut into files, section by section: each block is made once. */
const made = new WeakMap<Block, string>()

function markdownBlock(block: Block): string {
  const known = made.get(block)
  if (known !== undefined) return known
  const text = blockText(block)
  made.set(block, text)
  return text
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return markdownWords(block.words)
    case 'list':
      return block.items.map((words) => `- ${markdownWords(words)}`).join('\n')
    case 'steps':
      return block.steps
        .flatMap(({ words, commands = [] }, index) => [`${index + 1}. ${markdownWords(words)}`, ...fenced(commands)])
        .join('\n\n')
    case 'table':
      return markdownTable(block)
    case 'findings':
      return markdownTable(findingsTable(block.lines))
  }
}

/**
 * Not indented, so that it can be copied from the source too: the list goes on after it with its next number. The fence is longer than any
 * run of backticks in it.
 */
function fenced(commands: readonly string[]): string[] {
  if (commands.length === 0) return []
  const fence = '`'.repeat(Math.max(3, longestRun(commands.join('\n')) + 1))
  return [[`${fence}sh`, ...commands.map(printableText), fence].join('\n')]
}

function markdownTable({ head, rows, right = [] }: Extract<Block, { kind: 'table' }>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(head.map(plain)),
    line(head.map((_, at) => (right.includes(at) ? '---:' : '---'))),
    ...rows.map((cells) => line(cells.map(markdownWords))),
  ].join('\n')
}

const markdownWords = (words: Words): string =>
  words
    .map((part) =>
      typeof part === 'string' ? plain(part) : 'code' in part ? code(part.code) : `**${plain(part.strong)}**`,
    )
    .join('')

const flat = (words: string): string => printableText(words).replace(/\s+/g, ' ')

/** Escapes Markdown and joins lines, so that a name stays inside its cell of a table. */
export const plain = (words: string): string => flat(words).replace(/[\\|*_<>`[\]~&#]/g, '\\$&')

const longestRun = (words: string): number => Math.max(0, ...(words.match(/`+/g) ?? []).map((run) => run.length))

/** Text with backticks in it needs a longer run of backticks around it (CommonMark, 6.1). */
export function code(words: string): string {
  const text = flat(words).replaceAll('|', '\\|')
  const longest = longestRun(text)
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`
}
