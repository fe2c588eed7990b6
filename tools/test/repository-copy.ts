/** A copy of the repository like a fresh clone, but with the files that are not committed yet. */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/** If the file system can do it, a copied file takes no room until it is changed. */
const FICLONE = constants.COPYFILE_FICLONE

export interface RepositoryCopy extends Disposable {
  readonly root: string
  /** Paths that were changed or added since the copy was made, without those that Git ignores. */
  changed(): string[]
}

export interface CopyOptions {
  /**
   * `linked`: a link to this repository's node_modules, and so to this repository's packages. `own`: a copy, as `npm ci` would make it, of
   * half a gigabyte, for tests that add packages or run the copy's code.
   */
  readonly modules: 'linked' | 'own'
  /** Changes the files before they are committed. */
  readonly prepare?: (root: string) => void
}

/** A Git repository whose one commit is origin/main, so that what is added afterwards is new to `check`. */
export function repositoryCopy({ modules, prepare }: CopyOptions): RepositoryCopy {
  const root = mkdtempSync(join(tmpdir(), 'veza-copy-'))
  // If the tests run as root, PostgreSQL runs as another user, who must be able to enter this folder.
  chmodSync(root, 0o755)
  const git = (cwd: string, ...args: string[]): string => execFileSync('git', args, { cwd, encoding: 'utf8' })
  for (const file of git(REPOSITORY, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')) {
    // A file that was removed but not committed yet is still listed.
    if (file !== '' && existsSync(join(REPOSITORY, file))) cpSync(join(REPOSITORY, file), join(root, file))
  }
  for (const folder of globSync(['node_modules', '*/node_modules', 'packages/*/node_modules'], { cwd: REPOSITORY })) {
    const [from, to] = [join(REPOSITORY, folder), join(root, folder)]
    if (modules === 'linked') symlinkSync(from, to, 'junction')
    // npm compares file times to see whether node_modules still matches the tree that it recorded.
    else cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode: FICLONE })
  }
  prepare?.(root)
  git(root, 'init', '--quiet', '--initial-branch=main')
  // The entry in the project's .gitignore matches only a folder, and node_modules may be a link.
  appendFileSync(join(root, '.git/info/exclude'), 'node_modules\n')
  git(root, 'add', '--all')
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgSign=false']
  git(root, ...author, 'commit', '--quiet', '--no-verify', '--message=base')
  git(root, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
  return {
    root,
    changed: () =>
      git(root, 'status', '--porcelain', '--untracked-files=all', '--no-renames')
        .split('\n')
        .map((line) => line.slice(3))
        .filter((path) => path !== '')
        .sort(),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
