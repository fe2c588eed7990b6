/** V1 itself, up and down, on real databases. What later migrations do is in domains.test.ts, whatever they are. */
import { tcpProxy } from '@veza/tools/tcp-proxy'
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, expect, test } from 'vitest'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { failureOf, history, idsOf, migrate, publicObjects, tableNames } from './runs.ts'
import { spec } from './v1/parse-spec.ts'

const v1 = v1Workspace()
afterAll(() => v1[Symbol.dispose]())
const { order } = await openWorkspace(v1.root)
const all = order.map(({ id }) => id)

test('up builds V1 on an empty database, and a second up applies nothing', async () => {
  await using db = await testDatabase()
  const first = await migrate(db.url, v1.root)
  expect(idsOf(first)).toEqual(all)
  expect(first).toMatchObject({ applied: all.length, total: all.length, tables: spec.tables.length })
  expect(await history(db.client)).toEqual(all)

  const second = await migrate(db.url, v1.root)
  expect(second).toMatchObject({ done: [], applied: all.length, total: all.length, tables: spec.tables.length })
})

test('the history says what ran, when, how long, by whom, under one run id', async () => {
  await using db = await testDatabase()
  const { runId } = await migrate(db.url, v1.root)
  const { rows } = await db.client.query('select * from migration_history order by position')
  expect(rows).toHaveLength(all.length)
  for (const [index, row] of rows.entries()) {
    expect(row).toMatchObject({
      run_id: runId,
      position: index + 1,
      checksum: order[index]!.checksum,
      tool_version: '0.0.0',
      applied_by: 'test@machine',
      duration_ms: expect.any(Number),
      created_at: expect.any(Date),
    })
    expect(row.duration_ms).toBeLessThan(10_000)
  }
})

test('down --all leaves public as empty as it was, and up builds it again', async () => {
  await using db = await testDatabase({ migrated: 'v1' })
  const down = await migrate(db.url, v1.root, { down: { kind: 'all' } })
  expect(idsOf(down)).toEqual(all.toReversed())
  expect(down).toMatchObject({ applied: 0, tables: 0 })
  expect(await publicObjects(db.client)).toEqual([])
  expect(idsOf(await migrate(db.url, v1.root))).toEqual(all)
})

test('down on an empty database has nothing to revert', async () => {
  await using db = await testDatabase()
  expect(await migrate(db.url, v1.root, { down: { kind: 'all' } })).toMatchObject({ done: [], applied: 0 })
  expect(await publicObjects(db.client)).toEqual([])
})

test('down --steps takes the newest, down --to keeps the named one', async () => {
  await using db = await testDatabase({ migrated: 'v1' })
  expect(idsOf(await migrate(db.url, v1.root, { down: { kind: 'steps', steps: 2 } }))).toEqual(all.slice(-2).reverse())
  expect(await history(db.client)).toEqual(all.slice(0, -2))
  await migrate(db.url, v1.root, { down: { kind: 'to', id: 'core/002' } })
  expect(await history(db.client)).toEqual(['core/001_conventions', 'core/002_users'])
  expect(await tableNames(db.client)).toContain('users')
})

test('up --to stops there, and a later up completes the rest', async () => {
  await using db = await testDatabase()
  const first = await migrate(db.url, v1.root, { up: { to: 'core/003' } })
  expect(idsOf(first)).toEqual(all.slice(0, 3))
  expect(idsOf(await migrate(db.url, v1.root))).toEqual(all.slice(3))
})

test('up --domain auth brings core and leaves the others to a later up', async () => {
  await using db = await testDatabase()
  await migrate(db.url, v1.root, { up: { domain: 'auth' } })
  const applied = await history(db.client)
  expect(new Set(applied.map((id) => id.split('/')[0]))).toEqual(new Set(['core', 'auth']))
  const rest = idsOf(await migrate(db.url, v1.root))
  expect([...applied, ...rest].sort()).toEqual(all.toSorted())
})

test('a changed history is refused before anything runs', async () => {
  await using db = await testDatabase({ migrated: 'v1' })
  await migrate(db.url, v1.root, { down: { kind: 'steps', steps: 1 } })
  await db.client.query("update migration_history set checksum = repeat('0', 64) where name = '002_users'")
  const error = await failureOf(migrate(db.url, v1.root))
  expect(error).toMatchObject({ name: 'ChangedMigrationError', id: 'core/002_users' })
  expect(await history(db.client)).toEqual(all.slice(0, -1))
})

/**
 * The least of three, since the answers that come while a client is still sending count as another round trip, which happens on a busy
 * machine. The login counts as one.
 */
async function roundTripsOf(migrated?: 'v1'): Promise<number> {
  const trips: number[] = []
  for (let turn = 0; turn < 3; turn++) {
    await using db = await testDatabase({ ...(migrated && { migrated }) })
    await using proxy = await tcpProxy(db.url)
    const applied = idsOf(await migrate(proxy.url, v1.root))
    expect(applied).toEqual(migrated === 'v1' ? [] : all)
    expect(proxy.connections).toBe(1)
    trips.push(proxy.roundTrips)
  }
  return Math.min(...trips)
}

test('V1 on an empty database takes 3 round trips: the login, the opening, and everything else', async () => {
  expect(await roundTripsOf()).toBe(3)
})

test('nothing pending takes 2 round trips: the login, and everything else', async () => {
  expect(await roundTripsOf('v1')).toBe(2)
})
