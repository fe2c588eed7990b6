/** What a CREATE INDEX builds, read from its text: the name, the table, and the same index on another table. */
import { isWord, nameAt, word } from './names.ts'
import { statements } from './statements.ts'

export interface IndexBuild {
  readonly name: string
  /** As written; `schema` is undefined where the text names none. */
  readonly table: { readonly schema: string | undefined; readonly name: string }
  /** The statement that builds the same index without a name of its own and without CONCURRENTLY, on `table`, which is SQL. */
  on(table: string): string
}

/** Of the first statement in the text; undefined if it creates no index, or one without a name. */
export function indexBuild(sql: string): IndexBuild | undefined {
  const [words = []] = statements(sql)
  if (!isWord(words[0], 'create')) return undefined
  const unique = isWord(words[1], 'unique')
  let at = unique ? 2 : 1
  if (!isWord(words[at], 'index')) return undefined
  at += 1
  if (isWord(words[at], 'concurrently')) at += 1
  if (isWord(words[at], 'if')) at += 3
  const name = word(words[at]) === 'on' ? undefined : nameAt(words, at)
  if (name === undefined || !isWord(words[name.next], 'on')) return undefined
  const table = nameAt(words, isWord(words[name.next + 1], 'only') ? name.next + 2 : name.next + 1)
  if (table === undefined) return undefined
  const rest = words[table.next]
  const last = words.at(-1)!
  const body = rest === undefined ? '' : sql.slice(rest.start, last.start + last.text.length)
  return { name: name.name, table, on: (other) => `create ${unique ? 'unique ' : ''}index on ${other} ${body}` }
}
