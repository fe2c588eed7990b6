/** Where quoted text ends: PostgreSQL's strings and quoted names, with doubled quotes, backslashes, and strings that go on in the next line. */

// PostgreSQL's white space, not JavaScript's: a byte order mark or a no-break space is a letter to it, as is all that is not ASCII.
export const SPACE = /[ \t\n\r\f\v]+/y
export const LINE_COMMENT = /--[^\n\r]*/y

/** Behind the match that begins at `at`; `at` itself where there is none. */
export function matchEnd(pattern: RegExp, sql: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : at
}

export interface Quoting {
  readonly quote: string
  /** Whether a doubled quote is one inside. */
  readonly isDoubled: boolean
  /** Whether a backslash takes the next character with it. */
  readonly hasBackslashes: boolean
}

export const STRING: Quoting = { quote: "'", isDoubled: true, hasBackslashes: false }
export const ESCAPE_STRING: Quoting = { quote: "'", isDoubled: true, hasBackslashes: true }
export const BITS: Quoting = { quote: "'", isDoubled: false, hasBackslashes: false }
export const NAME: Quoting = { quote: '"', isDoubled: true, hasBackslashes: false }

/** Behind the quote that closes what was opened before `from`, or the end of the text. */
export function closed(sql: string, from: number, { quote, isDoubled, hasBackslashes }: Quoting): number {
  for (let at = from; at < sql.length; at++) {
    if (hasBackslashes && sql[at] === '\\') at++
    else if (sql[at] === quote) {
      if (!isDoubled || sql[at + 1] !== quote) return at + 1
      at++
    }
  }
  return sql.length
}

/**
 * The parts of a string, each from behind its opening quote to behind its closing one. There is a second one where the next line goes on
 * with it: `'a'`, a line break, `'b'` are one string, and a string with backslashes keeps them there.
 */
export function* stringParts(
  sql: string,
  from: number,
  quoting: Quoting,
): Generator<readonly [from: number, end: number]> {
  for (let start: number | undefined = from; start !== undefined; ) {
    const end = closed(sql, start, quoting)
    yield [start, end]
    start = continuation(sql, end)
  }
}

export function stringEnd(sql: string, from: number, quoting: Quoting): number {
  let end = from
  for (const part of stringParts(sql, from, quoting)) end = part[1]
  return end
}

/** Behind the quote that goes on with a string that was closed at `end`: between them stand a line break, space and comments. */
function continuation(sql: string, end: number): number | undefined {
  let hasBreak = false
  for (let at = end; ; ) {
    const space = matchEnd(SPACE, sql, at)
    hasBreak ||= /[\n\r]/.test(sql.slice(at, space))
    const comment = matchEnd(LINE_COMMENT, sql, space)
    if (comment === space) return hasBreak && sql[space] === "'" ? space + 1 : undefined
    at = comment
  }
}
