/**
 * Over every domain there is: each migration goes up, its down restores what was there before it, and it goes up again to the same.
 * Nothing here names a domain or a table: a new one is covered the day it exists.
 */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { fingerprint } from './fingerprint.ts'
import { REPOSITORY } from './fixture-workspace.ts'
import { history, idsOf, migrate, tableNames } from './runs.ts'

const { order, domains, graph } = await openWorkspace(REPOSITORY)

let db: TestDatabase
/** By id: the state before a migration, on the way up and after its down. */
const before = new Map<string, string[]>()
const restored = new Map<string, string[]>()
const ownerOfTable = new Map<string, string>()
let complete: string[]

beforeAll(async () => {
  db = await testDatabase()
  for (const { id, domain } of order) {
    before.set(id, await fingerprint(db.client))
    await migrate(db.url, REPOSITORY, { up: { to: id } })
    for (const table of await tableNames(db.client)) if (!ownerOfTable.has(table)) ownerOfTable.set(table, domain)
  }
  complete = await fingerprint(db.client)
  for (const { id } of order.toReversed()) {
    await migrate(db.url, REPOSITORY, { down: { kind: 'steps', steps: 1 } })
    restored.set(id, await fingerprint(db.client))
  }
  await migrate(db.url, REPOSITORY)
}, 120_000)
afterAll(async () => {
  await db?.drop()
})

describe.each(domains)('$name', ({ name, dependencies }) => {
  const own = order.filter(({ domain }) => domain === name)

  test.each(own)('$id changes something, and its down restores what was there before', ({ id }) => {
    const next = order[order.findIndex((step) => step.id === id) + 1]
    expect(next ? before.get(next.id) : complete).not.toEqual(before.get(id))
    expect(restored.get(id)).toEqual(before.get(id))
  })

  test('is built by --domain with nothing but what it needs', async () => {
    await using alone = await testDatabase()
    const needed = graph.closure(name)
    const done = idsOf(await migrate(alone.url, REPOSITORY, { up: { domain: name } }))
    expect(done).toEqual(order.filter(({ domain }) => needed.has(domain)).map(({ id }) => id))
    const tables = (await tableNames(alone.client)).filter((table) => !needed.has(ownerOfTable.get(table) as string))
    expect(tables.filter((table) => table !== 'migration_history')).toEqual([])
  })

  test('depends on exactly the domains that its foreign keys reach', async () => {
    const { rows } = await db.client.query<{ from: string; to: string }>(
      `select conrelid::regclass::text as "from", confrelid::regclass::text as "to" from pg_constraint where contype = 'f'`,
    )
    const reached = rows
      .filter(({ from }) => ownerOfTable.get(from) === name)
      .map(({ to }) => ownerOfTable.get(to) as string)
      .filter((owner) => owner !== name)
    expect([...new Set(reached)].sort()).toEqual(dependencies)
  })
})

test('going down and up again gives the same database', async () => {
  expect(await fingerprint(db.client)).toEqual(complete)
  expect(await history(db.client)).toEqual(order.map(({ id }) => id))
})
