/**
 * Statements laid out for a reader. The formatter is trusted with white space alone: when it has changed anything that means something
 * to PostgreSQL, the statement stays as the migration wrote it.
 */
import { locatePackage } from '../optional-package.ts'
import { meaningfulTokens } from './lexer.ts'
import { word } from './names.ts'

locatePackage('sql-formatter')
const { format } = await import('sql-formatter')

export function formatted(sql: string): string {
  const plain = sql.trim().replace(/;+$/, '').trimEnd()
  let laidOut: string
  try {
    laidOut = format(plain, { language: 'postgresql', expressionWidth: 100 })
  } catch {
    return `${plain};`
  }
  const [before, after] = [meaningful(plain), meaningful(laidOut)]
  const isSame = before.length === after.length && before.every((token, index) => token === after[index])
  return `${isSame ? laidOut : plain};`
}

/** What counts for PostgreSQL: no space and comments, and names as they are folded. */
export const meaningful = (sql: string): string[] => meaningfulTokens(sql).map((token) => word(token) ?? token.text)
