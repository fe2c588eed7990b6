/**
 * Once per test run: starts a server, prints one line that says which, and makes the template databases with the real migrator.
 * Afterwards it drops all databases of the run, also those that the tests left.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { isRunning, processTag } from '@veza/migrator/embedded'
import type { TestProject } from 'vitest/node'
import { V1_LAST } from '../v1.ts'
import type { TestServer } from './context.ts'
import { createDatabase, databasesLike, dropDatabase, withClient, withDatabase } from './databases.ts'
import { type ChosenServer, chooseServer } from './server.ts'

const PREFIX = 'veza_test_'
const workspace = fileURLToPath(new URL('../..', import.meta.url))

export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  let server: ChosenServer | undefined
  let prepared: Prepared
  try {
    server = await chooseServer({ workspace })
    prepared = await prepare(server)
  } catch (error) {
    await server?.stop()
    process.stdout.write(`tests have no PostgreSQL, those that need one fail: ${messageOf(error)}\n`)
    project.provide('testServer', { error: messageOf(error) })
    return undefined
  }
  const { url, description, stop } = server
  const { version, strategy } = prepared
  const prefix = `${PREFIX}${processTag(process.pid).replace('-', '_')}_${randomBytes(2).toString('hex')}_`
  process.stdout.write(`tests use PostgreSQL ${version}, ${description}\n`)
  const templates = await makeTemplates({ url, prefix, strategy })
  project.provide('testServer', { url, prefix, strategy, templates })
  return async () => {
    try {
      await withClient(url, async (client) => {
        for (const name of await databasesLike(client, prefix)) await dropDatabase(client, name)
      })
    } finally {
      await stop()
    }
  }
}

interface Prepared {
  readonly version: string
  readonly strategy: TestServer['strategy']
}

async function prepare(server: ChosenServer): Promise<Prepared> {
  return withClient(server.url, async (client) => {
    // The process id in a database's name says whether its run is still alive, but only if the server is on this machine.
    const left = server.embedded ? await databasesLike(client, PREFIX) : []
    for (const name of left.filter((candidate) => !isRunning(tagIn(candidate)))) await dropDatabase(client, name)
    const sql = "SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync"
    const { rows } = await client.query<{ version: string; fsync: string }>(sql)
    return { version: rows[0]!.version, strategy: rows[0]!.fsync === 'on' ? 'wal_log' : 'file_copy' }
  })
}

/** `veza_test_<pid>_<start>_...` → `<pid>-<start>` */
function tagIn(name: string): string {
  return name.slice(PREFIX.length).split('_').slice(0, 2).join('-')
}

type Place = Pick<TestServer, 'url' | 'prefix' | 'strategy'>

/** Makes the template of V1, and from a copy of it the template of the whole plan. If no migration follows V1, both are one database. */
async function makeTemplates(place: Place): Promise<TestServer['templates']> {
  const v1 = await makeTemplate(place, { name: 'v1', from: 'template0', to: V1_LAST })
  if ('error' in v1 || v1.applied === v1.total) return { v1, everything: v1 }
  return { v1, everything: await makeTemplate(place, { name: 'everything', from: v1.name }) }
}

interface Made {
  readonly name: string
  readonly applied: number
  /** Of the whole plan. */
  readonly total: number
}

async function makeTemplate(
  { url, prefix, strategy }: Place,
  { name: suffix, from, to }: { readonly name: string; readonly from: string; readonly to?: string },
): Promise<Made | { readonly error: string }> {
  const name = `${prefix}${suffix}`
  try {
    const { migrateUp } = await import('@veza/migrator')
    await withClient(url, (client) => createDatabase(client, { name, template: from, strategy }))
    const { applied, total } = await migrateUp({ databaseUrl: withDatabase(url, name), workspace, ...(to && { to }) })
    // PostgreSQL clones a database only while nobody is connected to it, so connections are forbidden.
    await withClient(url, (client) =>
      client.query(`ALTER DATABASE ${client.escapeIdentifier(name)} ALLOW_CONNECTIONS false`),
    )
    return { name, applied, total }
  } catch (error) {
    return { error: messageOf(error) }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
