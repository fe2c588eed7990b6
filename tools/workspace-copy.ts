/** A copy of the repository's domains and their lock file in a new folder: a workspace that a test may change. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Domain, discover } from '../packages/migrator/src/workspace/discover.ts'
import { LOCKFILE } from '../packages/migrator/src/workspace/lockfile.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))

export interface WorkspaceCopy extends Disposable {
  readonly root: string
}

const isSource = (path: string): boolean => !/[/\\](node_modules|dist)$/.test(path)

export function workspaceCopy(): WorkspaceCopy {
  const root = mkdtempSync(join(tmpdir(), 'veza-copy-'))
  // If the tests run as root, PostgreSQL runs as another user: where that one cannot enter, its data would be left behind in /var/tmp.
  chmodSync(root, 0o755)
  const domains = discover(REPOSITORY)
  const paths = [
    'package.json',
    'package-lock.json',
    'tsconfig.base.json',
    LOCKFILE,
    ...domains.map(({ path }) => path),
  ]
  for (const path of paths) cpSync(join(REPOSITORY, path), join(root, path), { recursive: true, filter: isSource })
  linkModules(root, domains)
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}

/** Makes node_modules as npm would: links to everything that is installed, and to the copy's own domains under their names. */
function linkModules(root: string, domains: readonly Domain[]): void {
  const link = (target: string, name: string) => {
    mkdirSync(dirname(join(root, 'node_modules', name)), { recursive: true })
    symlinkSync(target, join(root, 'node_modules', name), 'junction')
  }
  const scopes = new Set(domains.map(({ packageName }) => dirname(packageName)))
  for (const name of readdirSync(join(REPOSITORY, 'node_modules')))
    if (!scopes.has(name)) link(join(REPOSITORY, 'node_modules', name), name)
  for (const { path, packageName } of domains) link(join(root, path), packageName)
}
