/** Replaces a file at once: a reader sees the old content or the new one, never a part, even if this process is killed. */
import { existsSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** If `file` is a symbolic link, the file that it points to is replaced. Throws what the file system throws. */
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
