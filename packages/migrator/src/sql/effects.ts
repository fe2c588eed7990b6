/**
 * What a statement takes away, as far as its words say: the objects that it drops or renames, the rows that it deletes or overwrites.
 * A statement that can do more than its words say (a DO block, a call) is returned as `unlisted` too, so that nobody takes the list for
 * complete. Pure.
 */
import { statementsWithin } from './bodies.ts'
import type { Effect } from './effect.ts'
import { alterEffects } from './effects-alter.ts'
import { dropEffects } from './effects-drop.ts'
import { rowEffects } from './effects-rows.ts'
import type { Token } from './lexer.ts'
import { isWord, word } from './names.ts'
import { afterExists, namesFrom } from './reading.ts'
import { statements } from './statements.ts'

/** The effects of each statement of a text, in order. */
export function effectsOf(sql: string): Effect[][] {
  return statements(sql).map((words) => {
    const text = textOf(sql, words)
    if (word(words[0]) !== 'do') return statementEffects(words, text)
    const inner = statementsWithin(text).slice(1).flatMap(bodyEffects)
    return [{ type: 'unlisted', sql: text }, ...inner]
  })
}

const textOf = (sql: string, words: readonly Token[]): string => {
  const last = words.at(-1) as Token
  return sql.slice((words[0] as Token).start, last.start + last.text.length)
}

/** Statements that take nothing away that was there: what they replace or grant is put back by other migrations. */
const HARMLESS = new Set(
  'create comment grant revoke analyze vacuum reindex cluster lock refresh security notify listen set reset insert'.split(
    ' ',
  ),
)

function statementEffects(words: readonly Token[], sql: string): Effect[] {
  const verb = word(words[0]) ?? ''
  const found = verb === 'drop' ? dropEffects(words) : verb === 'alter' ? alterEffects(words) : rowEffects(words, sql)
  if (found !== undefined) return found
  if (verb === 'create') return created(words)
  const overwrites =
    verb === 'insert' && words.some((token, at) => isWord(token, 'do') && isWord(words[at + 1], 'update'))
  return HARMLESS.has(verb) && !overwrites ? [] : [{ type: 'unlisted', sql }]
}

/** In a body a statement may stand behind IF ... THEN, LOOP or ELSE. Which rows it meets is decided by variables. */
function bodyEffects(words: readonly Token[]): Effect[] {
  const from = words.findIndex((token) => ['drop', 'alter', 'delete', 'update', 'truncate'].includes(word(token) ?? ''))
  if (from < 0) return []
  const own = words.slice(from)
  const verb = word(own[0])
  const found = verb === 'drop' ? dropEffects(own) : verb === 'alter' ? alterEffects(own) : rowEffects(own, undefined)
  return found ?? []
}

function created(words: readonly Token[]): Effect[] {
  const found = /^(?:table|view|sequence|type|domain)$/
  const at = words.findIndex((token, index) => index > 0 && index < 5 && found.test(word(token) ?? ''))
  if (at < 0) return []
  const [object] = namesFrom(words, afterExists(words, at + 1))
  return object === undefined ? [] : [{ type: 'create', object }]
}
