/**
 * Cuts a text into its statements, as the server does: at each semicolon that is neither in brackets (the actions of a rule) nor in the
 * body BEGIN ATOMIC ... END of a function. sql/statements.test.ts compares it with the server.
 */
import { meaningfulTokens, type Token } from './lexer.ts'
import { isWord } from './names.ts'

/** The tokens of each statement, without white space, comments and the semicolon. Empty statements are left out. */
export function statements(sql: string): Token[][] {
  const found: Token[][] = []
  let current: Token[] = []
  /** The index in `current` at which the innermost statement begins: a function's body has statements of its own. */
  let head = 0
  let brackets = 0
  let bodies = 0
  const isAtomic = (token: Token) =>
    isWord(token, 'atomic') && isWord(current.at(-1), 'begin') && createsRoutine(current, head)

  for (const token of meaningfulTokens(sql)) {
    if (token.text === '(') brackets++
    else if (token.text === ')') brackets--
    if (brackets === 0 && token.text === ';' && bodies === 0) {
      found.push(current)
      current = []
      head = 0
      continue
    }
    // The END of a CASE stands inside a statement; the END of a body stands where the next statement would begin.
    if (bodies > 0 && brackets === 0 && current.length === head && isWord(token, 'end')) bodies--
    const opens = brackets === 0 && isAtomic(token)
    current.push(token)
    if (opens) bodies++
    if (opens || (brackets === 0 && token.text === ';')) head = current.length
  }
  return [...found, current].filter((statement) => statement.length > 0)
}

/** Only in these statements are BEGIN and ATOMIC keywords: in `select begin atomic` they are a column and its alias. */
export function createsRoutine(words: readonly Token[], at = 0): boolean {
  if (!isWord(words[at], 'create')) return false
  const kind = words[isWord(words[at + 1], 'or') ? at + 3 : at + 1]
  return isWord(kind, 'function') || isWord(kind, 'procedure')
}
