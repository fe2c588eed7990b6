/** The files of the workspace → migrations.lock. The migrations are rendered and compared with it; it is written unless `check` is set. */
import { join } from 'node:path'
import { formatLockfile, LOCKFILE } from './lockfile.ts'
import { assertStable, type LockChange, planLock } from './relock.ts'
import { replaceFile } from './replace-file.ts'
import { readWorkspaceFiles, renderAll } from './workspace.ts'

export interface RecordOptions {
  /** Also record migrations that were edited, and drop lines whose file is gone. */
  readonly update: boolean
  /** Write nothing. */
  readonly check: boolean
}

/** Throws what readWorkspaceFiles, renderAll, planLock and assertStable throw. */
export async function recordMigrations(from: string, { update, check }: RecordOptions): Promise<LockChange> {
  const files = readWorkspaceFiles(from)
  const rendered = await renderAll(files.files)
  const change = planLock(files, rendered, { update })
  const recorded = new Set([...change.appended, ...change.updated])
  await assertStable(rendered.filter(({ id }) => recorded.has(id)))
  const text = formatLockfile(change.lines)
  if (!check && recorded.size + change.dropped.length > 0) replaceFile(join(files.root, LOCKFILE), text)
  return change
}
