/**
 * Chooses the database (--database-url, else DATABASE_URL, else the embedded one) and connects to it.
 * Every verb that talks to a database uses this: it opens the connection, calls back and closes the connection.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, connect, isConnectionLoss, sqlState } from '../database/connect.ts'
import { type Destination, readDestination } from '../database/destination.ts'
import { QueryFailedError } from '../database/errors.ts'
import { targetText } from '../database/target.ts'
import { InterruptedError, MigratorError, reason } from '../errors.ts'
import { type ReportedDatabase, targetLines } from '../report/target.ts'
import { parseDurationMs } from '../settings.ts'
import type { CommonOptions, Context } from '../verb.ts'
import { findWorkspace, LOCAL_FOLDER } from '../workspace/discover.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'

export interface Database extends ReportedDatabase {
  readonly client: Client
  /** `127.0.0.1:54320/veza`. */
  readonly name: string
}

interface Opened {
  /** A URL for the embedded server, which no PG* variable has a say in. */
  readonly destination: Destination | string
  readonly dataDir?: string
  release(): Promise<void>
}

async function openServer(options: CommonOptions, { env }: Context, root: string): Promise<Opened> {
  const release = async () => {}
  if (options.databaseUrl !== undefined)
    return { destination: readDestination('--database-url', options.databaseUrl, env), release }
  if (env.DATABASE_URL) return { destination: readDestination('DATABASE_URL', env.DATABASE_URL, env), release }
  const { acquireEmbedded } = await import('../embedded/server.ts')
  const server = await acquireEmbedded({ dir: join(root, LOCAL_FOLDER), env })
  return { destination: server.url, dataDir: server.dataDir, release: () => server.release() }
}

/** Undefined: the default of connect. Throws InvalidOptionError. */
const connectTimeoutOf = ({ connectTimeout }: CommonOptions): number | undefined =>
  connectTimeout === undefined ? undefined : parseDurationMs('--connect-timeout', connectTimeout)

/** After Ctrl-C a server that takes long to stop is not waited for. */
const STOP_MS = 500

async function giveBack({ release, dataDir }: Opened, { signal, tell }: Context): Promise<void> {
  const released = release()
  if (dataDir === undefined || !(signal.reason instanceof InterruptedError)) return released
  const isLate = await Promise.race([released, sleep(STOP_MS, true, { ref: false })])
  if (isLate)
    tell(() => ['The embedded server is still stopping. If something keeps it, the next command takes it over.'])
}

export interface Use {
  readonly options: CommonOptions
  readonly context: Context
  readonly verb: string
  readonly edited?: 'refuse' | 'accept'
  /** How long the connection outlives Ctrl-C. Default 0, for a verb that only reads. */
  readonly graceMs?: number
}

/**
 * Loads the files while the connection is being made. An error of the workspace is reported before an error of the server.
 * Throws what openWorkspace and connect throw.
 */
export async function withDatabase<T>(
  { options, context, verb, edited = 'refuse', graceMs = 0 }: Use,
  use: (database: Database, workspace: Workspace) => Promise<T>,
): Promise<T> {
  const from = options.workspace ?? context.cwd
  const root = findWorkspace(from)
  const wait = { signal: context.signal, timeoutMs: connectTimeoutOf(options), graceMs }
  const opening = openServer(options, context, root)
  const connecting = opening.then(({ destination }) => connect(destination, verb, wait))
  connecting.catch(() => {})
  let abandoning: Promise<void> | undefined
  let goodbye = (client: Client): Promise<void> => client.end()
  try {
    const workspace = await openWorkspace(from, { edited })
    const client = await connecting
    client.once('abandoned', () => {
      abandoning = import('../database/end-session.ts').then(({ endAbandoned }) => endAbandoned(client))
    })
    const { dataDir } = await opening
    const database: Database = { client, name: targetText(client.target), embeddedDataDir: dataDir }
    context.tell(targetLines(database, root))
    const result = await use(database, workspace).catch((error) => {
      throw worded(client, error)
    })
    // An embedded server is given back next, and may then be stopped: its connection has to be gone.
    if (dataDir === undefined) goodbye = async (client) => client.leave()
    return result
  } finally {
    await connecting.then(goodbye).catch(() => {})
    await abandoning
    await opening.then((opened) => giveBack(opened, context)).catch(() => {})
  }
}

/** A verb may find its connection dead at any question, also at one that cannot fail otherwise. That is no defect of the migrator. */
function worded(client: Client, error: unknown): unknown {
  if (error instanceof MigratorError || !isConnectionLoss(client, error)) return error
  const doing = 'the database was asked'
  return new QueryFailedError({ doing, serverMessage: reason(error), sqlState: sqlState(error) }, error)
}
