/**
 * Who uses the server: one file per use, named `<pid>-<start>-<nonce>`, so that a killed process leaves a lease that is seen to be stale.
 * The file holds the data folder: a checkout that was copied with its leases must not count the uses of the original.
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

/** The processes that use the server of `data`; what others left behind is removed. Call it under the mutex. */
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
