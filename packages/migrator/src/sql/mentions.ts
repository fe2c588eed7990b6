/** Which names an SQL text mentions, as PostgreSQL reads them. Whether a name is that of a table, column or function is not decided. */
import { meaningfulTokens } from './lexer.ts'
import { nameAt } from './names.ts'
import { stringValue } from './strings.ts'

export interface Mentions {
  readonly names: ReadonlySet<string>
  /** The names that an opening bracket follows, as in a call. */
  readonly calls: ReadonlySet<string>
}

/** `bodies`: whether the text in dollar quotes is read as well. */
export function mentions(sql: string, { bodies }: { readonly bodies: boolean }): Mentions {
  const names = new Set<string>()
  const calls = new Set<string>()
  const read = (text: string): void => {
    const tokens = meaningfulTokens(text)
    for (const [at, token] of tokens.entries()) {
      if (bodies && token.kind === 'string' && token.text.startsWith('$')) read(stringValue(token))
      const name = nameAt([token], 0)?.name
      if (name === undefined) continue
      names.add(name)
      if (tokens[at + 1]?.text === '(') calls.add(name)
    }
  }
  read(sql)
  return { names, calls }
}
