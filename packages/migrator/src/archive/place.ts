/** Files and folders that are on the disk when the call returns. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Whole or not at all. */
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

/** Windows cannot open a folder, and needs no sync of it. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
