/**
 * SQL as a list of tokens: enough to tell code from strings, comments and quoted names. It is not a parser and throws nothing.
 * It cuts where the server's own lexer cuts (PostgreSQL's src/backend/parser/scan.l, with standard_conforming_strings on). Text that the
 * server refuses, such as a string without an end, becomes one token to the end of the text. All tokens joined give the text again.
 * sql/lexer.test.ts compares it with the server. https://www.postgresql.org/docs/current/sql-syntax-lexical.html
 */

import { BITS, closed, ESCAPE_STRING, LINE_COMMENT, matchEnd, NAME, SPACE, STRING, stringEnd } from './quotes.ts'

type TokenKind = 'space' | 'comment' | 'string' | 'name' | 'quoted name' | 'parameter' | 'number' | 'sign'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** The JavaScript index at which the token begins in the text. */
  readonly start: number
}

export const tokens = (sql: string): Token[] => cut(sql, () => true)

/** All tokens except white space and comments. */
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
/** `1..3` has two numbers, for PL/pgSQL. The server refuses a name directly after a number or parameter, so both stay one token. */
const NUMBER = new RegExp(
  String.raw`(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+` +
    String.raw`|(?:${INTEGER}(?:\.(?!\.)(?:${INTEGER})?)?|\.${INTEGER})(?:[eE][-+]?${INTEGER})?)(?:${PLAIN_NAME.source})?`,
  'y',
)
const PARAMETER = new RegExp(String.raw`\$\d+(${PLAIN_NAME.source})?`, 'y')
/** At most 65 characters: PostgreSQL's longest operator has 63, and a comment that follows the operator begins with two more. */
const OPERATOR = /[-+*/<>=~!@#%^&|`?]{1,65}/y
/** The signs of two characters that PL/pgSQL and casts know; otherwise one character. */
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

/** Dollar signs inside a name belong to the name's token, so the one here follows no letter: `a$b$` is a name, `'a'$b$` begins a string. */
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

/** An operator ends where a comment begins in it, and before a sign that belongs to the number after it (`a=-1`). */
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
