/** Writes files and folders so that they are on the disk when the call returns. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Writes a file whole or not at all: under another name first, which is then renamed. */
export function place(folder: string, name: string, content: string | Buffer): void {
  const part = join(folder, `.${name}.part`)
  const file = openSync(part, 'w')
  try {
    const bytes = Buffer.from(content)
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(part, join(folder, name))
}

/** Syncs a folder's entries to the disk. Windows cannot open a folder and does not need this. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
