/** Finds what changed an old migration's SQL: its own file, or a module that it uses. Git is asked; if git cannot tell, both are named. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Domain } from './discover.ts'
import type { Edit } from './errors.ts'
import { git } from './git.ts'
import type { MigrationFile } from './load.ts'
import { LOCKFILE, type LockLine } from './lockfile.ts'

interface WorkspaceRoot {
  readonly root: string
  readonly domains: readonly Domain[]
}

/** Compares the files of today with the commit that recorded the line of migrations.lock. */
export function whatEdited(
  place: WorkspaceRoot,
  migration: Pick<MigrationFile, 'file' | 'path'>,
  line: LockLine,
): Edit {
  const helpers = modulesOf(place, migration.file).map((file) => relative(place.root, file).split(sep).join('/'))
  const recorded = git(place.root, 'log', '-1', '--format=%H', `-S${line.id} ${line.checksum}`, '--', LOCKFILE)?.trim()
  if (!recorded) return { by: 'unknown', helpers }
  const changed = git(place.root, 'diff', '--name-only', '--relative', recorded, '--', migration.path, ...helpers)
  const files = changed?.split('\n').filter((file) => file !== '') ?? []
  if (files.includes(migration.path)) return { by: 'file' }
  return files.length > 0 ? { by: 'helpers', helpers: files } : { by: 'unknown', helpers }
}

const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'|\b(?:from|import)\s*\(?\s*"([^"]+)"/g

/** The workspace's modules that a file imports, directly or through others; not the file itself. */
function modulesOf(place: WorkspaceRoot, file: string): string[] {
  const found = new Set<string>()
  const visit = (from: string): void => {
    for (const [, single, double] of readFileSync(from, 'utf8').matchAll(IMPORT)) {
      const module = resolveModule(place, from, (single ?? double) as string)
      if (module === undefined || found.has(module) || !existsSync(module)) continue
      found.add(module)
      visit(module)
    }
  }
  visit(file)
  return [...found].sort()
}

function resolveModule({ domains }: WorkspaceRoot, from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return resolve(dirname(from), specifier)
  const domain = domains.find(({ packageName }) => specifier === packageName || specifier.startsWith(`${packageName}/`))
  if (domain === undefined) return undefined
  const manifest = JSON.parse(readFileSync(join(domain.folder, 'package.json'), 'utf8'))
  const target = manifest.exports?.[`.${specifier.slice(domain.packageName.length)}`]
  const path = typeof target === 'string' ? target : target?.['@veza/source']
  return path === undefined ? undefined : join(domain.folder, path)
}
