/** What a statement that runs outside a transaction can leave behind when it is stopped half-way, read from its first words. */
import { isWord, word } from './names.ts'
import { statements } from './statements.ts'

/**
 * `build index`, `drop index` and `reindex`: concurrently, in several transactions of their own; an INVALID index may stay.
 * `detach`: of a partition, concurrently; it may stay marked as pending.
 * `unknown`: code that may commit by itself (CALL, DO).
 * `atomic`: everything else is done or not done.
 */
export type AloneKind = 'build index' | 'drop index' | 'reindex' | 'detach' | 'unknown' | 'atomic'

export function aloneKind(sql: string): AloneKind {
  const [words = []] = statements(sql)
  const verb = word(words[0])
  if (verb === 'call' || verb === 'do') return 'unknown'
  if (verb === 'reindex') return 'reindex'
  if (!words.some((token) => isWord(token, 'concurrently'))) return 'atomic'
  if (verb === 'create') return 'build index'
  if (verb === 'drop') return 'drop index'
  return words.some((token) => isWord(token, 'detach')) ? 'detach' : 'atomic'
}
