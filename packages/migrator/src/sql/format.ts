/**
 * Statements laid out for a reader. The formatter may change only white space: if it changed anything that has a meaning for PostgreSQL,
 * the statement stays as the migration wrote it.
 */
import { layOut } from './formatter.ts'
import { meaningfulTokens, tokens } from './lexer.ts'
import { word } from './names.ts'

export function formatted(sql: string): string {
  const plain = trimmed(sql)
  let laidOut: string
  try {
    laidOut = layOut(plain)
  } catch {
    return ended(plain)
  }
  const [before, after] = [meaningful(plain), meaningful(laidOut)]
  const isSame = before.length === after.length && before.every((token, index) => token === after[index])
  return ended(isSame ? laidOut : plain)
}

/** The text without white space around it and without semicolons at its end. */
function trimmed(sql: string): string {
  const all = tokens(sql)
  const first = all.findIndex(({ kind }) => kind !== 'space')
  const last = all.findLastIndex(({ kind, text }) => kind !== 'space' && text !== ';')
  return all
    .slice(Math.max(0, first), last + 1)
    .map(({ text }) => text)
    .join('')
}

/** Adds the final semicolon; on a new line if the text ends with a line comment, which would otherwise swallow the semicolon. */
const ended = (sql: string): string => `${sql}${tokens(sql).at(-1)?.text.startsWith('--') ? '\n' : ''};`

/** The tokens that have a meaning for PostgreSQL: no white space and no comments, and names folded to lower case. */
export const meaningful = (sql: string): string[] => meaningfulTokens(sql).map((token) => word(token) ?? token.text)
