/** Writes files and folders so that they are on the disk when the call returns. */
import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Writes a file whole or not at all: under another name first, which is then renamed. The folder that it is in must be there. */
export function place(folder: string, name: string, content: string | Buffer): void {
  const target = join(folder, name)
  // A hash, since the name itself may be as long as a name can be. The same one in each run, so that the next run replaces what a killed
  // one left; removed first, so that a link of this name is not followed.
  const part = join(dirname(target), `.${createHash('sha256').update(name).digest('hex').slice(0, 16)}.part`)
  rmSync(part, { force: true })
  const file = openSync(part, 'wx')
  try {
    const bytes = Buffer.from(content)
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(part, target)
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
