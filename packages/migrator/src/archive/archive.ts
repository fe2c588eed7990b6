/**
 * Numbered legacy SQL migrations → an archive folder with a manifest. Nothing is repaired, and nothing is lost: the manifest is written
 * first, each file is copied, synced and renamed into place, and only when all are there are the originals removed. A run that was
 * killed in between is finished by the next.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { ArchiveCollisionError, ArchiveSameFolderError, ArchiveSourceError } from '../audit/errors.ts'
import { type LegacyFile, listLegacy } from './files.ts'
import { MANIFEST, type Manifest, manifestOf, readManifest } from './manifest.ts'

export interface ArchivePlan {
  readonly from: string
  readonly to: string
  /** In their order. */
  readonly files: readonly LegacyFile[]
  /** What lies in the source folder and is no numbered migration: it stays. */
  readonly others: readonly string[]
  readonly manifest: Manifest
}

/**
 * What would be moved; changes nothing.
 * Throws ArchiveSourceError, ArchiveSameFolderError, ArchiveCollisionError.
 */
export function planArchive({ from, to }: { readonly from: string; readonly to: string }): ArchivePlan {
  if (from === to) throw new ArchiveSameFolderError({ folder: from })
  if (!existsSync(from)) throw new ArchiveSourceError({ folder: from, problem: 'does not exist' })
  const { files, others } = listLegacy(from)
  const before = readManifest(to)
  if (files.length === 0 && before.files.length === 0) {
    throw new ArchiveSourceError({ folder: from, problem: 'holds no numbered SQL migration' })
  }
  const recorded = new Map(before.files.map(({ name, sha256 }) => [name, sha256]))
  // The same file under a name that the manifest has is what an interrupted run left: any other is somebody's.
  const taken = files.filter(({ name, sha256 }) => {
    const there = join(to, name)
    return existsSync(there) && !(recorded.get(name) === sha256 && hashOf(there) === sha256)
  })
  if (taken.length > 0) throw new ArchiveCollisionError({ folder: to, files: taken.map(({ name }) => name) })
  return { from, to, files, others, manifest: manifestOf([...before.files, ...files]) }
}

/** Moves the planned files. Each step can be the last one: what is in neither folder does not exist. */
export function archive({ from, to, files, manifest }: ArchivePlan): void {
  mkdirSync(to, { recursive: true })
  place(to, MANIFEST, `${JSON.stringify(manifest, undefined, 2)}\n`)
  for (const { name, sha256 } of files) {
    const there = join(to, name)
    if (existsSync(there) && hashOf(there) === sha256) continue
    place(to, name, readFileSync(join(from, name)))
  }
  syncFolder(to)
  for (const { name, sha256 } of files) {
    // What is on the disk, not what was meant to be, decides whether the original may go.
    if (hashOf(join(to, name)) === sha256) rmSync(join(from, name))
  }
  syncFolder(from)
}

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** Whole or not at all, and on the disk when it returns. */
function place(folder: string, name: string, content: string | Buffer): void {
  const part = join(folder, `.${name}.part`)
  const file = openSync(part, 'w')
  try {
    const bytes = Buffer.from(content)
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(part, join(folder, name))
}

/** Windows cannot open a folder, and needs no sync of it. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
