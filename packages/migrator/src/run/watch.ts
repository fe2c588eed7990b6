/**
 * Awaits a statement. If it takes long, a second connection finds out which sessions it waits for, so that the operator sees who blocks
 * the run and can act.
 */
import type { Client } from '../database/connect.ts'
import { blockersOf, type Session, toSession } from '../database/lock.ts'
import { send } from '../database/pipeline.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { RunEvent } from './events.ts'

const FIRST_LOOK_MS = 1000
const NEXT_LOOK_MS = 5000

export interface Watch {
  /** Process id of the backend whose statements are awaited. */
  readonly pid: number
  /** The second connection: opened at the first look and kept for the next ones. */
  connectSide(): Promise<Client>
  /** A statement gives up waiting for a lock after this time, so the first look comes earlier; 0 = it never gives up. */
  readonly lockTimeoutMs: number
  /** The last seen blockers, for the error that may follow. */
  blockers: readonly Session[]
}

const SLOW = Symbol('slow')

function after(ms: number): { readonly elapsed: Promise<typeof SLOW>; cancel(): void } {
  let timer: NodeJS.Timeout
  const elapsed = new Promise<typeof SLOW>((resolve) => {
    // What is waited for keeps the process alive. If nothing does, the waiting must not either: see database/owed.ts.
    timer = setTimeout(resolve, ms, SLOW).unref()
  })
  return { elapsed, cancel: () => clearTimeout(timer) }
}

/** Returns what `answer` resolves to and throws its error. */
export async function* watched<T>(answer: Promise<T>, step: Planned, watch: Watch): AsyncGenerator<RunEvent, T> {
  let told = ''
  const firstLookMs = watch.lockTimeoutMs > 0 ? Math.min(FIRST_LOOK_MS, watch.lockTimeoutMs / 2) : FIRST_LOOK_MS
  for (let wait = firstLookMs; ; wait = NEXT_LOOK_MS) {
    const timer = after(wait)
    const first = await Promise.race([answer, timer.elapsed]).finally(timer.cancel)
    if (first !== SLOW) return first as T
    // Where the network is silent, a look takes long as well. The answer must be noticed all the same.
    const by = await Promise.race([look(watch), answer.then(nobody, nobody)])
    const pids = by.map(({ pid }) => pid).join()
    if (by.length > 0) watch.blockers = by
    if (by.length > 0 && pids !== told) yield { type: 'blocked', step, by }
    told = pids
  }
}

const nobody = (): Session[] => []

/** A look that fails is ignored: the run has its own connection and its own errors. */
async function look({ pid, connectSide }: Watch): Promise<Session[]> {
  try {
    return (await send(await connectSide(), blockersOf(pid))).rows.map(toSession)
  } catch {
    return []
  }
}
