/**
 * The rendered plan, kept between runs: a run with nothing new imports neither the migrations nor Kysely, which would take most of the
 * start-up. An entry is used only if the key of everything that rendering depends on is the same (render-key.ts) and migrations.lock
 * records its checksum. It is kept only if all its modules were watched while they were loaded (module-watch.ts).
 * A cache that is missing, damaged, of another key or not writable is no error: the missing migrations are rendered.
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

/** A rendered migration without its functions and without the properties that its file name gives, except `id`. */
type Kept = Omit<Rendered, keyof MigrationFile | Direction> & {
  readonly id: string
  readonly hasDown: boolean
}

/** The places for the cache. It is written to the first one that can be written. */
export const renderCacheFiles = (root: string): readonly [string, string] => [
  join(root, LOCAL_FOLDER, 'cache', 'rendered'),
  join(root, 'node_modules', '.cache', 'veza-migrator', 'rendered'),
]

/** The migrations that a cache has under `key`, by id; only those whose checksum stands in `lock`. */
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

/** Keeps the migrations that migrations.lock records and whose values can be serialized without loss. */
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

/**
 * Whether this process runs as the owner of the workspace. A `.veza` folder that another user made, such as root, would keep the owner from
 * the embedded database in it.
 */
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

/** Returns whether the file could be written. */
function keep(file: string, content: Buffer): boolean {
  try {
    const folder = dirname(file)
    const first = mkdirSync(folder, { recursive: true })
    // The embedded server uses `.veza` too and may run as another user, who needs access to the folder whatever the umask is.
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

/** A step that imports the module of its migration only when it is run. */
const onDemand =
  (file: MigrationFile, direction: Direction): Step =>
  async (db) => {
    const loaded = await loadMigration(file)
    await (loaded[direction] as Step)(db)
  }

/** Whether a value is the same after it was written and read back. An object of another class would lose its methods, which pg may call. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false
  if (typeof value !== 'object' || value === null) return true
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Date.prototype || prototype === Buffer.prototype) return true
  return (prototype === Array.prototype || prototype === Object.prototype) && Object.values(value).every(isPlain)
}
