/** CREATE and DROP DATABASE, with quoting of names, waiting for other sessions, and a search for leftover databases. */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

const OBJECT_IN_USE = '55006'

/** The URL with the same server and user, and another database. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}

/** Opens a connection, calls `use` and closes the connection. */
export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connected(url)
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'veza-tests' })
  // When a database is dropped by force, its sessions end with an error, which would end the process if nobody listened.
  client.on('error', () => {})
  await client.connect()
  return client
}

export interface CreateOptions {
  readonly name: string
  readonly template: string
  readonly strategy: 'file_copy' | 'wal_log'
}

/** A session may still be leaving the template (autovacuum, say). PostgreSQL waits 5 s for it, and this function tries again for 20 s. */
export async function createDatabase(client: pg.Client, { name, template, strategy }: CreateOptions): Promise<void> {
  // UTF8 is set since a cluster made under the C locale would count bytes as characters. Only template0 allows another encoding.
  const encoding = template === 'template0' ? " ENCODING 'UTF8'" : ''
  const sql = `CREATE DATABASE ${quoted(name)} TEMPLATE ${quoted(template)}${encoding} STRATEGY ${strategy}`
  for (const deadline = Date.now() + 20_000; ; await delay(50)) {
    try {
      await client.query(sql)
      return
    } catch (error) {
      if ((error as pg.DatabaseError).code !== OBJECT_IN_USE || Date.now() > deadline) throw error
    }
  }
}

export async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`)
}

export async function databasesLike(client: pg.Client, prefix: string): Promise<readonly string[]> {
  const sql = 'SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY datname'
  const found = await client.query<{ datname: string }>(sql, [prefix])
  return found.rows.map((row) => row.datname)
}

function quoted(name: string): string {
  return pg.escapeIdentifier(name)
}
