/** A schema.sql as facts: each table's columns, constraints, indexes, triggers and comments, each function; layout and case left aside. */
import type { Token } from '../sql/lexer.ts'
import { nameAt, word } from '../sql/names.ts'
import { statements } from '../sql/statements.ts'
import type { Fact } from './fact.ts'

/** The text of a token, in lower case where case means nothing. */
const textOf = (token: Token): string => word(token) ?? token.text

/** Cuts at each separator that stands outside of parentheses. */
function cut(tokens: readonly Token[], separator: string): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (token.text === separator && depth === 0) parts.push([])
    else parts.at(-1)!.push(token)
  }
  return parts.filter((part) => part.length > 0)
}

type MakeFact = (table: string | null, what: string, tokens: readonly Token[]) => Fact

export function schemaFacts(sql: string): Fact[] {
  const fact: MakeFact = (table, what, tokens) => {
    const [first, last] = [tokens.at(0), tokens.at(-1)]
    const shown = first && last ? sql.slice(first.start, last.start + last.text.length).replaceAll(/\s+/g, ' ') : ''
    return { table, what, meaning: tokens.map(textOf).join(' '), shown: `\`${shown}\`` }
  }
  return statements(sql).flatMap((words) => statementFacts(words, fact))
}

const nameOf = (token: Token | undefined): string => (token && nameAt([token], 0)?.name) ?? ''

function statementFacts(tokens: readonly Token[], fact: MakeFact): Fact[] {
  const words = tokens.map(textOf)
  const [verb, kind] = words
  if (verb === 'create' && kind === 'table') return tableFacts(tokens, fact)
  if (verb === 'comment') return [commentFact(tokens, fact)]
  const on = words.indexOf('on')
  if (verb === 'create' && words.slice(1, 3).includes('index'))
    return [fact(nameOf(tokens[on + 1]), `index ${nameOf(tokens[on - 1])}`, tokens)]
  if (verb === 'create' && kind === 'trigger')
    return [fact(nameOf(tokens[on + 1]), `trigger ${nameOf(tokens[2])}`, tokens)]
  const isRoutine = kind === 'function' || kind === 'procedure'
  const name = isRoutine ? words.slice(1, words.indexOf(')') + 1) : words.slice(0, 6)
  return [fact(null, name.join(' '), tokens)]
}

function tableFacts(tokens: readonly Token[], fact: MakeFact): Fact[] {
  const words = tokens.map(textOf)
  const table = nameOf(tokens[2])
  const [open, close] = [words.indexOf('('), words.lastIndexOf(')')]
  const items = cut(tokens.slice(open + 1, close), ',').map((item) =>
    word(item[0]) === 'constraint'
      ? fact(table, `constraint ${nameOf(item[1])}`, item.slice(2))
      : fact(table, `column ${nameOf(item[0])}`, item.slice(1)),
  )
  return [fact(table, 'name', tokens.slice(0, open)), ...items, fact(table, 'options', tokens.slice(close + 1))]
}

/** `comment on table t is '...'`, `comment on column t . c is '...'`. */
function commentFact(tokens: readonly Token[], fact: MakeFact): Fact {
  const words = tokens.map(textOf)
  const is = words.indexOf('is')
  const text = tokens.slice(is + 1)
  if (words[2] === 'table') return fact(nameOf(tokens[3]), 'comment', text)
  if (words[2] === 'column') return fact(nameOf(tokens[3]), `comment of column ${nameOf(tokens[5])}`, text)
  return fact(null, words.slice(0, is).join(' '), text)
}
