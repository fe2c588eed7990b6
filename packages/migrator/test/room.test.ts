/** A server whose lock table is small: a run that has no room in one transaction is committed in pieces, and says so. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v1Workspace } from '@veza/tools/v1'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { acquireEmbedded, type EmbeddedServer } from '../src/embedded/server.ts'
import type { RunEvent } from '../src/run/events.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { history, idsOf, migrate, publicObjects } from './runs.ts'

const dir = mkdtempSync(join(tmpdir(), 'veza-room-'))
let server: EmbeddedServer

/** 10 x 12 places: the least that PostgreSQL takes. */
const SMALL = [
  'max_locks_per_transaction = 10',
  'max_connections = 12',
  'max_wal_senders = 0',
  'superuser_reserved_connections = 0',
  'reserved_connections = 0',
]

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return use(client).finally(() => client.end())
}

beforeAll(async () => {
  const first = await acquireEmbedded({ dir, port: 0, durable: false })
  await withClient(first.url, async (client) => {
    for (const setting of SMALL) await client.query(`alter system set ${setting}`)
  })
  await first.release()
  server = await acquireEmbedded({ dir, port: 0, durable: false })
}, 60_000)
afterAll(async () => {
  await server?.release()
  if (existsSync(dir)) rmSync(dir, { recursive: true, force: true })
})

async function freshDatabase(name: string): Promise<string> {
  await withClient(server.url, (client) => client.query(`create database ${name} strategy file_copy`))
  return server.urlFor(name)
}

const splits = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'split')
const pieces = (events: readonly RunEvent[]) => events.filter(({ type }) => type === 'committed').length

test('V1 lands in pieces that fit, up and down', async () => {
  using v1 = v1Workspace()
  const url = await freshDatabase('v1')
  const events: RunEvent[] = []
  const up = await migrate(url, v1, {}, events)
  expect(up.applied).toBe(up.total)
  expect(splits(events)).toMatchObject([{ lockSlots: 120, pieces: pieces(events) }])
  expect(pieces(events)).toBeGreaterThan(1)

  const reverting: RunEvent[] = []
  await migrate(url, v1, { down: { kind: 'all' } }, reverting)
  expect(pieces(reverting)).toBeGreaterThan(1)
  expect(await withClient(url, publicObjects)).toEqual([])
})

test('what no text foretells is found out by the server, and then taken in smaller pieces', async () => {
  const many = (letter: string) => ({
    up: [`do $$ begin for i in 1..150 loop execute format('create table ${letter}%s ()', i); end loop; end $$`],
  })
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': many('a'), '002_b': many('b'), '003_c': many('c'), '004_d': many('d') } },
  })
  const url = await freshDatabase('many')
  const events: RunEvent[] = []
  const summary = await migrate(url, workspace, {}, events)
  expect(summary).toMatchObject({ applied: 4, tables: 600 })
  expect(idsOf(summary)).toEqual(['core/001_a', 'core/002_b', 'core/003_c', 'core/004_d'])
  expect(pieces(events)).toBeGreaterThan(1)
  expect(await withClient(url, history)).toHaveLength(4)
})
