/** Which objects a statement creates, drops or alters, as far as its words say. */
import { meaningfulTokens, type Token } from './lexer.ts'
import { isWord, type Name, nameAt, word } from './names.ts'

const KINDS = ['table', 'view', 'sequence', 'index', 'function', 'procedure', 'aggregate', 'type', 'domain'] as const
type NamedKind = (typeof KINDS)[number]

const VERBS = ['create', 'drop', 'alter'] as const

export interface ObjectStatement {
  readonly verb: (typeof VERBS)[number]
  /** `other`: for example a trigger or an extension. */
  readonly kind: NamedKind | 'other'
  /** The object lies in the session's temporary schema and disappears with the session. */
  readonly temporary: boolean
  readonly concurrently: boolean
  /** As written; the schema is undefined if the statement does not name it. Empty if the server makes up the name. */
  readonly names: readonly Pick<Name, 'schema' | 'name'>[]
}

const TEMPORARY = new Set(['temp', 'temporary'])
/** The words that may stand between the verb and the kind. */
const BEFORE_KIND = new Set([
  ...TEMPORARY,
  'or',
  'replace',
  'global',
  'local',
  'unlogged',
  'unique',
  'foreign',
  'materialized',
  'recursive',
])

/**
 * The first verb in a statement with the objects that it names; undefined if there is none. The verb need not be the first word: in a body
 * it follows BEGIN, THEN or ELSE. The columns and constraints that an ALTER TABLE drops do not count as objects.
 */
export function objectStatement(words: readonly Token[]): ObjectStatement | undefined {
  for (let at = 0; at < words.length; at++) {
    const verb = VERBS.find((one) => isWord(words[at], one))
    if (verb === undefined) continue
    const kindAt = afterAll(words, at + 1, BEFORE_KIND)
    const kind = KINDS.find((one) => one === word(words[kindAt]))
    const temporary = words.slice(at, kindAt).some((token) => TEMPORARY.has(word(token) ?? ''))
    const concurrently = word(words[kindAt + 1]) === 'concurrently'
    if (kind !== undefined) {
      const names = namesFrom(words, afterOptions(words, kindAt + 1), verb === 'drop')
      return { verb, kind, temporary, concurrently, names }
    }
    // After the first word, CREATE and the others may also be a name or a privilege (GRANT CREATE ON SCHEMA).
    if (at === 0) return { verb, kind: 'other', temporary, concurrently, names: [] }
  }
  return undefined
}

function afterAll(words: readonly Token[], from: number, skipped: ReadonlySet<string>): number {
  let at = from
  while (skipped.has(word(words[at]) ?? '')) at++
  return at
}

/** The index after `concurrently`, `if exists`, `if not exists` and `only`, which may stand before the name. A table may be called `if`. */
function afterOptions(words: readonly Token[], from: number): number {
  let at = from
  if (word(words[at]) === 'concurrently') at++
  if (word(words[at]) === 'if' && word(words[at + 1]) === 'exists') at += 2
  if (word(words[at]) === 'if' && word(words[at + 1]) === 'not') at += 3
  return word(words[at]) === 'only' ? at + 1 : at
}

/** One name, or the list of names of a DROP. */
function namesFrom(words: readonly Token[], from: number, isList: boolean): ObjectStatement['names'] {
  const names: Pick<Name, 'schema' | 'name'>[] = []
  // CREATE INDEX ON t names no index: ON is a keyword.
  if (word(words[from]) === 'on') return names
  for (let at = from; ; ) {
    const found = nameAt(words, at)
    if (found === undefined) return names
    names.push({ schema: found.schema, name: found.name })
    if (!isList || words[found.next]?.text !== ',') return names
    at = found.next + 1
  }
}

/** The index that a text creates concurrently, or undefined. PostgreSQL allows that statement only as the single one of a text. */
export function concurrentIndex(sql: string): ObjectStatement | undefined {
  if (!/concurrently/i.test(sql)) return undefined
  const found = objectStatement(meaningfulTokens(sql))
  return found?.verb === 'create' && found.kind === 'index' && found.concurrently ? found : undefined
}
