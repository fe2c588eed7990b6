/** The repository's domains, their lock file and nothing else, in a folder of their own: a workspace that a test may change. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { discover } from '../src/workspace/discover.ts'
import { LOCKFILE } from '../src/workspace/lockfile.ts'
import { REPOSITORY } from './fixture-workspace.ts'

export interface WorkspaceCopy extends Disposable {
  readonly root: string
}

const isSource = (path: string): boolean => !/[/\\](node_modules|dist)$/.test(path)

export function workspaceCopy(): WorkspaceCopy {
  const root = mkdtempSync(join(tmpdir(), 'veza-copy-'))
  for (const path of ['package.json', 'tsconfig.base.json', LOCKFILE, ...discover(REPOSITORY).map(({ path }) => path)])
    cpSync(join(REPOSITORY, path), join(root, path), { recursive: true, filter: isSource })
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction')
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}
