/**
 * Legacy SQL migrations → an archive folder with a manifest. Nothing is repaired, and nothing is lost: the manifest is written first, then
 * each file is copied, synced and renamed into place. The originals are removed only after all copies are there. If a run is killed, the
 * next run finishes its work.
 */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ArchiveCollisionError, ArchiveSameFileError, ArchiveSourceError } from './errors.ts'
import { type LegacyFile, listLegacy } from './files.ts'
import { assertApart, makeFolder } from './folders.ts'
import type { Left } from './left.ts'
import { MANIFEST, type Manifest, manifestOf, readManifest } from './manifest.ts'
import { place, syncFolder } from './place.ts'

export interface ArchivePlan {
  readonly from: string
  readonly to: string
  /** In their order, see inOrder. */
  readonly files: readonly LegacyFile[]
  /** Names in the source folder that are no SQL migrations: they stay there. */
  readonly others: readonly string[]
  /** The same names, each with the reason. */
  readonly left: readonly Left[]
  readonly manifest: Manifest
}

/**
 * Finds out what would be moved; changes nothing.
 * Throws what assertApart and readManifest throw, ArchiveSourceError, ArchiveCollisionError.
 */
export function planArchive({ from, to }: { readonly from: string; readonly to: string }): ArchivePlan {
  assertApart({ from, to })
  const listed = listLegacy(from)
  const { files } = listed
  const before = readManifest(to)
  if (files.length === 0 && before.files.length === 0) throw new ArchiveSourceError({ folder: from, problem: NOTHING })
  const recorded = new Map(before.files.map(({ name, sha256 }) => [name, sha256]))
  // A copy that the manifest records was left by an interrupted run. Any other file with this name belongs to somebody else.
  const taken = files.filter(({ name, sha256 }) => {
    if (isBlocked(to, dirname(name))) return true
    const there = lstatSync(join(to, name), { throwIfNoEntry: false })
    if (there === undefined) return false
    return !(there.isFile() && recorded.get(name) === sha256 && hashOf(join(to, name)) === sha256)
  })
  if (taken.length > 0) throw new ArchiveCollisionError({ folder: to, files: taken.map(({ name }) => name) })
  const manifest = manifestOf([...before.files, ...files])
  const emptied = new Set(foldersOf(manifest.files))
  const left = listed.left.filter(({ name }) => !emptied.has(name))
  return { from, to, files, others: left.map(({ name }) => name), left, manifest }
}

const NOTHING = 'has no SQL migration in it whose name follows a known scheme'

/** Whether something other than a real folder stands where the folder of a migration would be made. */
function isBlocked(to: string, folder: string): boolean {
  if (folder === '.') return false
  const there = lstatSync(join(to, folder), { throwIfNoEntry: false })
  return there !== undefined && !there.isDirectory()
}

/** The folders of migrations that have one each, such as Prisma's. */
const foldersOf = (files: readonly LegacyFile[]): string[] =>
  [...new Set(files.map(({ name }) => dirname(name)))].filter((folder) => folder !== '.')

/**
 * Moves the planned files and returns the names of those that it moved. A file that changed since the plan stays.
 * The run may be killed after any step: each file is in at least one of the two folders at all times. Throws ArchiveSameFileError.
 */
export function archive({ from, to, files, manifest }: ArchivePlan): string[] {
  makeFolder(to)
  place(to, MANIFEST, `${JSON.stringify(manifest, undefined, 2)}\n`)
  const folders = foldersOf(files)
  for (const folder of folders) makeFolder(join(to, folder))
  for (const { name, sha256 } of files) {
    if (existsSync(join(to, name))) continue
    const content = readFileSync(join(from, name))
    if (digest(content) === sha256) place(to, name, content)
  }
  for (const folder of ['.', ...folders]) syncFolder(join(to, folder))
  // An original is removed only if both files on the disk have the planned content.
  const moved = files
    .filter(({ name, sha256 }) => [to, from].every((folder) => hashOf(join(folder, name)) === sha256))
    .map(({ name }) => name)
  for (const name of moved) assertCopy(join(from, name), join(to, name))
  for (const name of moved) rmSync(join(from, name))
  // Also those that a killed run has emptied and not yet removed.
  for (const folder of foldersOf(manifest.files)) removeIfEmpty(join(from, folder))
  syncFolder(from)
  return moved
}

function removeIfEmpty(folder: string): void {
  const there = lstatSync(folder, { throwIfNoEntry: false })
  if (there?.isDirectory() && readdirSync(folder).length === 0) rmdirSync(folder)
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
