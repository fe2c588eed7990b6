/**
 * Starts the server in a session of its own, so that Ctrl-C in the terminal reaches the caller and not the database,
 * and returns when the server takes connections. Its output goes to `<dir>/postgres.log`; if the start fails, the error shows its end.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { commandSignal } from '../command-signal.ts'
import { type Binaries, program } from './binaries.ts'
import { spawnFailure } from './cluster.ts'
import { programEnvironment } from './environment.ts'
import { EmbeddedPortError, EmbeddedStartError } from './errors.ts'
import type { Location } from './location.ts'
import { choosePort, PREFERRED_PORT } from './port.ts'
import { isReady, type Postmaster, recorded } from './postmaster.ts'

/** The data survive a crash of the machine with `durable`, a crash of the server alone with `fast`, and neither with `memory`. */
type Storage = 'durable' | 'fast' | 'memory'

export interface StartOptions {
  readonly location: Location
  readonly binaries: Binaries
  readonly storage: Storage
  /** If this port is taken, EmbeddedPortError is thrown; 0 is any free port; undefined is 54320, or any free port if that one is taken. */
  readonly port: number | undefined
  /** Default 120,000: recovery after a crash may take a while. */
  readonly waitMs?: number
}

const LOG_LIMIT_BYTES = 10_000_000
/** The log has the statements that failed, with their values. */
const LOG_MODE = 0o600
const PORT_TAKEN = /could not bind|Address already in use|could not create any TCP\/IP sockets/
/** Child processes of a killed server still hold its shared memory. PostgreSQL refuses to start until they have ended. */
export const PREDECESSOR = /pre-existing shared memory block|lock file "postmaster.pid" already exists/

export async function startPostmaster(options: StartOptions): Promise<Postmaster> {
  const { port: wanted, waitMs = 120_000 } = options
  const deadline = Date.now() + waitMs
  for (let preferred = wanted ?? PREFERRED_PORT; ; ) {
    const port = await choosePort(preferred)
    if (wanted && port !== wanted)
      throw new EmbeddedPortError({ port: wanted, problem: 'another program listens on it' })
    const started = await tryStart(options, port, deadline)
    if (typeof started === 'object') return started
    if (PORT_TAKEN.test(started)) preferred = wanted ?? 0
    else if (PREDECESSOR.test(started) && Date.now() < deadline) await delay(50)
    else
      throw new EmbeddedStartError({
        what: 'The embedded PostgreSQL did not start',
        log: logFile(options.location),
        output: started,
      })
  }
}

/** Returns the server, or the end of its log if it ended or was not ready before the deadline. */
async function tryStart(
  { location, binaries, storage }: StartOptions,
  port: number,
  deadline: number,
): Promise<Postmaster | string> {
  const { data, home, account } = location
  const log = openLog(logFile(location))
  const child = spawn(program(binaries, 'postgres'), ['-D', data, ...settings(port, storage)], {
    ...(account && { uid: account.uid, gid: account.gid }),
    cwd: home,
    env: programEnvironment(),
    detached: true,
    stdio: ['ignore', log.descriptor, log.descriptor],
  })
  closeSync(log.descriptor)
  const end = watchEnd(child)
  const signal = commandSignal()
  for (;;) {
    if (signal?.aborted) {
      child.kill('SIGQUIT')
      throw signal.reason
    }
    if (end.failure !== undefined) throw spawnFailure(end.failure, binaries)
    if (end.code !== undefined) return tail(logFile(location), log.size) || `exit code ${end.code}, nothing in the log`
    const found = recorded(data)
    if (found?.pid === child.pid && isReady(found!)) {
      // The server runs on by itself now, and this process can end without waiting for it.
      child.unref()
      return found!
    }
    if (Date.now() > deadline) {
      child.kill('SIGQUIT')
      return tail(logFile(location), log.size)
    }
    await delay(5)
  }
}

function settings(port: number, storage: Storage): readonly string[] {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    cluster_name: 'veza',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // synchronous_commit stays on: with it off, a killed server loses commits even if the machine does not crash.
    ...(storage !== 'durable' && { fsync: 'off', full_page_writes: 'off' }),
    // The server is never replicated or restored, so a table that is made and filled in one transaction need not be in the WAL too.
    ...(storage === 'memory' && { wal_level: 'minimal', max_wal_senders: 0 }),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

function watchEnd(child: ChildProcess): { failure?: Error; code?: number | NodeJS.Signals } {
  const end: { failure?: Error; code?: number | NodeJS.Signals } = {}
  child.once('error', (failure) => (end.failure = failure))
  child.once('exit', (code, signal) => (end.code = code ?? signal ?? -1))
  return end
}

const logFile = ({ dir }: Pick<Location, 'dir'>) => join(dir, 'postgres.log')

function openLog(file: string): { descriptor: number; size: number } {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size <= LOG_LIMIT_BYTES) {
    try {
      return { descriptor: openSync(file, 'a', LOG_MODE), size }
    } catch (error) {
      // Root wrote the log in a folder of this user, who cannot write to the log but can remove it.
      if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
    }
  }
  rmSync(file, { force: true })
  return { descriptor: openSync(file, 'a', LOG_MODE), size: 0 }
}

function tail(file: string, from: number): string {
  return readFileSync(file).subarray(from).toString('utf8').trimEnd().split('\n').slice(-15).join('\n')
}
