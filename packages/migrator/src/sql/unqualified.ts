/** Expressions and definitions as the server writes them, every name with its schema → the same with one schema left out. Pure. */
import { tokens } from './lexer.ts'
import { quoted } from './names.ts'

/**
 * `public.users` becomes `users`; what stands in strings, comments and quoted bodies stays. A definition that names its own object or table
 * always does so with the schema, whatever the search path: its first `kept` names stay qualified, with public as their schema.
 */
export function unqualified(sql: string, schema: string, kept = 0): string {
  const prefix = quoted(schema)
  if (!sql.includes(`${prefix}.`)) return sql
  const parts: string[] = []
  const all = tokens(sql)
  let left = kept
  for (let at = 0; at < all.length; at += 1) {
    const { text } = all[at]!
    const isQualifier = text === prefix && all[at + 1]?.text === '.' && all[at - 1]?.text !== '.'
    if (!isQualifier) parts.push(text)
    else if (left > 0) {
      left -= 1
      parts.push('public')
    } else at += 1
  }
  return parts.join('')
}
