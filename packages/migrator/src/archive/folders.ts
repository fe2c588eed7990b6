/** The two folders of an archive run: they must be real folders, and neither the same nor nested, however their paths are spelled. */
import { existsSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { ArchiveNestedError, ArchiveSameFolderError, ArchiveSourceError, ArchiveTargetError } from './errors.ts'
import { syncFolder } from './place.ts'

/** Throws ArchiveSourceError, ArchiveTargetError, ArchiveSameFolderError, ArchiveNestedError. */
export function assertApart({ from, to }: { readonly from: string; readonly to: string }): void {
  if (!existsSync(from)) throw new ArchiveSourceError({ folder: from, problem: 'does not exist' })
  if (!statSync(from).isDirectory()) throw new ArchiveSourceError({ folder: from, problem: 'is not a folder' })
  const source = realpathSync.native(from)
  const target = realTarget(to)
  if (source === target) throw new ArchiveSameFolderError({ folder: from })
  // If one folder were inside the other, the next run would find one of them as an entry of the other.
  if (isInside(source, target)) throw new ArchiveNestedError({ inner: from, outer: to })
  if (isInside(target, source)) throw new ArchiveNestedError({ inner: to, outer: from })
}

/** The real path of a folder that may not exist yet: that of its nearest existing ancestor, and the rest as written. */
function realTarget(to: string): string {
  let nearest = to
  let missing: string | undefined
  while (!existsSync(nearest)) {
    missing = nearest
    nearest = dirname(nearest)
  }
  if (!statSync(nearest).isDirectory()) throw new ArchiveTargetError({ folder: to, file: nearest, problem: 'a file' })
  if (missing !== undefined && lstatSync(missing, { throwIfNoEntry: false }) !== undefined)
    throw new ArchiveTargetError({ folder: to, file: missing, problem: 'a link whose target does not exist' })
  return join(realpathSync.native(nearest), relative(nearest, to))
}

const isInside = (inner: string, outer: string): boolean =>
  inner.startsWith(outer.endsWith(sep) ? outer : `${outer}${sep}`)

/** Makes the folder and its parents and syncs each to the disk: if a power cut removed a folder, the files in it would be lost. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined) return
  const above = dirname(first)
  let made = folder
  while (made !== above && dirname(made) !== made) {
    syncFolder(made)
    made = dirname(made)
  }
  syncFolder(above)
}
