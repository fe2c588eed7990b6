/** ALTER: which columns and constraints go, what gets another name, which values are converted. Pure. */
import type { Effect, ObjectName } from './effect.ts'
import type { Token } from './lexer.ts'
import { isWord, nameAt, word } from './names.ts'
import { afterExists, hasCascade, splitAtCommas } from './reading.ts'

const KINDS = [
  'foreign table',
  'table',
  'materialized view',
  'view',
  'sequence',
  'index',
  'type',
  'domain',
  'function',
  'procedure',
  'routine',
  'aggregate',
  'trigger',
  'policy',
  'rule',
]
const TABLES = new Set(['table', 'foreign table', 'view', 'materialized view', 'index', 'sequence'])

/** [] for an ALTER that takes nothing away; undefined for a kind that is not known here. */
export function alterEffects(words: readonly Token[]): Effect[] | undefined {
  const kind = KINDS.find((one) => one.split(' ').every((part, index) => isWord(words[1 + index], part)))
  if (kind === undefined) return isOwnedOrDefault(words) ? [] : undefined
  const behind = afterExists(words, 1 + kind.split(' ').length)
  const found = nameAt(words, isWord(words[behind], 'only') ? behind + 1 : behind)
  if (found === undefined) return undefined
  const object: ObjectName = { schema: found.schema, name: found.name }
  const rest = words.slice(words[found.next]?.text === '*' ? found.next + 1 : found.next)
  const renamed = renameEffect(kind, object, rest)
  if (renamed !== undefined) return [renamed]
  if (isWord(rest[0], 'set') && isWord(rest[1], 'schema')) return undefined
  if (TABLES.has(kind)) return splitAtCommas(rest).flatMap((action) => actionEffects(object, action))
  if ((kind === 'domain' || kind === 'type') && isWord(rest[0], 'drop')) {
    const what = rest.slice(1).map(shown).join(' ')
    return [{ type: 'loosen', table: object, what }]
  }
  return []
}

/** ALTER DEFAULT PRIVILEGES and the like change who may do what, and no object. */
const isOwnedOrDefault = (words: readonly Token[]): boolean => isWord(words[1], 'default') || isWord(words[1], 'system')

const shown = (token: Token): string => word(token) ?? token.text

function renameEffect(kind: string, object: ObjectName, rest: readonly Token[]): Effect | undefined {
  const at = rest.findIndex((token) => isWord(token, 'rename'))
  if (at < 0) return undefined
  if (isWord(rest[at + 1], 'to')) {
    const to = nameAt(rest, at + 2)
    return to && { type: 'rename', kind, object, to: to.name }
  }
  const isConstraint = isWord(rest[at + 1], 'constraint')
  if (isConstraint || !TABLES.has(kind)) return undefined
  const from = nameAt(rest, isWord(rest[at + 1], 'column') ? at + 2 : at + 1)
  const to = from && isWord(rest[from.next], 'to') ? nameAt(rest, from.next + 1) : undefined
  return from && to && { type: 'rename column', table: object, name: from.name, to: to.name }
}

function actionEffects(table: ObjectName, action: readonly Token[]): Effect[] {
  const [first, second] = action
  if (isWord(first, 'drop')) return droppedPart(table, action)
  if (isWord(first, 'detach') && isWord(second, 'partition')) {
    const object = nameAt(action, 2)
    return object === undefined ? [] : [{ type: 'detach', table, object: { schema: object.schema, name: object.name } }]
  }
  if (!isWord(first, 'alter')) return []
  const column = nameAt(action, isWord(second, 'column') ? 2 : 1)
  if (column === undefined) return []
  const change = action.slice(column.next)
  if (isWord(change[0], 'drop'))
    return [{ type: 'loosen', table, what: `${propertyWords(change.slice(1))} of column ${column.name}` }]
  const typeAt = isWord(change[0], 'type') ? 1 : isWord(change[0], 'set') && isWord(change[2], 'type') ? 3 : 0
  if (typeAt === 0) return []
  const end = change.findIndex((token, at) => at >= typeAt && ['using', 'collate'].includes(word(token) ?? ''))
  const to = change.slice(typeAt, end < 0 ? undefined : end)
  return [{ type: 'retype', table, name: column.name, to: typeText(to) }]
}

const typeText = (words: readonly Token[]): string =>
  words
    .map(shown)
    .join(' ')
    .replaceAll(/ ?([()[\],]) ?/g, '$1')

/** `NOT NULL`, `default`, `identity`: without the words that only soften. */
const propertyWords = (words: readonly Token[]): string =>
  words
    .map(shown)
    .join(' ')
    .replace(/ if exists$/, '')
    .replace('not null', 'NOT NULL')

function droppedPart(table: ObjectName, action: readonly Token[]): Effect[] {
  const kind = isWord(action[1], 'constraint') ? 'constraint' : 'column'
  const behind = isWord(action[1], 'constraint') || isWord(action[1], 'column') ? 2 : 1
  const found = nameAt(action, afterExists(action, behind))
  return found === undefined ? [] : [{ type: 'drop part', kind, table, name: found.name, cascade: hasCascade(action) }]
}
