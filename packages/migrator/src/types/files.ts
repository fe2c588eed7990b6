/** Compares generated files with the files on disk, and writes those that differ. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../workspace/replace-file.ts'
import type { StaleFact } from './fact.ts'
import type { GeneratedDomain, GeneratedFile } from './generate.ts'

export interface StaleFile {
  /** Relative to the workspace, with `/`. */
  readonly file: string
  readonly missing: boolean
  /** Empty where the file is missing. */
  readonly differences: readonly StaleFact[]
}

export interface WrittenDomain {
  readonly name: string
  readonly tables: readonly string[]
  readonly files: readonly string[]
  /** Those of `files` that changed. */
  readonly written: readonly string[]
}

const textOf = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

/** Compared by meaning, not by text: files that mean the same are left out. */
export async function staleTypeFiles(root: string, files: readonly GeneratedFile[]): Promise<StaleFile[]> {
  const stale: StaleFile[] = []
  for (const { path, text, compare } of files) {
    const here = textOf(join(root, path))
    if (here === text) continue
    if (here === undefined) stale.push({ file: path, missing: true, differences: [] })
    else {
      const differences = await compare(here)
      if (differences.length > 0) stale.push({ file: path, missing: false, differences })
    }
  }
  return stale
}

/** Writes only the files that change, each completely or not at all. */
export function writeDomains(root: string, generated: readonly GeneratedDomain[]): WrittenDomain[] {
  return generated.map(({ domain, tables, files }) => {
    const changed = files.filter(({ path, text }) => textOf(join(root, path)) !== text)
    for (const { path, text } of changed) replaceFile(join(root, path), text)
    return { name: domain.name, tables, files: files.map(({ path }) => path), written: changed.map(({ path }) => path) }
  })
}
