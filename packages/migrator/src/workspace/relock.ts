/**
 * Makes the next lock file from the lock file and the migration files. Existing lines keep their place; new migrations are appended.
 * Pure, with two exceptions: `assertStable` renders migrations, and the default `editOf` asks git about an edited migration.
 */
import { whatEdited } from './edit.ts'
import { type Edit, EditedMigrationError, UnstableRenderingError } from './errors.ts'
import { appendOrder, type LockLine, verifyLockfile, withoutFile } from './lockfile.ts'
import { pairUp } from './renamed.ts'
import { type Rendered, renderMigration } from './render.ts'
import type { WorkspaceFiles } from './workspace.ts'

export interface LockChange {
  readonly lines: readonly LockLine[]
  /** Ids of the new lines, in their order. */
  readonly appended: readonly string[]
  /** Ids whose checksum is recorded again. */
  readonly updated: readonly string[]
  /** Ids whose line is removed, since the file is gone. */
  readonly dropped: readonly string[]
}

export interface LockOptions {
  /** True: edited migrations are recorded again and lines without a file are dropped. False: both are refused. */
  readonly update: boolean
  /** Finds what was edited, for the message of EditedMigrationError. Default: asks git. */
  readonly editOf?: (migration: Rendered, line: LockLine) => Edit
}

/** Throws EditedMigrationError, LockedWithoutFileError, LockfileOrderError. */
export function planLock(
  layout: WorkspaceFiles,
  rendered: readonly Rendered[],
  { update, editOf = (migration, line) => whatEdited(layout, migration, line) }: LockOptions,
): LockChange {
  const byId = new Map(rendered.map((migration) => [migration.id, migration]))
  const { renamed } = pairUp(layout.lock, rendered)
  const updated: string[] = []
  const dropped: string[] = []
  const kept = layout.lock.flatMap((line, index): LockLine[] => {
    const migration = byId.get(line.id)
    if (migration === undefined) {
      if (!update) throw withoutFile(line, index + 1, rendered, renamed.get(line))
      dropped.push(line.id)
      return []
    }
    if (migration.checksum === line.checksum) return [line]
    if (!update) {
      const edit = editOf(migration, line)
      throw new EditedMigrationError({ id: line.id, line: index + 1, file: migration.path, edit })
    }
    updated.push(line.id)
    return [{ id: line.id, checksum: migration.checksum }]
  })
  const locked = new Set(kept.map(({ id }) => id))
  const fresh = appendOrder(
    rendered.filter(({ id }) => !locked.has(id)),
    layout.graph,
  )
  const lines = [...kept, ...fresh.map(({ id, checksum }) => ({ id, checksum }))]
  verifyLockfile(lines, rendered, layout.graph)
  return { lines, appended: fresh.map(({ id }) => id), updated, dropped }
}

/** Renders the migrations again: a checksum is useful only if every rendering gives the same one. Throws UnstableRenderingError. */
export async function assertStable(migrations: readonly Rendered[]): Promise<void> {
  for (const migration of migrations) {
    if ((await renderMigration(migration)).checksum !== migration.checksum)
      throw new UnstableRenderingError({ id: migration.id })
  }
}
