/**
 * A database for one test file (or one test), on the server that the global set-up chose.
 *
 *     const db = await testDatabase({ migrated: true })     // all migrations applied: a clone, some 30 ms
 *     const v1 = await testDatabase({ migrated: 'v1' })     // those of V1, for what docs/v1-schema.md says
 *     await using db = await testDatabase()                 // empty, dropped at the end of the block
 */
import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { inject } from 'vitest'
import type { MigratedTo, TestServer } from './context.ts'
import { connected, createDatabase, dropDatabase, withClient, withDatabase } from './databases.ts'

export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly name: string
  /** A connected client; `drop` closes it. */
  readonly client: pg.Client
  /** Drops the database and ends every session on it. May be called twice or not at all: the end of the run drops what is left. */
  drop(): Promise<void>
}

/** @throws Error with the reason if there is no server, or with `migrated` no template. */
export async function testDatabase(options: { migrated?: boolean | 'v1' } = {}): Promise<TestDatabase> {
  const server = testServer()
  const { prefix, strategy } = server
  const template = templateFor(server, options.migrated)
  const name = `${prefix}${randomBytes(6).toString('hex')}`
  await withClient(server.url, (client) => createDatabase(client, { name, template, strategy }))
  const url = withDatabase(server.url, name)
  const client = await connected(url)
  let dropped: Promise<void> | undefined
  const dropNow = async () => {
    await client.end()
    await withClient(server.url, (admin) => dropDatabase(admin, name))
  }
  const drop = () => (dropped ??= dropNow())
  return { url, name, client, drop, [Symbol.asyncDispose]: drop }
}

function testServer(): TestServer {
  const server = inject('testServer')
  if ('error' in server) throw new Error(`There is no PostgreSQL for the tests: ${server.error}`)
  return server
}

function templateFor({ templates }: TestServer, migrated: boolean | 'v1' = false): string {
  if (migrated === false) return 'template0'
  const migratedTo: MigratedTo = migrated === 'v1' ? 'v1' : 'everything'
  const template = templates[migratedTo]
  if ('error' in template)
    throw new Error(`The migrations could not be applied to the template database: ${template.error}`)
  return template.name
}
