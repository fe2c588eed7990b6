/**
 * Where V1 ends. docs/v1-schema.md says what a database holds after migrations.lock is applied up to this line; migrations that a team adds
 * after it change none of that. A test about V1 (its tables, its rows, what the README prints) uses this module. Every other test reads the
 * workspace, the plan or the catalogue, so that no test must be changed for an ordinary migration.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { discover } from '../packages/migrator/src/workspace/discover.ts'
import { formatLockfile, LOCKFILE, parseLockfile } from '../packages/migrator/src/workspace/lockfile.ts'
import { type WorkspaceCopy, workspaceCopy } from './workspace-copy.ts'

/** The last migration of V1. */
export const V1_LAST = 'streaming/005_track_reactions'

/** The migrations of a plan, or the lines of a lock file, that belong to V1. */
export function ofV1<M extends { readonly id: string }>(plan: readonly M[]): readonly M[] {
  const last = plan.findIndex(({ id }) => id === V1_LAST)
  if (last === -1) throw new Error(`The plan has no ${V1_LAST}, with which V1 ends (tools/v1.ts).`)
  return plan.slice(0, last + 1)
}

/**
 * The repository's domains as they were at V1: a workspace without the later migrations.
 *
 *     using v1 = v1Workspace()
 *     const { order } = await openWorkspace(v1.root)
 */
export function v1Workspace(): WorkspaceCopy {
  const copy = workspaceCopy()
  cutBackToV1(copy.root)
  return copy
}

/**
 * Brings a copy of the repository back to V1: removes later migrations, their lines in migrations.lock, and later domains. Generated files
 * stay as they are; `types` writes them again.
 */
export function cutBackToV1(root: string): void {
  const lockfile = join(root, LOCKFILE)
  const lines = ofV1(parseLockfile(readFileSync(lockfile, 'utf8')))
  writeFileSync(lockfile, formatLockfile(lines))
  const kept = new Set(lines.map(({ id }) => id))
  for (const { name, folder } of discover(root)) {
    if (!lines.some(({ id }) => id.startsWith(`${name}/`))) {
      rmSync(folder, { recursive: true })
      continue
    }
    const migrations = join(folder, 'src/migrations')
    const files = existsSync(migrations) ? readdirSync(migrations) : []
    for (const file of files) if (!kept.has(`${name}/${file.replace(/\.ts$/, '')}`)) rmSync(join(migrations, file))
  }
}
