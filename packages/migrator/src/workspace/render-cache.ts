/**
 * The rendered plan, kept between runs, so that a run with nothing new imports neither the migrations nor Kysely: most of a start-up.
 * Sound before it is fast: an entry counts only under the key of all that rendering depends on (render-key.ts), only where its checksum
 * is the one that migrations.lock records, and is kept only of modules that could be watched while they were loaded (module-watch.ts).
 * A cache that is missing, damaged, of another key or not writable is no error: what it lacks is rendered, as without it.
 */
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { LOCAL_FOLDER } from './discover.ts'
import { type Direction, loadMigration, type MigrationFile, type Step } from './load.ts'
import type { LockLine } from './lockfile.ts'
import type { Rendered } from './render.ts'
import { replaceFile } from './replace-file.ts'

/** All of a rendered migration but what its file name says and its functions. */
type Kept = Omit<Rendered, keyof MigrationFile | Direction> & {
  readonly id: string
  readonly hasDown: boolean
}

/** Where it can be kept: in the first of these that can be written. */
export const renderCacheFiles = (root: string): readonly [string, string] => [
  join(root, LOCAL_FOLDER, 'cache', 'rendered'),
  join(root, 'node_modules', '.cache', 'veza-migrator', 'rendered'),
]

/** What a cache knows under a key, by id; of what stands in `lock` only. */
export function readRenderCache(
  root: string,
  key: string,
  files: readonly MigrationFile[],
  lock: readonly LockLine[],
): Map<string, Rendered> {
  const kept = new Map(
    renderCacheFiles(root)
      .flatMap((file) => readKept(file, key))
      .map((entry) => [entry.id, entry]),
  )
  const checksums = new Map(lock.map(({ id, checksum }) => [id, checksum]))
  return new Map(
    files.flatMap((file): [string, Rendered][] => {
      const entry = kept.get(file.id)
      return entry !== undefined && entry.checksum === checksums.get(file.id) ? [[file.id, revived(file, entry)]] : []
    }),
  )
}

/** Keeps those that migrations.lock records and whose values survive being written down. */
export function writeRenderCache(
  root: string,
  key: string,
  rendered: readonly Rendered[],
  lock: readonly LockLine[],
): void {
  const checksums = new Map(lock.map(({ id, checksum }) => [id, checksum]))
  const entries = rendered
    .filter(({ id, checksum }) => checksums.get(id) === checksum)
    .map(kept)
    .filter(isPlain)
  const body = serialize({ key, entries })
  const content = Buffer.concat([digest(body), body])
  const [own, installed] = renderCacheFiles(root)
  if (!(isOwner(root) && keep(own, content))) keep(installed, content)
}

/** A `.veza` that somebody else made, root perhaps, would shut the workspace's owner out of the embedded database in it. */
const isOwner = (root: string): boolean => process.getuid === undefined || statSync(root).uid === process.getuid()

const digest = (body: Buffer): Buffer => createHash('sha256').update(body).digest()
const DIGEST_BYTES = 32

function readKept(file: string, key: string): readonly Kept[] {
  try {
    const content = readFileSync(file)
    const body = content.subarray(DIGEST_BYTES)
    if (!digest(body).equals(content.subarray(0, DIGEST_BYTES))) return []
    const found = deserialize(body) as { readonly key: string; readonly entries: readonly Kept[] }
    return found.key === key ? found.entries : []
  } catch {
    return []
  }
}

/** Answers whether it could be written. */
function keep(file: string, content: Buffer): boolean {
  try {
    const folder = dirname(file)
    const first = mkdirSync(folder, { recursive: true })
    // `.veza` is the embedded server's too, which may run as another user: whatever the umask, it has to be passable.
    if (first !== undefined && first !== folder) chmodSync(first, 0o755)
    replaceFile(file, content)
    return true
  } catch {
    return false
  }
}

function kept(migration: Rendered): Kept {
  const { domain, name, number, file, path, up, down, ...data } = migration
  return { ...data, hasDown: down !== undefined }
}

function revived(file: MigrationFile, { hasDown, ...data }: Kept): Rendered {
  return { ...data, ...file, up: onDemand(file, 'up'), down: hasDown ? onDemand(file, 'down') : undefined }
}

/** Imports its module when it is run. */
const onDemand =
  (file: MigrationFile, direction: Direction): Step =>
  async (db) => {
    const loaded = await loadMigration(file)
    await (loaded[direction] as Step)(db)
  }

/** What is read back as it was. A class of somebody's own would come back without its methods, which pg may ask. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false
  if (typeof value !== 'object' || value === null) return true
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Date.prototype || prototype === Buffer.prototype) return true
  return (prototype === Array.prototype || prototype === Object.prototype) && Object.values(value).every(isPlain)
}
