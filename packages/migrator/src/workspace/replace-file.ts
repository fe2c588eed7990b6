import { renameSync, writeFileSync } from 'node:fs'

/** Whole or not at all: a crash half-way leaves the old file. */
export function replaceFile(file: string, text: string): void {
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, text)
  renameSync(fresh, file)
}
