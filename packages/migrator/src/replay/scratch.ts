/**
 * Throw-away databases on a separate embedded server (`.veza/scratch`, in memory if there is enough room), so that proving the plan or
 * generating from it never touches a database that somebody works with.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, connect } from '../database/connect.ts'
import { send } from '../database/pipeline.ts'
import { acquireEmbedded } from '../embedded/server.ts'
import { statement } from '../statement.ts'
import { LOCAL_FOLDER } from '../workspace/discover.ts'
import { LOCKFILE } from '../workspace/lockfile.ts'

export interface Scratch {
  /** `18.4`. */
  readonly version: string
  /** Makes an empty database, or a copy of another scratch database that has no connections, and returns its URL. */
  createDatabase(options?: { readonly template?: string }): Promise<string>
}

/**
 * The databases that `use` makes are dropped when it ends, also if it throws. `binaries`: folder `native` of another PostgreSQL major
 * version. Throws what acquireEmbedded throws.
 */
export async function withScratch<T>(
  root: string,
  use: (scratch: Scratch) => Promise<T>,
  { binaries, name = 'scratch' }: { binaries?: string; name?: string } = {},
): Promise<T> {
  const server = await acquireEmbedded({
    dir: join(root, LOCAL_FOLDER, name),
    port: 0,
    memoryMb: expectedMb(root),
    database: 'postgres',
    ...(binaries === undefined ? {} : { binaries }),
  })
  const made: string[] = []
  let admin: Client | undefined
  try {
    admin = await connect(server.urlFor('postgres'), 'scratch')
    const client = admin
    const createDatabase: Scratch['createDatabase'] = async ({ template } = {}) => {
      const database = `scratch_${randomUUID().replaceAll('-', '')}`
      const from = template === undefined ? 'template0' : new URL(template).pathname.slice(1)
      await send(client, statement(`create database ${database} template ${from} strategy file_copy`))
      made.push(database)
      return server.urlFor(database)
    }
    return await use({ version: server.version, createDatabase })
  } finally {
    for (const database of made)
      await send(admin as Client, statement(`drop database if exists ${database} with (force)`)).catch(() => {})
    await admin?.end().catch(() => {})
    await server.release()
  }
}

/**
 * Twice the room that the plan needs if it is built in two databases. Measured for both databases together: 0.3 MB for a migration with a
 * table and five indexes.
 */
function expectedMb(root: string): number {
  const lockfile = join(root, LOCKFILE)
  const migrations = existsSync(lockfile) ? readFileSync(lockfile, 'utf8').split('\n').length : 0
  return 1024 + migrations * 0.6
}
