/** A file is written whole or not at all: whoever reads it, and whatever ends this process, it is the old one or the new one. */
import { existsSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Through a link, what it points to is replaced. Throws what the file system throws. */
export function replaceFile(file: string, content: string | Uint8Array): void {
  const target = existsSync(file) ? realpathSync(file) : file
  const fresh = `${target}.${process.pid}`
  try {
    writeFileSync(fresh, content)
    renameSync(fresh, target)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
}
