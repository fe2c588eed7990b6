/** A database for all tests of one file, and a connection to it. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll } from 'vitest'
import { type Client, connect } from '../src/database/connect.ts'

/** What it returns is there from the first test on, and in a `beforeAll` that stands behind the call. */
export function ownDatabase(options: Parameters<typeof testDatabase>[0] = {}): {
  database: TestDatabase
  client: Client
} {
  const own = {} as { database: TestDatabase; client: Client }
  beforeAll(async () => {
    own.database = await testDatabase(options)
    own.client = await connect(own.database.url, 'test')
  })
  afterAll(async () => {
    await own.client?.end()
    await own.database?.drop()
  })
  return own
}
