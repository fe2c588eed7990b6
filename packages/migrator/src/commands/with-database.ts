/**
 * Which database, and an open connection to it: --database-url, else DATABASE_URL, else the embedded one.
 * Opened, used, closed: the shape of every verb that talks to a database.
 */
import { join } from 'node:path'
import { type Client, connect, targetText } from '../database/connect.ts'
import type { Output } from '../report/output.ts'
import { parseDatabaseUrl } from '../settings.ts'
import type { CommonOptions, Context } from '../verb.ts'
import { findWorkspace } from '../workspace/discover.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'

export interface Database {
  readonly client: Client
  /** `127.0.0.1:54320/veza`. */
  readonly name: string
  /** Folder of the embedded cluster; undefined for a server that somebody else runs. */
  readonly embeddedDataDir: string | undefined
}

interface Opened {
  readonly url: string
  readonly dataDir?: string
  release(): Promise<void>
}

export const EMBEDDED_FOLDER = '.veza'

async function openServer(options: CommonOptions, { env }: Context, root: string): Promise<Opened> {
  const release = async () => {}
  if (options.databaseUrl !== undefined)
    return { url: parseDatabaseUrl('--database-url', options.databaseUrl), release }
  if (env.DATABASE_URL) return { url: parseDatabaseUrl('DATABASE_URL', env.DATABASE_URL), release }
  const { acquireEmbedded } = await import('../embedded/server.ts')
  return acquireEmbedded({ dir: join(root, EMBEDDED_FOLDER), env })
}

export interface Use {
  readonly options: CommonOptions
  readonly output: Output
  readonly context: Context
  readonly verb: string
  readonly edited?: 'refuse' | 'accept'
}

/**
 * The files are loaded while the connection is being made; a wrong workspace is told before anything that the server says.
 * Throws what openWorkspace and connect throw.
 */
export async function withDatabase<T>(
  { options, output, context, verb, edited = 'refuse' }: Use,
  use: (database: Database, workspace: Workspace) => Promise<T>,
): Promise<T> {
  const from = options.workspace ?? context.cwd
  const root = findWorkspace(from)
  const opening = openServer(options, context, root)
  const connecting = opening.then(({ url }) => connect(url, verb))
  connecting.catch(() => {})
  try {
    const workspace = await openWorkspace(from, { edited })
    const client = await connecting
    const { dataDir } = await opening
    const database: Database = { client, name: targetText(client.target), embeddedDataDir: dataDir }
    output.line(targetLine(database, root, output))
    return await use(database, workspace)
  } finally {
    await connecting.then((client) => client.end()).catch(() => {})
    await opening.then(({ release }) => release()).catch(() => {})
  }
}

function targetLine({ client, name, embeddedDataDir }: Database, root: string, { paint }: Output): string {
  const server = `PostgreSQL ${client.serverVersion ?? '(version unknown)'}`
  const place = paint('bold', name)
  if (embeddedDataDir === undefined) return `${server} at ${place}, user ${client.target.user}`
  const folder = embeddedDataDir.startsWith(`${root}/`) ? embeddedDataDir.slice(root.length + 1) : embeddedDataDir
  return `embedded ${server} at ${place}, data in ${folder}`
}

/** The target as JSON documents name it; the password is not in it. */
export function targetDocument({ client, embeddedDataDir }: Database): Record<string, unknown> {
  return { ...client.target, serverVersion: client.serverVersion, embedded: embeddedDataDir !== undefined }
}
