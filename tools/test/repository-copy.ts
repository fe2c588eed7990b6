/** The repository as a fresh clone would have it, uncommitted files included. */
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

/** Where the file system can: a copy that takes no room until it is changed. */
const FICLONE = constants.COPYFILE_FICLONE

export interface RepositoryCopy extends Disposable {
  readonly root: string
  /** Paths that differ from what the copy began with, and new ones; what Git ignores is left out. */
  changed(): string[]
}

export interface CopyOptions {
  /**
   * `linked`: a link to this repository's node_modules, and with it to this repository's packages. `own`: as `npm ci` would have made it,
   * half a gigabyte, for tests that add packages or run the copy's code.
   */
  readonly modules: 'linked' | 'own'
  /** Changes the files before they are committed. */
  readonly prepare?: (root: string) => void
}

/** A Git repository whose one commit is origin/main, so that what is added afterwards is new to `check`. */
export function repositoryCopy({ modules, prepare }: CopyOptions): RepositoryCopy {
  const root = mkdtempSync(join(tmpdir(), 'veza-copy-'))
  // Started as root, its PostgreSQL servers run as another user, who has to pass this folder.
  chmodSync(root, 0o755)
  const git = (cwd: string, ...args: string[]): string => execFileSync('git', args, { cwd, encoding: 'utf8' })
  for (const file of git(REPOSITORY, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')) {
    // A file that was removed but not committed yet is still listed.
    if (file !== '' && existsSync(join(REPOSITORY, file))) cpSync(join(REPOSITORY, file), join(root, file))
  }
  for (const folder of globSync(['node_modules', '*/node_modules', 'packages/*/node_modules'], { cwd: REPOSITORY })) {
    const [from, to] = [join(REPOSITORY, folder), join(root, folder)]
    if (modules === 'linked') symlinkSync(from, to, 'junction')
    // npm tells by the times whether the tree is still the one that it wrote down.
    else cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode: FICLONE })
  }
  prepare?.(root)
  git(root, 'init', '--quiet', '--initial-branch=main')
  // The project's own .gitignore names folders, not links.
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
