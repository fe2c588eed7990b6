/**
 * The merge, rebase or other command of git that has begun and is not finished, as git notes it in its own folder. During a rebase git
 * notes a cherry-pick as well: the answer is then the rebase.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { git } from './git.ts'

export type GitOperation =
  /** Two or more sides come together. `others` does not hold HEAD. */
  | { readonly kind: 'merge' | 'cherry-pick'; readonly others: readonly string[] }
  /** Commits are put on top of `onto`; HEAD is `onto` with the commits that have been put there so far. */
  | { readonly kind: 'rebase'; readonly onto: string }
  /** `revert` and `am` (git am) put a change on top of HEAD that is not a commit of another branch. */
  | { readonly kind: 'revert' }
  | { readonly kind: 'am' }

export function unfinished(root: string): GitOperation | undefined {
  const folder = git(root, 'rev-parse', '--absolute-git-dir')?.trim()
  if (folder === undefined) return undefined
  const noted = (...path: readonly string[]): readonly string[] | undefined => {
    const file = join(folder, ...path)
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : undefined
  }
  const onto = noted('rebase-merge', 'onto') ?? noted('rebase-apply', 'onto')
  if (onto !== undefined) return { kind: 'rebase', onto: onto[0] as string }
  if (existsSync(join(folder, 'rebase-apply'))) return { kind: 'am' }
  const merged = noted('MERGE_HEAD')
  if (merged !== undefined) return { kind: 'merge', others: merged }
  const picked = noted('CHERRY_PICK_HEAD')
  if (picked !== undefined) return { kind: 'cherry-pick', others: picked }
  return noted('REVERT_HEAD') === undefined ? undefined : { kind: 'revert' }
}
