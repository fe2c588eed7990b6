/** Names, lists and clauses among the tokens of one statement. */
import type { ObjectName } from './effect.ts'
import type { Token } from './lexer.ts'
import { isWord, nameAt, word } from './names.ts'

/** The index after IF EXISTS or IF NOT EXISTS, if one of them stands there. */
export function afterExists(words: readonly Token[], at: number): number {
  if (!isWord(words[at], 'if')) return at
  if (isWord(words[at + 1], 'exists')) return at + 2
  return isWord(words[at + 1], 'not') && isWord(words[at + 2], 'exists') ? at + 3 : at
}

/** The names of a list that begins at the index; a name may be followed by a `*`, as in `truncate only a, b *`. */
export function namesFrom(words: readonly Token[], from: number): ObjectName[] {
  const names: ObjectName[] = []
  for (let at = from; ; ) {
    const found = nameAt(words, isWord(words[at], 'only') ? at + 1 : at)
    if (found === undefined) return names
    names.push({ schema: found.schema, name: found.name })
    const next = words[found.next]?.text === '*' ? found.next + 1 : found.next
    if (words[next]?.text !== ',') return names
    at = next + 1
  }
}

export const hasCascade = (words: readonly Token[]): boolean => isWord(words.at(-1), 'cascade')

const DEPTH: Readonly<Record<string, number>> = { '(': 1, '[': 1, ')': -1, ']': -1 }

/** The parts between the commas that stand in no brackets. */
export function splitAtCommas(words: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of words) {
    depth += DEPTH[token.text] ?? 0
    if (depth === 0 && token.text === ',') parts.push([])
    else parts.at(-1)!.push(token)
  }
  return parts
}

/** The index of the first of these keywords that stands in no brackets, from an index on; the number of tokens if there is none. */
export function keywordAt(words: readonly Token[], from: number, ...keywords: readonly string[]): number {
  let depth = 0
  for (let at = from; at < words.length; at++) {
    depth += DEPTH[words[at]!.text] ?? 0
    if (depth === 0 && keywords.includes(word(words[at]) ?? '')) return at
  }
  return words.length
}
