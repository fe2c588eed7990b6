/**
 * The key under which a rendering may be used again: a hash over everything that a rendering depends on, namely the files of the domains,
 * Node's version and options, the migrator's own modules for rendering, and npm's lock files. Edits inside node_modules are not noticed.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The modules of the migrator that decide how a migration is rendered and how its rendering is kept. */
export const RENDERING_MODULES = [
  'command-signal',
  'errors',
  'migration-code',
  'printable',
  'sql/keywords',
  'sql/lexer',
  'sql/names',
  'sql/objects',
  'sql/quotes',
  'sql/statements',
  'sql/strings',
  'sql/transaction-control',
  'thrown',
  'unless-aborted',
  'workspace/checksum',
  'workspace/errors',
  'workspace/load',
  'workspace/module-watch',
  'workspace/one-statement',
  'workspace/render',
  'workspace/render-cache',
  'workspace/render-key',
  'workspace/replace-file',
] as const

export interface KeyInput {
  readonly root: string
  /** Absolute paths of the domains' packages. */
  readonly folders: readonly string[]
}

export interface RenderKey {
  readonly key: string
  /** True if no file of the key has changed since this process began: the modules that it imported are then those of the key. */
  isOlderThanProcess(): boolean
}

/** Folders of a domain's package that are not in the key: installed packages, which npm's lock file names, and the output of a build. */
export const ASIDE: readonly string[] = ['node_modules', 'dist']

const LOCKS = ['package-lock.json', join('node_modules', '.package-lock.json')]

/**
 * Undefined if a key cannot cover every input: there is no package-lock.json, one of the domains' files is a link, or a file cannot be
 * read.
 */
export function renderKey({ root, folders }: KeyInput): RenderKey | undefined {
  if (!existsSync(join(root, 'package-lock.json'))) return undefined
  const hash = createHash('sha256')
  const paths: string[] = []
  const add = (path: string, name: string) => {
    const content = readFileSync(path)
    hash.update(`\0${name}\0${content.length}\0`).update(content)
    paths.push(path)
  }
  try {
    const { version, execArgv, env } = process
    hash.update(JSON.stringify({ version, execArgv, options: env.NODE_OPTIONS, timeZone: env.TZ }))
    for (const lock of LOCKS) if (existsSync(join(root, lock))) add(join(root, lock), lock)
    const kysely = findPackageJSON('kysely', import.meta.url)
    if (kysely === undefined) return undefined
    add(kysely, 'kysely')
    const extension = extname(import.meta.url)
    for (const name of RENDERING_MODULES) add(fileURLToPath(new URL(`../${name}${extension}`, import.meta.url)), name)
    for (const folder of folders) {
      for (const { path, isFolder } of contents(folder)) {
        if (isFolder) paths.push(path)
        else add(path, relative(root, path))
      }
    }
  } catch {
    return undefined
  }
  const isOlder = (path: string) => {
    const found = statSync(path, { throwIfNoEntry: false })
    return found !== undefined && found.ctimeMs < performance.timeOrigin
  }
  return { key: hash.digest('hex'), isOlderThanProcess: () => paths.every(isOlder) }
}

/** A package's folders and files. Throws if an entry is neither, such as a link. */
function* contents(folder: string): Generator<{ readonly path: string; readonly isFolder: boolean }> {
  yield { path: folder, isFolder: true }
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (ASIDE.includes(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* contents(path)
    else if (entry.isFile()) yield { path, isFolder: false }
    else throw new Error(`${path} is neither a file nor a folder`)
  }
}
