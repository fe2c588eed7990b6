/** Databases for the runs: each run has a fresh one, in the state that its scenario asks for. Making them is not timed. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { EmbeddedServer } from '../../packages/migrator/src/embedded/server.ts'

export interface Databases {
  /** An empty database or a copy of another. One session was opened in it before, since a database's first session fills its caches. */
  create(options?: { readonly template?: string }): Promise<string>
  drop(name: string): Promise<void>
  /** The number of tables in public, which the run made. */
  tables(name: string): Promise<number>
}

export async function withDatabases<T>(server: EmbeddedServer, use: (databases: Databases) => Promise<T>): Promise<T> {
  const admin = await connected(server.urlFor('postgres'))
  const count = async (name: string): Promise<number> => {
    const client = await connected(server.urlFor(name))
    try {
      const sql = "select count(*)::int as tables from pg_tables where schemaname = 'public'"
      return (await client.query<{ tables: number }>(sql)).rows[0]!.tables
    } finally {
      await client.end()
    }
  }
  try {
    return await use({
      create: async ({ template = 'template0' } = {}) => {
        const name = `bench_${randomUUID().replaceAll('-', '')}`
        await admin.query(`create database ${name} template ${template}`)
        await count(name)
        return name
      },
      drop: async (name) => {
        await admin.query(`drop database ${name} with (force)`)
      },
      tables: count,
    })
  } finally {
    await admin.end()
  }
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}
