/**
 * Statements laid out for a reader. The formatter is trusted with white space alone: when it has changed anything that means something
 * to PostgreSQL, the statement stays as the migration wrote it.
 */
import { locatePackage } from '../optional-package.ts'
import { meaningfulTokens, tokens } from './lexer.ts'
import { word } from './names.ts'

locatePackage('sql-formatter')
const { format } = await import('sql-formatter')

export function formatted(sql: string): string {
  const plain = trimmed(sql)
  let laidOut: string
  try {
    laidOut = format(plain, { language: 'postgresql', expressionWidth: 100 })
  } catch {
    return ended(plain)
  }
  const [before, after] = [meaningful(plain), meaningful(laidOut)]
  const isSame = before.length === after.length && before.every((token, index) => token === after[index])
  return ended(isSame ? laidOut : plain)
}

/** Without the white space around it and the semicolons behind it. */
function trimmed(sql: string): string {
  const all = tokens(sql)
  const first = all.findIndex(({ kind }) => kind !== 'space')
  const last = all.findLastIndex(({ kind, text }) => kind !== 'space' && text !== ';')
  return all
    .slice(Math.max(0, first), last + 1)
    .map(({ text }) => text)
    .join('')
}

/** Behind a line comment the semicolon would be a part of it. */
const ended = (sql: string): string => `${sql}${tokens(sql).at(-1)?.text.startsWith('--') ? '\n' : ''};`

/** What counts for PostgreSQL: no space and comments, and names as they are folded. */
export const meaningful = (sql: string): string[] => meaningfulTokens(sql).map((token) => word(token) ?? token.text)
