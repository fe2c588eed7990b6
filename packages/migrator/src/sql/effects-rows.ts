/** DELETE, UPDATE and TRUNCATE: whose rows go or are overwritten, and the query that counts them. Pure. */
import type { Effect } from './effect.ts'
import type { Token } from './lexer.ts'
import { isWord, nameAt, word } from './names.ts'
import { hasCascade, keywordAt, namesFrom, splitAtCommas } from './reading.ts'

/** `sql` is the text of the statement; undefined where its conditions depend on variables. Undefined for any other statement. */
export function rowEffects(words: readonly Token[], sql: string | undefined): Effect[] | undefined {
  switch (word(words[0])) {
    case 'truncate': {
      const from = isWord(words[1], 'table') ? 2 : 1
      const cascade = hasCascade(words)
      return namesFrom(words, from).map(
        (table): Effect => ({ type: 'rows', action: 'truncate', table, columns: [], matching: '', cascade }),
      )
    }
    case 'delete':
      return isWord(words[1], 'from')
        ? changed(words, sql, { action: 'delete', nameAt: 2, others: 'using' })
        : undefined
    case 'update':
      return changed(words, sql, { action: 'update', nameAt: 1, others: 'from' })
    default:
      return undefined
  }
}

interface Shape {
  readonly action: 'delete' | 'update'
  readonly nameAt: number
  /** The clause that names further tables. */
  readonly others: 'using' | 'from'
}

function changed(
  words: readonly Token[],
  sql: string | undefined,
  { action, nameAt: at, others }: Shape,
): Effect[] | undefined {
  const found = nameAt(words, isWord(words[at], 'only') ? at + 1 : at)
  if (found === undefined) return undefined
  const setAt = action === 'update' ? keywordAt(words, found.next, 'set') : found.next
  const othersAt = keywordAt(words, setAt, others)
  const whereAt = keywordAt(words, setAt, 'where')
  const endAt = keywordAt(words, setAt, 'returning')
  const clause = (from: number, to: number): string => {
    const last = words[to - 1]
    return from >= to || sql === undefined || last === undefined
      ? ''
      : sql.slice(words[from]!.start - words[0]!.start, last.start + last.text.length - words[0]!.start)
  }
  const alias = clause(found.next, action === 'update' ? setAt : Math.min(othersAt, whereAt, endAt)).replace(/^\*/, '')
  const more = clause(othersAt + 1, Math.min(whereAt > othersAt ? whereAt : words.length, endAt))
  const where = clause(whereAt + 1, endAt)
  const isCursor = isWord(words[whereAt + 1], 'current')
  const filter =
    more === ''
      ? where === ''
        ? ''
        : ` where (${where})`
      : ` where exists (select from ${more}${where === '' ? '' : ` where (${where})`})`
  return [
    {
      type: 'rows',
      action,
      table: { schema: found.schema, name: found.name },
      columns: action === 'update' ? columnsSet(words.slice(setAt + 1, Math.min(othersAt, whereAt, endAt))) : [],
      matching: sql === undefined || isCursor ? undefined : `${alias === '' ? '' : ` ${alias}`}${filter}`,
      cascade: false,
    },
  ]
}

/** `set a = 1, (b, c) = (2, 3)` names three columns. */
function columnsSet(words: readonly Token[]): string[] {
  return splitAtCommas(words).flatMap((part) => {
    if (part[0]?.text !== '(') return nameAt(part, 0)?.name ?? []
    const end = part.findIndex(({ text }) => text === ')')
    return splitAtCommas(part.slice(1, end)).flatMap((inner) => nameAt(inner, 0)?.name ?? [])
  })
}
