/** Real repositories for tests: a workspace under git with a bare remote beside it, untouched by whatever git is configured to do here. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FixtureWorkspace } from './fixture-workspace.ts'

/** Nothing of the machine's own git decides: no user's settings, no repository that a hook runs for. */
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_EDITOR: 'true',
}

const SETTINGS = [
  'user.name=team',
  'user.email=team@example.org',
  'init.defaultBranch=main',
  'advice.detachedHead=false',
]

export function tryGit(folder: string, ...args: readonly string[]): { readonly status: number; readonly said: string } {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting])
  const { status, stdout, stderr } = spawnSync('git', [...settings, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: environment,
  })
  return { status: status as number, said: `${stdout}${stderr}` }
}

/** Answers what git says; throws where it fails. */
export function git(folder: string, ...args: readonly string[]): string {
  const { status, said } = tryGit(folder, ...args)
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${said}`)
  return said.trim()
}

export function commitAll({ root }: FixtureWorkspace, message: string): void {
  git(root, 'add', '--all')
  git(root, 'commit', '--quiet', '--message', message)
}

/** Puts all that is there on the branch main as its first commit. `union`: as this repository merges migrations.lock. */
export function initialise(workspace: FixtureWorkspace, { union = true }: { readonly union?: boolean } = {}): void {
  workspace.write('.gitignore', 'node_modules\n.veza\n')
  if (union) workspace.write('.gitattributes', 'migrations.lock merge=union\n')
  git(workspace.root, 'init', '--quiet')
  commitAll(workspace, 'V1')
}

export interface Remote extends Disposable {
  readonly folder: string
}

/** A bare repository that is the workspace's origin, and has its main. */
export function withRemote({ root }: FixtureWorkspace): Remote {
  const folder = mkdtempSync(join(tmpdir(), 'veza-remote-'))
  git(folder, 'init', '--quiet', '--bare')
  git(root, 'remote', 'add', 'origin', folder)
  git(root, 'push', '--quiet', '--set-upstream', 'origin', 'main')
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}
