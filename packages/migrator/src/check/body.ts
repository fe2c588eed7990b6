/**
 * Which tables and functions the text of a function names. PostgreSQL keeps the body of a plpgsql function, or of an SQL function in
 * quotes, as text and records no dependencies of it, so this reads the names where only a table or a call can stand. SQL that a body
 * builds at run time is not seen here; if a migration runs the function, the recorder sees what that SQL does.
 */
import { meaningfulTokens, type Token } from '../sql/lexer.ts'
import { nameAt, word } from '../sql/names.ts'

export interface NamesInBody {
  readonly relations: ReadonlySet<string>
  readonly functions: ReadonlySet<string>
}

const BEFORE_RELATION = new Set(['from', 'join', 'into', 'update', 'table', 'only', 'using', 'truncate'])
/** After these words a comma can be followed by another table. */
const LIST = new Set(['from', 'using', 'truncate', 'table'])

export function namesInBody(body: string): NamesInBody {
  const words = meaningfulTokens(body)
  const relations = new Set<string>()
  const functions = new Set<string>()
  let list = false
  for (let at = 0; at < words.length; at++) {
    const token = words[at]!
    const { kind, text } = token
    if (kind !== 'name' && kind !== 'quoted name') {
      if (text !== ',' && text !== '.') list = false
      continue
    }
    const before = word(words[at - 1]) ?? words[at - 1]?.text ?? ''
    const keyword = word(token)
    if (keyword !== undefined && BEFORE_RELATION.has(keyword)) {
      list = LIST.has(keyword)
      continue
    }
    // Names in other schemas than public are left out.
    const qualified = words[at + 1]?.text === '.'
    if (qualified && nameOf(token) === 'public') {
      const name = words[at + 2]
      if (name === undefined) break
      note(nameOf(name), BEFORE_RELATION.has(before) || (list && before === ','), words[at + 3]?.text)
      at += 2
      continue
    }
    const isRowType = qualified && words[at + 3]?.text === '%'
    if (isRowType || (words[at + 1]?.text === '%' && word(words[at + 2]) === 'rowtype')) relations.add(nameOf(token))
    else if (!qualified && before !== '.')
      note(nameOf(token), BEFORE_RELATION.has(before) || (list && before === ','), words[at + 1]?.text)
  }
  return { relations, functions }

  function note(name: string, isRelation: boolean, next: string | undefined): void {
    if (isRelation) relations.add(name)
    if (next === '(') functions.add(name)
  }
}

/** The name in one token, without its qualification. */
const nameOf = (token: Token): string => nameAt([token], 0)?.name ?? token.text
