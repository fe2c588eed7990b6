/**
 * Stops a server: fast (sessions are ended, the data are written), and at once when that takes too long (the next start recovers).
 * Where the data are not `kept`, at once from the start.
 */
import { spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { reason } from '../errors.ts'
import { type Binaries, program } from './binaries.ts'
import { EmbeddedStopError } from './errors.ts'
import type { Postmaster } from './postmaster.ts'
import { isRunning } from './process.ts'

export interface StopOptions {
  readonly data: string
  readonly binaries: Binaries
  /** Default true. */
  readonly kept?: boolean
  /** How long each of the two ways may take. Default 10,000. */
  readonly waitMs?: number
}

/** Throws EmbeddedStopError. */
export async function stopPostmaster(
  { pid, tag }: Pick<Postmaster, 'pid' | 'tag'>,
  options: StopOptions,
): Promise<void> {
  const { data, binaries, kept = true, waitMs: withinMs = 10_000 } = options
  // Windows has no signals that a program could catch; pg_ctl speaks through a pipe.
  if (process.platform === 'win32') {
    spawnSync(program(binaries, 'pg_ctl'), ['stop', '-D', data, '-m', 'fast', '-w'], { stdio: 'ignore' })
  } else if (!kept || !(await endedBy({ pid, tag, signal: 'SIGINT', withinMs }))) {
    await endedBy({ pid, tag, signal: 'SIGQUIT', withinMs })
  }
  if (isRunning(tag)) throw new EmbeddedStopError({ pid, why: 'it is still running after an immediate shutdown' })
}

async function endedBy(fields: {
  pid: number
  tag: string
  signal: NodeJS.Signals
  withinMs: number
}): Promise<boolean> {
  const { pid, tag, signal, withinMs } = fields
  if (!isRunning(tag)) return true
  try {
    process.kill(pid, signal)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return true
    throw new EmbeddedStopError({ pid, why: reason(cause) }, cause)
  }
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(3)) {
    if (!isRunning(tag)) return true
  }
  return false
}
