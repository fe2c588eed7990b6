/** DROP: which objects go. Pure. */
import type { Effect } from './effect.ts'
import type { Token } from './lexer.ts'
import { isWord, nameAt, word } from './names.ts'
import { afterExists, hasCascade, namesFrom, splitAtCommas } from './reading.ts'

/** Kinds whose objects are named one after the other. A kind of several words stands before one that is its beginning. */
const NAMED = [
  'table',
  'foreign table',
  'materialized view',
  'view',
  'sequence',
  'index',
  'type',
  'domain',
  'schema',
  'extension',
  'collation',
  'statistics',
]
const ROUTINES = ['function', 'procedure', 'routine', 'aggregate']
const OF_TABLE = ['trigger', 'policy', 'rule']

/** Undefined for a kind that is not known here: an operator, a cast. */
export function dropEffects(words: readonly Token[]): Effect[] | undefined {
  const kind = [...NAMED, ...ROUTINES, ...OF_TABLE].find((one) =>
    one.split(' ').every((part, index) => isWord(words[1 + index], part)),
  )
  if (kind === undefined) return undefined
  const behind = 1 + kind.split(' ').length
  const from = afterExists(words, isWord(words[behind], 'concurrently') ? behind + 1 : behind)
  const cascade = hasCascade(words)
  if (OF_TABLE.includes(kind)) {
    const object = nameAt(words, from)
    const table = object && isWord(words[object.next], 'on') ? nameAt(words, object.next + 1) : undefined
    if (object === undefined || table === undefined) return undefined
    return [{ type: 'drop', kind, object: plain(object), table: plain(table), cascade }]
  }
  if (!ROUTINES.includes(kind))
    return namesFrom(words, from).map((object): Effect => ({ type: 'drop', kind, object, cascade }))
  return splitAtCommas(words.slice(from)).flatMap((part): Effect[] => {
    const object = nameAt(part, 0)
    return object === undefined
      ? []
      : [{ type: 'drop', kind, object: plain(object), signature: inBrackets(part, object.next), cascade }]
  })
}

const plain = ({ schema, name }: { schema: string | undefined; name: string }) => ({ schema, name })

/** The types of a function's arguments as they are written: `uuid, text[]`. */
function inBrackets(part: readonly Token[], at: number): string | undefined {
  if (part[at]?.text !== '(') return undefined
  const end = part.findLastIndex(({ text }) => text === ')')
  return part
    .slice(at + 1, end)
    .map((token) => word(token) ?? token.text)
    .join(' ')
    .replaceAll(' ,', ',')
    .replaceAll(/ ?([[\](.]) ?/g, '$1')
}
