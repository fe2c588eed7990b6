/** A schema.sql as facts: each table's columns, constraints, indexes, triggers and comments, each function; layout and case left aside. */
import type { Fact } from './fact.ts'

/** Comments, dollar quotes, strings, quoted names, words and numbers, then any one character. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1|'(?:[^']|'')*'|"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*|\d+(?:\.\d+)?|\S/gu

interface Token {
  /** In lower case, where case means nothing. */
  readonly word: string
  readonly start: number
  readonly end: number
}

function tokenize(sql: string): Token[] {
  return [...sql.matchAll(TOKEN)]
    .filter(([text]) => !text.startsWith('--') && !text.startsWith('/*'))
    .map(({ 0: text, index }) => {
      return { word: /^\p{L}/u.test(text) ? text.toLowerCase() : text, start: index, end: index + text.length }
    })
}

/** Cut at a separator that stands outside of brackets. */
function cut(tokens: readonly Token[], separator: string): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.word === '(') depth += 1
    if (token.word === ')') depth -= 1
    if (token.word === separator && depth === 0) parts.push([])
    else parts.at(-1)!.push(token)
  }
  return parts.filter((part) => part.length > 0)
}

type MakeFact = (table: string | null, what: string, tokens: readonly Token[]) => Fact

export function schemaFacts(sql: string): Fact[] {
  const fact: MakeFact = (table, what, tokens) => {
    const [first, last] = [tokens.at(0), tokens.at(-1)]
    const shown = first && last ? sql.slice(first.start, last.end).replaceAll(/\s+/g, ' ') : ''
    return { table, what, meaning: tokens.map(({ word }) => word).join(' '), shown: `\`${shown}\`` }
  }
  return cut(tokenize(sql), ';').flatMap((tokens) => statementFacts(tokens, fact))
}

const bare = (token: Token | undefined): string => (token?.word ?? '').replace(/^"(.*)"$/, '$1').replaceAll('""', '"')

function statementFacts(tokens: readonly Token[], fact: MakeFact): Fact[] {
  const words = tokens.map(({ word }) => word)
  const [verb, kind] = words
  if (verb === 'create' && kind === 'table') return tableFacts(tokens, fact)
  if (verb === 'comment') return [commentFact(tokens, fact)]
  const on = words.indexOf('on')
  if (verb === 'create' && words.slice(1, 3).includes('index'))
    return [fact(bare(tokens[on + 1]), `index ${bare(tokens[on - 1])}`, tokens)]
  if (verb === 'create' && kind === 'trigger') return [fact(bare(tokens[on + 1]), `trigger ${bare(tokens[2])}`, tokens)]
  const isRoutine = kind === 'function' || kind === 'procedure'
  const name = isRoutine ? words.slice(1, words.indexOf(')') + 1) : words.slice(0, 6)
  return [fact(null, name.join(' '), tokens)]
}

function tableFacts(tokens: readonly Token[], fact: MakeFact): Fact[] {
  const words = tokens.map(({ word }) => word)
  const table = bare(tokens[2])
  const [open, close] = [words.indexOf('('), words.lastIndexOf(')')]
  const items = cut(tokens.slice(open + 1, close), ',').map((item) =>
    item[0]?.word === 'constraint'
      ? fact(table, `constraint ${bare(item[1])}`, item.slice(2))
      : fact(table, `column ${bare(item[0])}`, item.slice(1)),
  )
  return [fact(table, 'name', tokens.slice(0, open)), ...items, fact(table, 'options', tokens.slice(close + 1))]
}

/** `comment on table t is '...'`, `comment on column t . c is '...'`. */
function commentFact(tokens: readonly Token[], fact: MakeFact): Fact {
  const words = tokens.map(({ word }) => word)
  const is = words.indexOf('is')
  const text = tokens.slice(is + 1)
  if (words[2] === 'table') return fact(bare(tokens[3]), 'comment', text)
  if (words[2] === 'column') return fact(bare(tokens[3]), `comment of column ${bare(tokens[5])}`, text)
  return fact(null, words.slice(0, is).join(' '), text)
}
