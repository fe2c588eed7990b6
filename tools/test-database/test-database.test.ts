import { afterAll, describe, expect, inject, test } from 'vitest'
import { withClient } from './databases.ts'
import { dockerAnswers } from './docker.ts'
import { testDatabase } from './index.ts'

const TABLES = "SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'"

describe('a test database', () => {
  test('is empty unless asked otherwise', async () => {
    await using db = await testDatabase()
    expect((await db.client.query(TABLES)).rows).toEqual([{ tables: 0 }])
  })

  test('holds the migrated schema when asked', async () => {
    await using db = await testDatabase({ migrated: true })
    const { rows } = await db.client.query("SELECT to_regclass('migration_history') IS NOT NULL AS migrated")
    expect(rows).toEqual([{ migrated: true }])
  })

  test("is nobody else's: a dozen made at once are twelve, and what one holds no other has", async () => {
    const made = await Promise.all(Array.from({ length: 12 }, () => testDatabase({ migrated: true })))
    expect(new Set(made.map((db) => db.name)).size).toBe(12)
    await made[0]!.client.query('CREATE TABLE only_here ()')
    expect((await made[1]!.client.query("SELECT to_regclass('only_here') AS here")).rows).toEqual([{ here: null }])
    await Promise.all(made.map((db) => db.drop()))
  })

  test('is gone after drop, with every session on it, and drop can be called again', async () => {
    const server = inject('testServer')
    if ('error' in server) throw new Error(server.error)
    const db = await testDatabase()
    await withClient(db.url, async (other) => {
      await db.drop()
      await db.drop()
      await expect(other.query('SELECT 1')).rejects.toThrow()
    })
    await withClient(server.url, async (admin) => {
      expect((await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [db.name])).rows).toEqual([])
    })
  })
})

describe('a Docker engine', () => {
  test('that does not exist does not answer, and the answer is quick', async () => {
    const began = performance.now()
    expect(await dockerAnswers({ DOCKER_HOST: 'unix:///nowhere/docker.sock' })).toBe(false)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})

// This database is not dropped, on purpose: the run's teardown must drop it.
const left = testDatabase()
afterAll(async () => {
  expect((await left).name).toMatch(/^veza_test_/)
})
