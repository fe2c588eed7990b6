/**
 * SQL as a row of tokens: enough to tell code from text, comment and quoted name. Not a parser, and it refuses nothing.
 * Cuts where the server's own lexer cuts (PostgreSQL's src/backend/parser/scan.l, with standard_conforming_strings on); what that one
 * refuses, such as a string without an end, becomes one token to the end of the text. Put together, the tokens are the text.
 * sql/lexer.test.ts holds it against the server. https://www.postgresql.org/docs/current/sql-syntax-lexical.html
 */

import { BITS, closed, ESCAPE_STRING, LINE_COMMENT, matchEnd, NAME, SPACE, STRING, stringEnd } from './quotes.ts'

type TokenKind = 'space' | 'comment' | 'string' | 'name' | 'quoted name' | 'parameter' | 'number' | 'sign'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** Where it begins in the text: a JavaScript index. */
  readonly start: number
}

export const tokens = (sql: string): Token[] => cut(sql, () => true)

/** The tokens that say something: neither white space nor comments. */
export const meaningfulTokens = (sql: string): Token[] => cut(sql, (kind) => kind !== 'space' && kind !== 'comment')

function cut(sql: string, isWanted: (kind: TokenKind) => boolean): Token[] {
  const found: Token[] = []
  for (let start = 0; start < sql.length; ) {
    const [kind, end] = tokenAt(sql, start)
    if (isWanted(kind)) found.push({ kind, text: sql.slice(start, end), start })
    start = end
  }
  return found
}

const PLAIN_NAME = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y
const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y
const INTEGER = String.raw`\d(?:_?\d)*`
/** `1..3` has two numbers, for PL/pgSQL. A name glued to a number or parameter is an error of the whole text, and stays with it. */
const NUMBER = new RegExp(
  String.raw`(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+` +
    String.raw`|(?:${INTEGER}(?:\.(?!\.)(?:${INTEGER})?)?|\.${INTEGER})(?:[eE][-+]?${INTEGER})?)(?:${PLAIN_NAME.source})?`,
  'y',
)
const PARAMETER = new RegExp(String.raw`\$\d+(${PLAIN_NAME.source})?`, 'y')
/** As much as decides where one ends: PostgreSQL has no operator of more than 63 characters, and a comment behind it begins with two. */
const OPERATOR = /[-+*/<>=~!@#%^&|`?]{1,65}/y
/** What PL/pgSQL and casts read as one. */
const PUNCTUATION = /::|:=|\.\.|[\s\S]/y

function tokenAt(sql: string, at: number): readonly [TokenKind, end: number] {
  const next = sql[at + 1]
  switch (sql[at]) {
    case "'":
      return ['string', stringEnd(sql, at + 1, STRING)]
    case 'e':
    case 'E':
      return next === "'" ? ['string', stringEnd(sql, at + 2, ESCAPE_STRING)] : ['name', matchEnd(PLAIN_NAME, sql, at)]
    case 'b':
    case 'B':
    case 'x':
    case 'X':
      return next === "'" ? ['string', stringEnd(sql, at + 2, BITS)] : ['name', matchEnd(PLAIN_NAME, sql, at)]
    case 'n':
    case 'N':
      return next === "'" ? ['string', stringEnd(sql, at + 2, STRING)] : ['name', matchEnd(PLAIN_NAME, sql, at)]
    case 'u':
    case 'U':
      if (next === '&' && sql[at + 2] === "'") return ['string', stringEnd(sql, at + 3, STRING)]
      if (next === '&' && sql[at + 2] === '"') return ['quoted name', closed(sql, at + 3, NAME)]
      return ['name', matchEnd(PLAIN_NAME, sql, at)]
    case '"':
      return ['quoted name', closed(sql, at + 1, NAME)]
    case '$':
      return dollarAt(sql, at)
    case '-':
      return next === '-' ? ['comment', matchEnd(LINE_COMMENT, sql, at)] : ['sign', operatorEnd(sql, at)]
    case '/':
      return next === '*' ? ['comment', blockCommentEnd(sql, at)] : ['sign', operatorEnd(sql, at)]
    default:
      return plainAt(sql, at)
  }
}

const PLAIN: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', SPACE],
  ['name', PLAIN_NAME],
  ['number', NUMBER],
]

function plainAt(sql: string, at: number): readonly [TokenKind, end: number] {
  for (const [kind, pattern] of PLAIN) {
    const end = matchEnd(pattern, sql, at)
    if (end > at) return [kind, end]
  }
  return ['sign', operatorEnd(sql, at)]
}

/** A name takes its dollars with it, so that this one follows no letter: `a$b$` is a name, `'a'$b$` begins a string. */
function dollarAt(sql: string, at: number): readonly [TokenKind, end: number] {
  const open = matchEnd(DOLLAR_QUOTE, sql, at)
  if (open > at) {
    const delimiter = sql.slice(at, open)
    const close = sql.indexOf(delimiter, open)
    return ['string', close < 0 ? sql.length : close + delimiter.length]
  }
  PARAMETER.lastIndex = at
  const found = PARAMETER.exec(sql)
  if (found === null) return ['sign', at + 1]
  const [{ length }, glued] = found
  return [glued === undefined ? 'parameter' : 'sign', at + length]
}

/** Operators are whole, but for a comment that begins in one, and for a sign that belongs to the number behind (`a=-1`). */
function operatorEnd(sql: string, at: number): number {
  const end = matchEnd(OPERATOR, sql, at)
  if (end === at) return matchEnd(PUNCTUATION, sql, at)
  const run = sql.slice(at, end)
  const comment = run.search(/--|\/\*/)
  const operator = comment < 0 ? run : run.slice(0, comment)
  // PostgreSQL manual, 4.1.3: only an operator with one of these may end in + or -.
  const signed = /[~!@#%^&|`?]/.test(operator) ? operator : operator.replace(/(?<=.)[-+]+$/, '')
  return at + signed.length
}

/** PostgreSQL's block comments nest. */
function blockCommentEnd(sql: string, at: number): number {
  const mark = /\/\*|\*\//g
  mark.lastIndex = at
  let depth = 0
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return sql.length
}
