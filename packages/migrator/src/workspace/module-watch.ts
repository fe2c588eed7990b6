/**
 * What migrations import while they are rendered, so that only a rendering is kept whose every input is known. Known are the files of the
 * domains, which are in the key as a whole, and packages that npm installed, which its lock file names. A module of a domain that asks
 * Node itself for something (a file, the environment, the time) or imports a file of elsewhere may render differently under the same key.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ASIDE } from './render-key.ts'

export interface ModuleWatch {
  end(): void
  /** Whether all that this file pulled in, itself included, was seen and is known. */
  isKnown(file: string): boolean
}

/** What a module can ask without importing anything. A false alarm costs the cache, nothing else. */
const AMBIENT =
  /\bprocess\s*\??\.\s*\w|\bglobalThis\b|\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.|\bfetch\(/

/** `folders`: the domains' packages. */
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
  // A module that this process had loaded before is not loaded again, and what it imports was not seen.
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
