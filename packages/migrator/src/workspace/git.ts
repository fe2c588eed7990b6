/**
 * Questions to git, asked in the workspace. If git is missing, refuses, or does not know the commit or setting, that is an answer and
 * nothing is thrown.
 */
import { spawnSync } from 'node:child_process'

export type GitAnswer =
  | { readonly ok: true; readonly text: string }
  /** `words`: the first line of git's error message; undefined if git could not be started. */
  | { readonly ok: false; readonly words: string | undefined }

/** Git sets these variables within a hook. They name the repository that the hook runs for, which may be another one than the workspace. */
const OF_ANOTHER_REPOSITORY = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
]

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !OF_ANOTHER_REPOSITORY.includes(name))
  // The code below and main-branch.ts look for English words in git's messages.
  return { ...Object.fromEntries(kept), LC_ALL: 'C' }
}

export function askGit(root: string, ...args: readonly string[]): GitAnswer {
  const { error, status, stdout, stderr } = spawnSync('git', ['-C', root, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    env: environment(),
  })
  if (error !== undefined) return { ok: false, words: undefined }
  if (status === 0) return { ok: true, text: stdout }
  return { ok: false, words: (stderr.trim().split('\n')[0] as string).replace(/^(fatal|error): /, '') }
}

/** What git prints; undefined if git is missing, refuses, or does not know the commit or setting. */
export function git(root: string, ...args: readonly string[]): string | undefined {
  const answer = askGit(root, ...args)
  return answer.ok ? answer.text : undefined
}

/** The full hash of the commit that `ref` names; undefined if there is none. */
export const commitOf = (root: string, ref: string): string | undefined =>
  git(root, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`)?.trim()

export const isAncestor = (root: string, older: string, newer: string): boolean =>
  git(root, 'merge-base', '--is-ancestor', older, newer) !== undefined
