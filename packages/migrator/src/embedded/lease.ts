/**
 * The processes that use the server. Each use is one file, named `<pid>-<start>-<nonce>`, so the lease of a killed process is recognised as
 * stale. The file contains the path of the data folder: if a checkout is copied together with its leases, the copy ignores them.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, pidOf, processTag } from './process.ts'

export interface Lease {
  end(): void
}

export function takeLease(fields: { folder: string; data: string }): Lease {
  mkdirSync(fields.folder, { recursive: true })
  const file = join(fields.folder, `${processTag(process.pid)}-${randomBytes(4).toString('hex')}`)
  writeFileSync(file, fields.data)
  return { end: () => rmSync(file, { force: true }) }
}

/** Pids of the processes that use the server of `data`. Removes all other leases. Call this while holding the mutex. */
export function liveLeases(fields: { folder: string; data: string }): readonly number[] {
  const live: number[] = []
  for (const name of names(fields.folder)) {
    const file = join(fields.folder, name)
    if (isRunning(name) && readFileSync(file, 'utf8') === fields.data) live.push(pidOf(name))
    else rmSync(file, { force: true })
  }
  return live
}

/** Whether a running process uses the server of `data`. Removes nothing. */
export function isLeased(fields: { folder: string; data: string }): boolean {
  return names(fields.folder).some(
    (name) => isRunning(name) && readFileSync(join(fields.folder, name), 'utf8') === fields.data,
  )
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
