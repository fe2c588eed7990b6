/** CREATE and DROP DATABASE with what they need around them: quoting, another session in the way, leftovers. */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

const OBJECT_IN_USE = '55006'

/** The same server and user, another database. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}

/** Opens, calls back, closes. */
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
  // A database dropped by force ends its sessions; without a listener that would end the process.
  client.on('error', () => {})
  await client.connect()
  return client
}

export interface CreateOptions {
  readonly name: string
  readonly template: string
  readonly strategy: 'file_copy' | 'wal_log'
}

/** Somebody may just be leaving the template (autovacuum, say): PostgreSQL waits 5 s for that, and this as long again and more. */
export async function createDatabase(client: pg.Client, { name, template, strategy }: CreateOptions): Promise<void> {
  // Only template0 takes another encoding than its own; a cluster made under the C locale would count bytes for characters.
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
