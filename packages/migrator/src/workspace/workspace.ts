/**
 * The workspace as a run needs it: discovered, loaded, rendered, ordered and compared with migrations.lock.
 * A value of type Workspace is always valid: if anything is wrong with the files, `openWorkspace` throws instead of returning one.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Domain, discover, findWorkspace } from './discover.ts'
import { buildGraph, type Graph } from './graph.ts'
import { listMigrations, loadMigration, type MigrationFile } from './load.ts'
import { LOCKFILE, type LockLine, parseLockfile, verifyChecksums, verifyLockfile } from './lockfile.ts'
import { watchModules } from './module-watch.ts'

import type { Rendered } from './render.ts'
import { readRenderCache, writeRenderCache } from './render-cache.ts'
import { renderKey } from './render-key.ts'

/** A migration with its number in the V1 run, from 1: its line in migrations.lock. */
export interface Planned extends Rendered {
  readonly position: number
}

export interface WorkspaceDomains {
  readonly root: string
  readonly domains: readonly Domain[]
  readonly graph: Graph
}

/** Read from file names, package.json files and migrations.lock alone, before any migration is imported. */
export interface WorkspaceFiles extends WorkspaceDomains {
  readonly files: readonly MigrationFile[]
  readonly lock: readonly LockLine[]
}

export interface Workspace extends WorkspaceFiles {
  readonly order: readonly Planned[]
}

/** `lockText` is the text of migrations.lock, '' if there is no such file. Throws what findWorkspace, discover and buildGraph throw. */
export function readDomains(from: string): WorkspaceDomains & { readonly lockText: string } {
  const root = findWorkspace(from)
  const domains = discover(root)
  const lockfile = join(root, LOCKFILE)
  const lockText = existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : ''
  return { root, domains, graph: buildGraph(domains), lockText }
}

/** Throws what readDomains, listMigrations and parseLockfile throw. */
export function readWorkspaceFiles(from: string): WorkspaceFiles {
  const { lockText, ...found } = readDomains(from)
  return { ...found, files: found.domains.flatMap(listMigrations), lock: parseLockfile(lockText) }
}

/**
 * How many migrations are loaded and rendered at the same time. The number is large enough that rendering rarely waits for files. A limit
 * is needed since the objects that Kysely builds for one migration take as much memory as its module, and are freed only after rendering.
 */
const PORTION = 32

/** Imports and renders all `files`, without the cache. If several fail, the error of the first in the order of `files` is thrown. */
export async function renderAll(files: readonly MigrationFile[]): Promise<Rendered[]> {
  // Imported here, since render.ts imports Kysely, which a run with nothing to render does not need.
  const { renderMigration } = await import('./render.ts')
  const rendered: Rendered[] = []
  for (let at = 0; at < files.length; at += PORTION) {
    const portion = files.slice(at, at + PORTION)
    const settled = await Promise.allSettled(portion.map(async (file) => renderMigration(await loadMigration(file))))
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason
      rendered.push(one.value)
    }
  }
  return rendered
}

/** Takes renderings from the cache and renders the rest. A new rendering is cached for the next run if all its inputs are known. */
async function renderLocked(
  { root, domains, lock }: WorkspaceFiles,
  files: readonly MigrationFile[],
): Promise<Rendered[]> {
  const folders = domains.map(({ folder }) => folder)
  const key = renderKey({ root, folders })
  if (key === undefined) return renderAll(files)
  const cached = readRenderCache(root, key.key, files, lock)
  const missing = files.filter(({ id }) => !cached.has(id))
  if (missing.length === 0) return files.map(({ id }) => cached.get(id) as Rendered)
  const watch = watchModules(folders)
  const fresh = await renderAll(missing).finally(watch.end)
  const byId = new Map([...cached, ...fresh.map((migration) => [migration.id, migration] as const)])
  const rendered = files.map(({ id }) => byId.get(id) as Rendered)
  if (key.isOlderThanProcess()) {
    const sound = rendered.filter(({ id, file }) => cached.has(id) || watch.isKnown(file))
    writeRenderCache(root, key.key, sound, lock)
  }
  return rendered
}

/**
 * Loads and validates the whole workspace. Throws a WorkspaceError for the first thing that is wrong.
 * `edited: 'accept'` is for a report that names edited migrations itself: it accepts migrations whose SQL differs from migrations.lock.
 */
export async function openWorkspace(
  from: string,
  { edited = 'refuse' }: { edited?: 'refuse' | 'accept' } = {},
): Promise<Workspace> {
  const layout = readWorkspaceFiles(from)
  const ordered = verifyLockfile(layout.lock, layout.files, layout.graph)
  const rendered = await renderLocked(layout, ordered)
  if (edited === 'refuse')
    await verifyChecksums(layout.lock, rendered, async (migration, line) => {
      const { whatEdited } = await import('./edit.ts')
      return whatEdited(layout, migration, line)
    })
  const order = rendered.map((migration, index): Planned => ({ ...migration, position: index + 1 }))
  return { ...layout, order }
}
