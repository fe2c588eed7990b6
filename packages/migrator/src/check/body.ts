/**
 * Which tables and functions the text of a function names. PostgreSQL keeps the body of a plpgsql function, or of an SQL function in
 * quotes, as text and knows no dependencies of it, so names are read where only a table or a call can stand. SQL that a body
 * puts together at run time is not seen here; where a migration runs it, the recorder sees what it does.
 */
import { tokens } from '../sql/lexer.ts'

export interface NamesInBody {
  readonly relations: ReadonlySet<string>
  readonly functions: ReadonlySet<string>
}

const BEFORE_RELATION = new Set(['from', 'join', 'into', 'update', 'table', 'only', 'using', 'truncate'])
/** After a comma these go on with a list of tables. */
const LIST = new Set(['from', 'using', 'truncate', 'table'])

export function namesInBody(body: string): NamesInBody {
  const words = tokens(body).filter(({ kind }) => kind !== 'space' && kind !== 'comment')
  const relations = new Set<string>()
  const functions = new Set<string>()
  let list = false
  for (let at = 0; at < words.length; at++) {
    const { kind, text } = words[at]!
    if (kind !== 'name' && kind !== 'quoted name') {
      if (text !== ',' && text !== '.') list = false
      continue
    }
    const before = words[at - 1]?.text.toLowerCase() ?? ''
    if (kind === 'name' && BEFORE_RELATION.has(text.toLowerCase())) {
      list = LIST.has(text.toLowerCase())
      continue
    }
    // Other schemas are not ours to judge; public may be said.
    const qualified = words[at + 1]?.text === '.'
    if (qualified && folded(text) === 'public') {
      const name = words[at + 2]
      if (name === undefined) break
      note(folded(name.text), BEFORE_RELATION.has(before) || (list && before === ','), words[at + 3]?.text)
      at += 2
      continue
    }
    const isRowType = qualified && words[at + 3]?.text === '%'
    if (isRowType || (words[at + 1]?.text === '%' && /^rowtype$/i.test(words[at + 2]?.text ?? '')))
      relations.add(folded(text))
    else if (!qualified && before !== '.')
      note(folded(text), BEFORE_RELATION.has(before) || (list && before === ','), words[at + 1]?.text)
  }
  return { relations, functions }

  function note(name: string, isRelation: boolean, next: string | undefined): void {
    if (isRelation) relations.add(name)
    if (next === '(') functions.add(name)
  }
}

const folded = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase()
