/** Questions to git, asked in the workspace. Git may be missing, refuse, or know no such thing: that is an answer, not an exception. */
import { spawnSync } from 'node:child_process'

export type GitAnswer =
  | { readonly ok: true; readonly text: string }
  /** `words`: the first line that git wrote about it; undefined where git could not be started. */
  | { readonly ok: false; readonly words: string | undefined }

/** Within a hook these name the repository that the hook runs for, which need not be the one that is asked about. */
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
  // Its words are read here, so they are asked for in English.
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

/** Undefined where git is missing, refuses, or knows no such thing. */
export function git(root: string, ...args: readonly string[]): string | undefined {
  const answer = askGit(root, ...args)
  return answer.ok ? answer.text : undefined
}

/** The whole name of the commit; undefined where there is none. */
export const commitOf = (root: string, ref: string): string | undefined =>
  git(root, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`)?.trim()

export const isAncestor = (root: string, older: string, newer: string): boolean =>
  git(root, 'merge-base', '--is-ancestor', older, newer) !== undefined
