/** Sections → lines for a terminal. Lists are cut at the limit, and a line says where the rest is. Pure. */
import type { Screen } from '../../verb.ts'
import type { Block, Section, Words } from '../sections/blocks.ts'
import { aligned } from './columns.ts'
import { type FindingText, findingText, shortened } from './findings-text.ts'
import { printableText } from './printable.ts'

export interface TextOptions extends Screen {
  /** So many rows of a table and items of a list are shown; Infinity = all of them. */
  readonly limit: number
  /** So many findings of a rule, and rows of a table that is too wide to be one. Default: half of the limit. */
  readonly perRule?: number
}

type TableBlock = Extract<Block, { kind: 'table' }>

/** Where there is no terminal, a table is still shown as one up to this width. */
const WIDEST_LINE = 160
const SHORT_CELL = 40
/** Below the place of a finding, right of its severity. */
const REMEDY_COLUMN = 9

/** A section without anything in it is left out. */
export function textSections(sections: readonly Section[], options: TextOptions, depth = 0): string[] {
  return sections.flatMap(({ title, blocks, sections: inner = [], isDetail = false }) => {
    if (isDetail && options.limit !== Number.POSITIVE_INFINITY) return []
    const own = blocks.flatMap((block) => textBlock(block, options))
    const deeper = textSections(inner, options, depth + 1)
    if (own.length + deeper.length === 0) return []
    return ['', options.paint('bold', depth === 0 ? title.toUpperCase() : title), ...own, ...deeper]
  })
}

function textBlock(block: Block, options: TextOptions): string[] {
  switch (block.kind) {
    case 'paragraph':
      return wrapped(textWords(block.words, options), 2, options)
    case 'list':
      return cut(block.items, options, (words) => wrapped(`- ${textWords(words, options)}`, 4, options))
    case 'steps':
      return block.steps.flatMap(({ words, commands = [] }, index) => [
        ...wrapped(`${index + 1}. ${textWords(words, options)}`, 5, options),
        ...commands.map((command) => `     ${options.paint('bold', printableText(command))}`),
      ])
    case 'table':
      return textTable(block, options)
    case 'findings':
      return cut(shortened(block.lines), half(options), (line) => textFinding(findingText(line), options))
  }
}

/** Who reads a terminal wants to see of every rule what it is about, not all of it. */
const half = (options: TextOptions): TextOptions => ({
  ...options,
  limit: options.perRule ?? Math.ceil(options.limit / 2),
})

function textFinding({ severity, label, said, remedy }: FindingText, options: TextOptions): string[] {
  const { paint } = options
  const colour = severity === 'error' ? 'red' : 'yellow'
  return [
    ...wrapped(`${paint(colour, label)}  ${textWords(said, options)}`, REMEDY_COLUMN, options),
    ...wrapped(`-> ${textWords(remedy, options)}`, REMEDY_COLUMN + 3, options, REMEDY_COLUMN),
  ]
}

function textTable({ head, rows, right }: TableBlock, options: TextOptions): string[] {
  // Colours would count as width, so the cells of a table have none.
  const plain = { ...options, paint: (_: unknown, words: string) => words }
  const shown = rows.slice(0, options.limit).map((cells) => cells.map((words) => textWords(words, plain)))
  const [first, ...lines] = aligned([head, ...shown], right)
  const { width = WIDEST_LINE } = options
  if (lines.some((line) => line.length + 2 > width)) return textRecords(head, shown, rows.length, options)
  return [options.paint('dim', `  ${first}`), ...lines.map((line) => `  ${line}`), ...more(rows.length, options)]
}

/** A table that is wider than the terminal, row by row: the short cells that it begins with in one line, each other in a line of its own. */
function textRecords(
  head: readonly string[],
  rows: readonly string[][],
  count: number,
  options: TextOptions,
): string[] {
  const { limit } = half(options)
  const lines = rows.slice(0, limit).flatMap((cells) => {
    const long = cells.findIndex((cell, at) => at > 0 && cell.length > SHORT_CELL)
    const begin = Math.max(1, Math.min(long < 0 ? cells.length : long, 3))
    return [
      ...wrapped(cells.slice(0, begin).join('  '), 4, options),
      ...cells
        .slice(begin)
        .flatMap((cell, at) => wrapped(`${options.paint('dim', `${head[begin + at]}:`)} ${cell}`, 6, options, 4)),
    ]
  })
  return [...lines, ...more(count, { ...options, limit })]
}

const cut = <T>(items: readonly T[], options: TextOptions, linesOf: (item: T) => string[]): string[] => [
  ...items.slice(0, options.limit).flatMap(linesOf),
  ...more(items.length, options),
]

const more = (count: number, { limit, paint }: TextOptions): string[] =>
  count <= limit ? [] : [paint('dim', `  ... and ${count - limit} more: --limit 0 shows all`)]

const textWords = (words: Words, { paint }: Pick<Screen, 'paint'>): string =>
  words
    .map((part) =>
      typeof part === 'string'
        ? printableText(part)
        : 'code' in part
          ? printableText(part.code)
          : paint('bold', printableText(part.strong)),
    )
    .join('')

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours begin with one.
const COLOUR = /\x1b\[\d+m/g

/** Broken between words where the terminal ends. The first line begins `first` columns in, the others `indent`. */
function wrapped(text: string, indent: number, { width = Number.POSITIVE_INFINITY }: Screen, first = 2): string[] {
  const lines: string[] = []
  let line = ' '.repeat(first)
  let length = first
  for (const word of text.split(' ')) {
    const own = word.replace(COLOUR, '').length
    const isFirst = line.trim() === ''
    if (!isFirst && length + 1 + own > width) {
      lines.push(line)
      line = ' '.repeat(indent) + word
      length = indent + own
    } else {
      line += isFirst ? word : ` ${word}`
      length += isFirst ? own : 1 + own
    }
  }
  return [...lines, line]
}
