/**
 * Mutual exclusion between processes. If the holder is killed, the next process takes the mutex over.
 *
 * A folder holds exactly one file, the token. The name of the token says which process has it: `free`, or `held-<pid>-<start>-<nonce>`.
 * Taking the token, taking it over from a dead process and giving it back are each one rename. A rename is a compare-and-swap: if two
 * processes see the same dead holder, the second finds the old name gone and looks again. (Deleting a stale lock file is not safe in this
 * way: the slower process deletes the lock that the faster one has just made.)
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { EmbeddedBusyError } from './errors.ts'
import { isRunning, pidOf, processTag } from './process.ts'

const FREE = 'free'
const HELD = 'held-'

export interface MutexOptions {
  readonly folder: string
  /** Default 120,000, since a process that makes a cluster on a slow disk holds the mutex for a long time. */
  readonly waitMs?: number
  /** Ends the waiting, with its reason. Default: never aborted. */
  readonly signal?: AbortSignal | undefined
}

/** Runs `work` while holding the mutex. Throws EmbeddedBusyError if another process holds it for longer than `waitMs`. */
export async function exclusively<T>(options: MutexOptions, work: () => Promise<T>): Promise<T> {
  const mine = await take(options)
  try {
    return await work()
  } finally {
    rename(`${options.folder}/${mine}`, `${options.folder}/${FREE}`)
  }
}

async function take({ folder, waitMs = 120_000, signal }: MutexOptions): Promise<string> {
  const mine = `${HELD}${processTag(process.pid)}-${randomBytes(4).toString('hex')}`
  const began = Date.now()
  for (;;) {
    const token = tokenIn(folder)
    if (token === undefined) plant(folder)
    else if (token === FREE || !isRunning(token.slice(HELD.length))) {
      if (rename(`${folder}/${token}`, `${folder}/${mine}`)) return mine
    } else if (Date.now() - began > waitMs) {
      throw new EmbeddedBusyError({ folder, holder: pidOf(token.slice(HELD.length)), waitedMs: Date.now() - began })
    } else {
      signal?.throwIfAborted()
      await delay(5)
    }
  }
}

function tokenIn(folder: string): string | undefined {
  try {
    return readdirSync(folder).find((name) => name === FREE || name.startsWith(HELD))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Makes the folder with its token. A rename onto a folder that is not empty fails, so there is never a second token. */
function plant(folder: string): void {
  const fresh = `${folder}.new-${process.pid}-${randomBytes(4).toString('hex')}`
  mkdirSync(fresh)
  writeFileSync(`${fresh}/${FREE}`, '')
  try {
    renameSync(fresh, folder)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

function rename(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
