/**
 * Numbered legacy SQL migrations → an archive folder with a manifest. Nothing is repaired, and nothing is lost: the manifest is written
 * first, then each file is copied, synced and renamed into place. The originals are removed only after all copies are there. If a run is
 * killed, the next run finishes its work.
 */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ArchiveCollisionError, ArchiveSameFileError, ArchiveSourceError } from './errors.ts'
import { type LegacyFile, listLegacy } from './files.ts'
import { assertApart, makeFolder } from './folders.ts'
import { MANIFEST, type Manifest, manifestOf, readManifest } from './manifest.ts'
import { place, syncFolder } from './place.ts'

export interface ArchivePlan {
  readonly from: string
  readonly to: string
  /** By number, then title, up before down. */
  readonly files: readonly LegacyFile[]
  /** Names in the source folder that are no numbered migrations: they stay there. */
  readonly others: readonly string[]
  readonly manifest: Manifest
}

/**
 * Finds out what would be moved; changes nothing.
 * Throws what assertApart and readManifest throw, ArchiveSourceError, ArchiveCollisionError.
 */
export function planArchive({ from, to }: { readonly from: string; readonly to: string }): ArchivePlan {
  assertApart({ from, to })
  const { files, others } = listLegacy(from)
  const before = readManifest(to)
  if (files.length === 0 && before.files.length === 0) {
    throw new ArchiveSourceError({ folder: from, problem: 'has no numbered SQL migration in it' })
  }
  const recorded = new Map(before.files.map(({ name, sha256 }) => [name, sha256]))
  // A copy that the manifest records was left by an interrupted run. Any other file with this name belongs to somebody else.
  const taken = files.filter(({ name, sha256 }) => {
    const there = lstatSync(join(to, name), { throwIfNoEntry: false })
    if (there === undefined) return false
    return !(there.isFile() && recorded.get(name) === sha256 && hashOf(join(to, name)) === sha256)
  })
  if (taken.length > 0) throw new ArchiveCollisionError({ folder: to, files: taken.map(({ name }) => name) })
  return { from, to, files, others, manifest: manifestOf([...before.files, ...files]) }
}

/**
 * Moves the planned files and returns the names of those that it moved. A file that changed since the plan stays.
 * The run may be killed after any step: each file is in at least one of the two folders at all times. Throws ArchiveSameFileError.
 */
export function archive({ from, to, files, manifest }: ArchivePlan): string[] {
  makeFolder(to)
  place(to, MANIFEST, `${JSON.stringify(manifest, undefined, 2)}\n`)
  for (const { name, sha256 } of files) {
    if (existsSync(join(to, name))) continue
    const content = readFileSync(join(from, name))
    if (digest(content) === sha256) place(to, name, content)
  }
  syncFolder(to)
  // An original is removed only if both files on the disk have the planned content.
  const moved = files
    .filter(({ name, sha256 }) => [to, from].every((folder) => hashOf(join(folder, name)) === sha256))
    .map(({ name }) => name)
  for (const name of moved) assertCopy(join(from, name), join(to, name))
  for (const name of moved) rmSync(join(from, name))
  syncFolder(from)
  return moved
}

/** Throws if the copy is the original under another name, or a link to it. */
function assertCopy(original: string, copy: string): void {
  const [one, other] = [lstatSync(original, { bigint: true }), lstatSync(copy, { bigint: true })]
  if (!other.isFile() || (one.dev === other.dev && one.ino === other.ino)) {
    throw new ArchiveSameFileError({ original, copy })
  }
}

const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

/** Undefined for a file that does not exist. */
const hashOf = (file: string): string | undefined => (existsSync(file) ? digest(readFileSync(file)) : undefined)
