/**
 * Notes which modules migrations import while they are rendered, so that a rendering is kept only if all its inputs are known. Known are
 * the domains' files, which are all part of the key, and the packages that npm's lock file names. A module that asks Node for something
 * (a file, the environment, the time) or imports any other file is not known: it may render differently under the same key.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ASIDE } from './render-key.ts'

export interface ModuleWatch {
  end(): void
  /** Whether this file and all modules that it imported, directly or indirectly, were seen and are known. */
  isKnown(file: string): boolean
}

/** Ways to get changing data without an import. If this finds one where there is none, the rendering is not kept; nothing else happens. */
const AMBIENT =
  /\bprocess\s*\??\.\s*\w|\bglobalThis\b|\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.|\bfetch\(/

/** `folders`: the absolute paths of the domains' packages. */
export function watchModules(folders: readonly string[]): ModuleWatch {
  const roots = folders.map((folder) => pathToFileURL(realpathSync(folder) + sep).href)
  const isInstalled = (url: string) => url.startsWith('file:') && url.includes('/node_modules/')
  const isAside = (path: string) => path.split('/').some((folder) => ASIDE.includes(folder))
  const isOurs = (url: string) => roots.some((root) => url.startsWith(root) && !isAside(url.slice(root.length)))
  const loaded = new Set<string>()
  const imports = new Map<string, Set<string>>()
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      const { parentURL = '' } = context
      if (isOurs(parentURL)) imports.set(parentURL, (imports.get(parentURL) ?? new Set()).add(found.url))
      return found
    },
    load(url, context, next) {
      loaded.add(url)
      return next(url, context)
    },
  })
  // A module that this process loaded before the watch began is not loaded again, so the watch did not see what it imports.
  const isKnownUrl = (url: string): boolean =>
    isInstalled(url) || (isOurs(url) && loaded.has(url) && !AMBIENT.test(readFileSync(fileURLToPath(url), 'utf8')))
  return {
    end: () => hooks.deregister(),
    isKnown: (file) => {
      const reached = new Set([pathToFileURL(realpathSync(file)).href])
      for (const url of reached) for (const imported of imports.get(url) ?? []) reached.add(imported)
      return [...reached].every(isKnownUrl)
    },
  }
}
