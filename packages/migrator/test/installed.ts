/** What lies in a node_modules folder: its packages, what they would run while they are installed, and the room that they take. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Installed {
  /** `kysely`, `@veza/migrator`. */
  readonly name: string
  /** Absolute path. */
  readonly folder: string
  /** What npm would run: its install scripts, and the native build that a binding.gyp asks for. */
  readonly scripts: readonly string[]
}

/** All packages in `node_modules`, those in a package's own node_modules too. A link (a workspace's own package) is not entered. */
export function installedIn(modules: string): Installed[] {
  if (!existsSync(modules)) return []
  const folders = namesIn(modules).flatMap((name) =>
    name.startsWith('@') ? namesIn(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  )
  return folders.flatMap((name) => {
    const folder = join(modules, name)
    if (lstatSync(folder).isSymbolicLink()) return []
    return [{ name, folder, scripts: installScripts(folder) }, ...installedIn(join(folder, 'node_modules'))]
  })
}

const namesIn = (folder: string): string[] => readdirSync(folder).filter((name) => !name.startsWith('.'))

function installScripts(folder: string): string[] {
  const { scripts = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const named = ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts)
  return existsSync(join(folder, 'binding.gyp')) ? [...named, 'binding.gyp'] : named
}

/** Of a file system's block, which is what a small file takes. */
const BLOCK = 4096

/** Bytes on disk, as `du` counts them: whole blocks, folders included, nothing of what a link leads to. */
export function sizeOnDisk(path: string): number {
  const entry = lstatSync(path)
  if (entry.isSymbolicLink()) return 0
  if (!entry.isDirectory()) return Math.ceil(entry.size / BLOCK) * BLOCK
  return readdirSync(path).reduce((sum, name) => sum + sizeOnDisk(join(path, name)), BLOCK)
}
