/**
 * The running server of a data folder, as PostgreSQL itself records it in `postmaster.pid`:
 * pid, data folder, start, port, socket folder, address, shared memory, status, each on its own line.
 */
import { readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { EmbeddedStartError } from './errors.ts'
import { commandLine, isRunning, processTag } from './process.ts'

export interface Postmaster {
  readonly pid: number
  /** Pid and start time of the process: see process.ts. */
  readonly tag: string
  readonly port: number
}

interface Recorded extends Postmaster {
  readonly data: string
  readonly status: string
}

export function recorded(data: string): Recorded | undefined {
  try {
    const [pid = '', folder = '', , port = '', , , , status = ''] = readFileSync(
      join(data, 'postmaster.pid'),
      'utf8',
    ).split('\n')
    return { pid: Number(pid), tag: processTag(Number(pid)), data: folder, port: Number(port), status: status.trim() }
  } catch {
    return undefined
  }
}

export const isReady = (found: Recorded) => found.status === 'ready'

/**
 * The server that runs on `data` now, even if another process started it. Waits for a server that is starting or stopping; throws
 * EmbeddedStartError if that takes longer than `waitMs`.
 */
export async function runningPostmaster(data: string, waitMs = 60_000): Promise<Postmaster | undefined> {
  const deadline = Date.now() + waitMs
  for (;;) {
    const found = recorded(data)
    if (found === undefined || !isRunning(found.tag)) return undefined
    if (!isPostmasterOf(data, found)) {
      // The pid now belongs to another process, or the folder is a copy. With this file in place, a new server would refuse to start.
      rmSync(join(data, 'postmaster.pid'), { force: true })
      return undefined
    }
    if (isReady(found) && (await answers(found.port))) return found
    if (Date.now() > deadline) {
      const what = `The embedded PostgreSQL (process ${found.pid}, port ${found.port}) runs but has not answered for ${waitMs} ms`
      throw new EmbeddedStartError({
        what,
        output: `End that process and run the command again: kill -QUIT ${found.pid}`,
      })
    }
    await delay(5)
  }
}

function isPostmasterOf(data: string, found: Recorded): boolean {
  if (found.data !== data) return false
  const line = commandLine(found.pid)
  // If the system does not show command lines, the recorded folder and the answer on the recorded port have to be enough.
  return line === undefined || (basename(line[0] ?? '').startsWith('postgres') && line.includes(data))
}

/** Asks whether the server supports TLS: this is the shortest request, and a PostgreSQL that takes connections answers it with N or S. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, () => done(false))
    socket.once('connect', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])))
    socket.once('data', (data) => done(data[0] === 0x4e || data[0] === 0x53))
    socket.once('error', () => done(false))
    socket.once('close', () => done(false))
  })
}
