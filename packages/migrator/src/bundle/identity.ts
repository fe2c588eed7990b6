/** Where a bundle comes from, as git and migrations.lock say it: the same for the same commit, on any machine and at any time. */
import { createHash } from 'node:crypto'
import type { BundleIdentity } from '../bundle-identity.ts'
import { toolVersion } from '../version.ts'
import { git } from '../workspace/git.ts'
import { formatLockfile, LOCKFILE } from '../workspace/lockfile.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** `file`: the name of the bundle's file. */
export function identityOf({ root, domains, lock }: Workspace, file: string): BundleIdentity {
  const [commit, seconds] = git(root, 'log', '-1', '--format=%H %ct')?.trim().split(' ') ?? []
  const paths = [LOCKFILE, ...domains.map(({ path }) => path)]
  return {
    file,
    toolVersion,
    commit,
    committedAt: seconds === undefined ? undefined : `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z`,
    isModified: (git(root, 'status', '--porcelain', '--', ...paths) ?? '') !== '',
    plan: createHash('sha256').update(formatLockfile(lock)).digest('hex'),
    migrations: lock.length,
  }
}
