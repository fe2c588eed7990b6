/** The repository as a fresh clone would have it, uncommitted files included, with the installed node_modules beside it. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

export interface RepositoryCopy extends Disposable {
  readonly root: string
}

export function repositoryCopy(): RepositoryCopy {
  const root = mkdtempSync(join(tmpdir(), 'veza-copy-'))
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  })
  for (const file of listed.split('\0')) {
    // A file that was removed but not committed yet is still listed.
    if (file !== '' && existsSync(join(REPOSITORY, file))) cpSync(join(REPOSITORY, file), join(root, file))
  }
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction')
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}
