/**
 * Stops a server with a fast shutdown: sessions are ended, the data are written. If that takes too long, an immediate shutdown follows, and
 * the next start recovers the data. If the data are not `kept`, only the immediate shutdown is used.
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
  /** How long each of the two shutdowns may take. Default 10,000. */
  readonly waitMs?: number
}

/** Throws EmbeddedStopError if the server is still running afterwards or may not be signalled. */
export async function stopPostmaster(
  { pid, tag }: Pick<Postmaster, 'pid' | 'tag'>,
  options: StopOptions,
): Promise<void> {
  const { data, binaries, kept = true, waitMs: withinMs = 10_000 } = options
  // On Windows a program cannot catch signals, so pg_ctl stops the server through a pipe.
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
