/** Stops a server: fast (sessions are ended, the data are written), and at once when that takes too long (the next start recovers). */
import { spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { type Binaries, program } from './binaries.ts'
import { EmbeddedStopError } from './errors.ts'
import type { Postmaster } from './postmaster.ts'
import { isRunning } from './process.ts'

const FAST_MS = 10_000
const IMMEDIATE_MS = 10_000

export async function stopPostmaster(
  { pid, tag }: Postmaster,
  where: { data: string; binaries: Binaries },
): Promise<void> {
  // Windows has no signals that a program could catch; pg_ctl speaks through a pipe.
  if (process.platform === 'win32') {
    spawnSync(program(where.binaries, 'pg_ctl'), ['stop', '-D', where.data, '-m', 'fast', '-w'], { stdio: 'ignore' })
  } else if ((await endedBy({ pid, tag, signal: 'SIGINT', withinMs: FAST_MS })) === false) {
    await endedBy({ pid, tag, signal: 'SIGQUIT', withinMs: IMMEDIATE_MS })
  }
  if (isRunning(tag))
    throw new EmbeddedStopError({ pid, why: 'it still runs after an immediate shutdown was asked for' })
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
    throw new EmbeddedStopError({ pid, why: (cause as Error).message }, cause)
  }
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(3)) {
    if (!isRunning(tag)) return true
  }
  return false
}
