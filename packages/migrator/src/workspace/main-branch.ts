/**
 * What the main branch already has: migrations.lock at a commit, as git shows it. If git cannot show the file, the answer is the exact
 * reason and what to do about it, so that a command reports that the main branch is unknown, instead of treating it as empty.
 */
import { InvalidOptionError } from '../errors.ts'
import { askGit, commitOf, git } from './git.ts'
import { LOCKFILE, type LockLine } from './lockfile.ts'
import { readableLines } from './survey.ts'

export interface Base {
  /** The name that the commit was asked for by: `origin/main`. */
  readonly ref: string
  readonly commit: string
  readonly lines: readonly LockLine[]
}

export interface NoBase {
  /** Part of a sentence: `there is no origin/main in this clone`. */
  readonly missing: string
  /** Whole sentences, with the command to run; empty if the only remedy is to name a commit with `--base`. */
  readonly remedy: string
}

const MAIN = 'origin/main'
/** The full name, since a local branch may be called origin/main as well. */
export const MAIN_REF = `refs/remotes/${MAIN}`

const FETCH = `origin main:${MAIN_REF}`

/** Without `ref`: the commit where this branch left origin/main. Throws InvalidOptionError for a `ref` that git does not know. */
export function readBase(root: string, ref: string | undefined): Base | NoBase {
  if (ref !== undefined) return readLines(root, ref, commitAsked(root, ref))
  const commit = git(root, 'merge-base', 'HEAD', MAIN_REF)?.trim()
  return commit === undefined ? whyNoBase(root) : readLines(root, MAIN, commit)
}

/** The hash of the commit that `--base` names. Throws InvalidOptionError if git does not know it. */
export function commitAsked(root: string, ref: string): string {
  const commit = commitOf(root, ref)
  if (commit !== undefined) return commit
  throw new InvalidOptionError({ option: '--base', value: ref, expected: 'a commit that git knows here' })
}

/** A commit without migrations.lock has no lines. If git cannot show the file of the commit, the answer is NoBase. */
function readLines(root: string, ref: string, commit: string): Base | NoBase {
  const text = textAt(root, commit)
  if (text.ok) return { ref, commit, lines: readableLines(text.text) }
  return {
    missing: `git cannot show ${LOCKFILE} of ${ref} (${text.words})`,
    remedy: `See what it says (git show ${commit.slice(0, 10)}:./${LOCKFILE}).`,
  }
}

function textAt(root: string, commit: string): ReturnType<typeof askGit> {
  const shown = askGit(root, 'show', `${commit}:./${LOCKFILE}`)
  if (shown.ok) return shown
  const listed = askGit(root, 'ls-tree', '--name-only', commit, '--', LOCKFILE)
  return listed.ok && listed.text === '' ? listed : shown
}

/** The lines of migrations.lock at a commit, in their order; none if the commit has no such file or git cannot show it. */
export function linesOf(root: string, commit: string): readonly LockLine[] {
  const shown = textAt(root, commit)
  return shown.ok ? readableLines(shown.text) : []
}

export const idsOf = (root: string, commit: string): readonly string[] => linesOf(root, commit).map(({ id }) => id)

function whyNoBase(root: string): NoBase {
  const folder = askGit(root, 'rev-parse', '--git-dir')
  if (!folder.ok) return noRepository(root, folder.words)
  if (commitOf(root, 'HEAD') === undefined) {
    return { missing: 'the current branch has no commit yet', remedy: 'Commit what is there.' }
  }
  const isShallow = git(root, 'rev-parse', '--is-shallow-repository')?.trim() === 'true'
  if (commitOf(root, MAIN_REF) === undefined) return notFetched(root, isShallow)
  if (!isShallow) return { missing: `HEAD and ${MAIN} have no commit in common`, remedy: '' }
  return {
    missing: `the clone is shallow and ends before the commit where this branch left ${MAIN}`,
    remedy: 'Fetch the rest of the history (git fetch --unshallow).',
  }
}

function noRepository(root: string, words: string | undefined): NoBase {
  if (words === undefined)
    return { missing: 'git is not installed', remedy: 'Install git, in a container image as well.' }
  if (/not a git repository/.test(words))
    return { missing: 'this is no git repository', remedy: 'Run it in a clone, not in a copy of its files.' }
  if (!/dubious ownership/.test(words))
    return { missing: `git refuses to answer (${words})`, remedy: `See what it says (git -C ${root} status).` }
  return {
    missing: 'git refuses to answer, since the repository belongs to another user',
    remedy: `If you trust it, tell git so (git config --global --add safe.directory ${root}).`,
  }
}

function notFetched(root: string, isShallow: boolean): NoBase {
  if (git(root, 'config', '--get', 'remote.origin.url') === undefined)
    return { missing: `there is no ${MAIN}, since this repository has no remote called origin`, remedy: '' }
  const named = git(root, 'symbolic-ref', '--short', 'refs/remotes/origin/HEAD')?.trim()
  if (named !== undefined && named !== MAIN && commitOf(root, named) !== undefined) {
    return {
      missing: `there is no ${MAIN}, since the main branch of origin is called ${named}`,
      remedy: `Name the commit where this branch left it (--base "$(git merge-base HEAD ${named})").`,
    }
  }
  return {
    missing: `there is no ${MAIN} in this clone`,
    remedy: `Fetch it (git fetch ${isShallow ? '--unshallow ' : ''}${FETCH}).`,
  }
}
