/** A database with the roles of `grants`, for tests. Roles belong to the whole server, so each database has a prefix of its own. */
import { randomBytes } from 'node:crypto'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import pg from 'pg'
import { grantedRights } from '../src/grants/grants.ts'
import type { Rights } from '../src/grants/rights.ts'
import { grantsScript } from '../src/grants/script.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

const PASSWORD = 'of a test'

export interface Granted extends AsyncDisposable {
  readonly db: TestDatabase
  readonly rights: Rights
  readonly prefix: string
  /** Runs the script and returns the statements that it ran. */
  run(as?: pg.ClientBase): Promise<string[]>
  /** URL of a role, which can then log in with a password. */
  urlOf(role: string): Promise<string>
  /** Connects as a role, calls back, and closes the connection. */
  as<T>(role: string, use: (client: pg.Client) => Promise<T>): Promise<T>
}

/** The script has not run yet. */
export async function granted(root: string, options: Parameters<typeof testDatabase>[0] = {}): Promise<Granted> {
  const prefix = `t${randomBytes(4).toString('hex')}_`
  const rights = await grantedRights(await openWorkspace(root), prefix)
  const db = await testDatabase(options)
  const urlOf = async (role: string): Promise<string> => {
    await db.client.query(`alter role ${pg.escapeIdentifier(role)} login password '${PASSWORD}'`)
    const url = new URL(db.url)
    url.username = role
    url.password = PASSWORD
    return url.href
  }
  return {
    db,
    rights,
    prefix,
    run: (client = db.client) => runScript(client, grantsScript(rights)),
    urlOf,
    as: async (role, use) => {
      const client = new pg.Client({ connectionString: await urlOf(role) })
      await client.connect()
      try {
        return await use(client)
      } finally {
        await client.end()
      }
    },
    [Symbol.asyncDispose]: async () => {
      await db.client.query('rollback')
      await withoutRoles(db.client, prefix)
      await db.drop()
    },
  }
}

/** Returns the statements that the script ran. */
export async function runScript(client: pg.ClientBase, script: string): Promise<string[]> {
  const notices: string[] = []
  const listen = ({ message }: { message?: string | undefined }) => notices.push(message ?? '')
  client.on('notice', listen)
  try {
    await client.query(script)
    return notices
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.off('notice', listen)
  }
}

/** Drops the roles whose names begin so, with what they own in this database. */
export async function withoutRoles(client: pg.ClientBase, prefix: string): Promise<void> {
  const { rows } = await client.query('select rolname from pg_roles where starts_with(rolname, $1)', [prefix])
  const roles = rows.map(({ rolname }) => pg.escapeIdentifier(rolname)).join(', ')
  if (roles === '') return
  // One statement each: they would otherwise be one transaction, which has room for only so many locks.
  for (const sql of [
    `reassign owned by ${roles} to current_user`,
    `drop owned by ${roles} cascade`,
    `drop role ${roles}`,
  ])
    await client.query(sql)
}

/** What the server says to a statement; undefined if it does it. Whatever it does is undone. */
export async function refusal(client: pg.ClientBase, sql: string): Promise<string | undefined> {
  await client.query('begin')
  try {
    await client.query(sql)
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    await client.query('rollback')
  }
}

/** How the server says that a right is missing. */
export const DENIED = /^(permission denied|must be (owner|superuser)|Only roles with)/
