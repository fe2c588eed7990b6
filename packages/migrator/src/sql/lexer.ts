/**
 * SQL as a row of tokens: enough to tell what is code from what is text, comment or a quoted name. Not a parser.
 * Follows the lexical structure of PostgreSQL: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
 */

export type TokenKind = 'space' | 'comment' | 'string' | 'name' | 'quoted name' | 'parameter' | 'number' | 'sign'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /\s+/y],
  ['comment', /--[^\n]*/y],
  ['string', /[eE]'(?:[^'\\]|''|\\[\s\S])*'/y],
  ['string', /(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'/y],
  ['string', /\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\1\$/y],
  ['quoted name', /(?:[uU]&)?"(?:[^"]|"")*"/y],
  ['parameter', /\$\d+/y],
  ['name', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['number', /\d[\w.]*|\.\d[\w.]*/y],
  // Operators stay whole, so that only a change of meaning changes the tokens; -- and /* end one.
  ['sign', /::|(?:(?!--|\/\*)[-+*/<>=~!@#%^&|`?])+/y],
  ['sign', /[\s\S]/y],
]

export function tokens(sql: string): Token[] {
  const found: Token[] = []
  for (let at = 0; at < sql.length; ) {
    const token = sql.startsWith('/*', at) ? blockComment(sql, at) : nextToken(sql, at)
    found.push(token)
    at += token.text.length
  }
  return found
}

function nextToken(sql: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const text = pattern.exec(sql)?.[0]
    if (text !== undefined) return { kind, text }
  }
  throw new Error(`no token at ${at}`)
}

/** PostgreSQL's block comments nest. */
function blockComment(sql: string, at: number): Token {
  let depth = 0
  for (let end = at; end < sql.length; end++) {
    const pair = sql.slice(end, end + 2)
    if (pair === '/*') depth++
    else if (pair === '*/') depth--
    else continue
    end++
    if (depth === 0) return { kind: 'comment', text: sql.slice(at, end + 1) }
  }
  return { kind: 'comment', text: sql.slice(at) }
}

/** What counts for PostgreSQL: without space and comments, and names as they are folded. */
export const meaningful = (sql: string): string[] =>
  tokens(sql)
    .filter(({ kind }) => kind !== 'space' && kind !== 'comment')
    .map(({ kind, text }) => (kind === 'name' ? text.toLowerCase() : text))
