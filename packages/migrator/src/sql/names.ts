/**
 * Names, as the catalogue stores them and as an SQL text writes them. Names are quoted as PostgreSQL's own quote_ident() quotes them, so
 * that they look like those that the server renders. sql/names.test.ts compares both.
 */
import { mustBeQuoted } from './keywords.ts'
import type { Token } from './lexer.ts'
import { unicodeUnescaped } from './strings.ts'

/** `users`, `"user"`, `"User Data"`: a name gets quotes only if it needs them. */
export const quoted = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !mustBeQuoted(name) ? name : `"${name.replaceAll('"', '""')}"`

/** Folds an unquoted name as PostgreSQL does: only ASCII letters become lower case, whatever the locale. */
const folded = (name: string): string =>
  /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name

/** The keyword or name of an unquoted token, in lower case; undefined for any other token. */
export const word = (token: Token | undefined): string | undefined =>
  token?.kind === 'name' ? folded(token.text) : undefined

/** Whether a token is this keyword, given in lower case. */
export const isWord = (token: Token | undefined, keyword: string): boolean =>
  token?.text.length === keyword.length && word(token) === keyword

/** PostgreSQL cuts longer names to this many bytes, and never inside a character. */
const LONGEST_BYTES = 63

export interface Name {
  /** `public` of `public.users`; undefined if the text names no schema. */
  readonly schema: string | undefined
  readonly name: string
  /** The index of the first token after the name. */
  readonly next: number
}

/** Whether the name is one in the schema public: every migration runs with public as its search path. */
export const isPublic = ({ schema }: Pick<Name, 'schema'>): boolean => schema === undefined || schema === 'public'

/** The name that begins at the index `at`, with its schema if the text names one; undefined if there is no name. */
export function nameAt(words: readonly Token[], at: number): Name | undefined {
  let part = partAt(words, at)
  if (part === undefined) return undefined
  let schema: string | undefined
  while (words[part.next]?.text === '.') {
    const inner = partAt(words, part.next + 1)
    if (inner === undefined) return undefined
    schema = part.name
    part = inner
  }
  return { schema, ...part }
}

function partAt(words: readonly Token[], at: number): Omit<Name, 'schema'> | undefined {
  const token = words[at]
  if (token === undefined) return undefined
  if (token.kind === 'name') return { name: clipped(folded(token.text)), next: at + 1 }
  if (token.kind !== 'quoted name') return undefined
  const inside = token.text.slice(token.text.indexOf('"') + 1, -1).replaceAll('""', '"')
  if (token.text.startsWith('"')) return { name: clipped(inside), next: at + 1 }
  const mark = word(words[at + 1]) === 'uescape' ? words[at + 2]?.text.slice(1, -1) : undefined
  return { name: clipped(unicodeUnescaped(inside, mark)), next: at + (mark === undefined ? 1 : 3) }
}

function clipped(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_BYTES) return name
  let kept = ''
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > LONGEST_BYTES) break
    kept += character
  }
  return kept
}
