/** Finds the end of PostgreSQL's strings and quoted names: with doubled quotes, backslashes, and strings that continue on the next line. */

// PostgreSQL's white space, not JavaScript's: PostgreSQL reads every character outside ASCII as a letter, even a byte order mark.
export const SPACE = /[ \t\n\r\f\v]+/y
export const LINE_COMMENT = /--[^\n\r]*/y

/** The index after the match that begins at `at`; `at` itself if there is no match. */
export function matchEnd(pattern: RegExp, sql: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : at
}

export interface Quoting {
  readonly quote: string
  /** Whether a doubled quote stands for one quote inside the text. */
  readonly isDoubled: boolean
  /** Whether a backslash escapes the next character. */
  readonly hasBackslashes: boolean
}

export const STRING: Quoting = { quote: "'", isDoubled: true, hasBackslashes: false }
export const ESCAPE_STRING: Quoting = { quote: "'", isDoubled: true, hasBackslashes: true }
export const BITS: Quoting = { quote: "'", isDoubled: false, hasBackslashes: false }
export const NAME: Quoting = { quote: '"', isDoubled: true, hasBackslashes: false }

/** The index after the quote that closes the text opened before `from`; the end of the SQL if no quote closes it. */
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
 * The parts of a string, each from after its opening quote to after its closing quote. A string has a second part if the next line
 * continues it: `'a'`, a line break and `'b'` are one string. Backslashes escape in every part of an E'' string.
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

/** The index after the quote that continues a string closed at `end`; a line break, and perhaps space and comments, stand between. */
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
