/** What git was stopped in the middle of, as it notes it in its own folder. A rebase counts before the cherry-picks that it is made of. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { git } from './git.ts'

export type Unfinished =
  /** Two or more sides come together. `others` does not hold HEAD. */
  | { readonly kind: 'merge' | 'cherry-pick'; readonly others: readonly string[] }
  /** Commits are put on top of `onto`; HEAD is `onto` with those that are there already. */
  | { readonly kind: 'rebase'; readonly onto: string }
  /** A change comes on top of HEAD that is no branch of its own. */
  | { readonly kind: 'revert' }
  | { readonly kind: 'am' }

export function unfinished(root: string): Unfinished | undefined {
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
