/**
 * Chooses the database (--database-url, else DATABASE_URL, else the embedded one) and connects to it.
 * Every verb that talks to a database uses this: it opens the connection, calls back and closes the connection.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, connect, isConnectionLoss, sqlState } from '../database/connect.ts'
import { type Destination, readDestination } from '../database/destination.ts'
import { QueryFailedError, type UrlSource } from '../database/errors.ts'
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

/** A database that an option of one verb names, and not --database-url. */
export interface GivenUrl {
  readonly source: UrlSource
  readonly text: string
  /** The environment variable that held the text. */
  readonly variable: string | undefined
}

async function openServer({ options, context: { env }, given }: Use, root: string): Promise<Opened> {
  const release = async () => {}
  if (given !== undefined) return { destination: readDestination(given.source, given.text, env), release }
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
  /** Default: the database that --database-url or DATABASE_URL names, else the embedded one. */
  readonly given?: GivenUrl | undefined
}

/**
 * Loads the files while the connection is being made. An error of the workspace is reported before an error of the server.
 * Throws what openWorkspace and connect throw.
 */
export async function withDatabase<T>(
  wanted: Use,
  use: (database: Database, workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { options, context, verb, edited = 'refuse', graceMs = 0 } = wanted
  const from = options.workspace ?? context.cwd
  const root = findWorkspace(from)
  const wait = { signal: context.signal, timeoutMs: connectTimeoutOf(options), graceMs }
  const opening = openServer(wanted, root)
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

/** A second database beside the one of withDatabase, for a verb that only reads. Throws what readDestination and connect throw. */
export async function withOtherDatabase<T>(
  { options, context, verb, given }: Use & { readonly given: GivenUrl },
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const wait = { signal: context.signal, timeoutMs: connectTimeoutOf(options) }
  const client = await connect(readDestination(given.source, given.text, context.env), verb, wait)
  try {
    const database: Database = { client, name: targetText(client.target), embeddedDataDir: undefined }
    context.tell(targetLines(database, ''))
    return await use(database).catch((error) => {
      throw worded(client, error)
    })
  } finally {
    await client.end().catch(() => {})
  }
}

/** A verb may find its connection dead at any question, also at one that cannot fail otherwise. That is no defect of the migrator. */
function worded(client: Client, error: unknown): unknown {
  if (error instanceof MigratorError || !isConnectionLoss(client, error)) return error
  const doing = 'the database was asked'
  return new QueryFailedError({ doing, serverMessage: reason(error), sqlState: sqlState(error) }, error)
}
