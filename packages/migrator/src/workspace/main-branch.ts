/** What the main branch already has: migrations.lock at a commit, as git shows it. A repository without git has no base. */
import { InvalidOptionError } from '../errors.ts'
import { git } from './git.ts'
import { LOCKFILE, type LockLine } from './lockfile.ts'
import { readableLines } from './survey.ts'

export interface Base {
  /** As it was asked for: `origin/main`. */
  readonly ref: string
  readonly commit: string
  readonly lines: readonly LockLine[]
}

const MAIN = 'origin/main'

/** Without `ref`: where this branch left origin/main; a reason where there is none. Throws InvalidOptionError. */
export function readBase(root: string, ref: string | undefined): Base | { readonly missing: string } {
  const commit = git(
    root,
    ...(ref === undefined ? ['merge-base', 'HEAD', MAIN] : ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]),
  )
  if (commit === undefined) {
    if (ref !== undefined)
      throw new InvalidOptionError({ option: '--base', value: ref, expected: 'a commit that git knows here' })
    const isRepository = git(root, 'rev-parse', '--git-dir') !== undefined
    return { missing: isRepository ? `there is no ${MAIN}` : 'this is no git repository' }
  }
  const text = git(root, 'show', `${commit.trim()}:./${LOCKFILE}`) ?? ''
  return { ref: ref ?? MAIN, commit: commit.trim(), lines: readableLines(text) }
}
