/** `manifest.json` of an archive: its files in the order in which they once ran, and irregularities in their versions. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArchiveManifestError } from './errors.ts'
import type { LegacyFile } from './files.ts'
import { type Gaps, gapsIn } from './gaps.ts'
import { type Duplicate, duplicatesIn, unpairedIn } from './halves.ts'
import { inOrder } from './order.ts'
import { namingOf, numberOf, type Scheme, schemeNames } from './schemes.ts'

export const MANIFEST = 'manifest.json'

export interface Manifest extends Gaps {
  readonly version: 1
  /** How many files follow each naming scheme. With several, `order` is one scheme after the other: how they ran together, no name says. */
  readonly schemes: readonly { readonly scheme: Scheme; readonly files: number }[]
  readonly files: readonly (LegacyFile & { readonly order: number })[]
  readonly duplicates: readonly Duplicate[]
  /** Up files without a down file, and down files without an up file. */
  readonly unpaired: readonly string[]
}

export function manifestOf(all: readonly LegacyFile[]): Manifest {
  const files = [...new Map(all.map((file) => [file.name, file])).values()].sort(inOrder)
  const byScheme = Map.groupBy(files, ({ scheme }) => scheme)
  return {
    version: 1,
    schemes: [...byScheme].map(([scheme, own]) => ({ scheme, files: own.length })),
    files: files.map((file, index) => ({ order: index + 1, ...file })),
    duplicates: duplicatesIn(files),
    ...gapsIn(files),
    unpaired: unpairedIn(files),
  }
}

/** The manifest of a folder; an empty one if the folder has none. Throws ArchiveManifestError if the file is not a manifest. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, MANIFEST)
  if (!existsSync(file)) return manifestOf([])
  let found: unknown
  try {
    found = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ArchiveManifestError({ file, problem: 'cannot be read as JSON' }, error)
  }
  if (!isRecord(found) || !Array.isArray(found.files) || !found.files.every(isFile)) {
    throw new ArchiveManifestError({ file, problem: 'does not list archived files' })
  }
  if (found.version !== 1) throw new ArchiveManifestError({ file, problem: 'has no "version": 1' })
  // A manifest of an earlier version says nothing of schemes.
  return manifestOf(
    found.files.map((file) => ({ ...namingOf(file.name)!, number: numberOf(namingOf(file.name)!.version), ...file })),
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A file whose name follows no scheme was never archived: it may also be a path that leads out of the folder. */
const isFile = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value.name === 'string' &&
  namingOf(value.name) !== undefined &&
  typeof value.title === 'string' &&
  (value.number === null || Number.isInteger(value.number)) &&
  (value.scheme === undefined || schemeNames.some((name) => name === value.scheme)) &&
  (typeof (value.version ?? null) === 'string' || (value.version ?? null) === null) &&
  Number.isInteger(value.bytes) &&
  ['up', 'down', 'single'].includes(value.direction as string) &&
  /^[0-9a-f]{64}$/.test(String(value.sha256)) &&
  (value.about === null || typeof value.about === 'string')
