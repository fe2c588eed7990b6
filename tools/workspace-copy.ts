/** The repository's domains, their lock file and nothing else, in a folder of their own: a workspace that a test may change. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { discover } from '../packages/migrator/src/workspace/discover.ts'
import { LOCKFILE } from '../packages/migrator/src/workspace/lockfile.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))

export interface WorkspaceCopy extends Disposable {
  readonly root: string
}

const isSource = (path: string): boolean => !/[/\\](node_modules|dist)$/.test(path)

export function workspaceCopy(): WorkspaceCopy {
  const root = mkdtempSync(join(tmpdir(), 'veza-copy-'))
  const domains = discover(REPOSITORY).map(({ path }) => path)
  for (const path of ['package.json', 'tsconfig.base.json', LOCKFILE, ...domains])
    cpSync(join(REPOSITORY, path), join(root, path), { recursive: true, filter: isSource })
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction')
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}
