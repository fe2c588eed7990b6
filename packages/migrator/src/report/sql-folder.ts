/** Compares the files in a folder with the files that it should hold. Files with other names than ours are ignored, such as a README. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../workspace/replace-file.ts'

/** The name of the file that holds the whole run. */
export const WHOLE = 'v1.sql'

export interface SqlFile {
  readonly name: string
  readonly text: string
}

export interface StaleSqlFile {
  readonly name: string
  readonly why: 'missing' | 'differs' | 'left over'
}

const OURS = /^\d{3,}_[a-z0-9_]+\.(up|down)\.sql$/

export function staleSqlFiles(folder: string, files: readonly SqlFile[]): StaleSqlFile[] {
  const expected = new Set(files.map(({ name }) => name))
  const present = existsSync(folder) ? readdirSync(folder).filter((name) => name === WHOLE || OURS.test(name)) : []
  return [
    ...files.flatMap(({ name, text }): StaleSqlFile[] => {
      if (!present.includes(name)) return [{ name, why: 'missing' }]
      return readFileSync(join(folder, name), 'utf8') === text ? [] : [{ name, why: 'differs' }]
    }),
    ...present.filter((name) => !expected.has(name)).map((name): StaleSqlFile => ({ name, why: 'left over' })),
  ]
}

/** Writes what is stale and removes what is left over. */
export function writeFiles(folder: string, files: readonly SqlFile[], stale: readonly StaleSqlFile[]): void {
  mkdirSync(folder, { recursive: true })
  for (const { name, why } of stale) {
    if (why === 'left over') rmSync(join(folder, name))
    else replaceFile(join(folder, name), files.find((file) => file.name === name)!.text)
  }
}
