/** audit --sample: what the server's statistics say of the data, without a row being read, and what a role may not see. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { extensionNote, extensionsOf } from '../src/audit/live/extension-note.ts'
import { sampled } from '../src/audit/live/sample.ts'
import { readCatalog } from '../src/catalog/read.ts'
import type { Catalog } from '../src/catalog/types.ts'
import { type Client, connect } from '../src/database/connect.ts'
import { runRules } from '../src/rules/run.ts'

let database: TestDatabase
let client: Client
const limits = { lockTimeoutMs: 100, statementTimeoutMs: 60_000 }

beforeAll(async () => {
  database = await testDatabase()
  client = await connect(database.url, 'test')
  await client.query(`create table parcels (id serial primary key, status text, code text, carrier text, kind text, number integer);
    insert into parcels (status, code, carrier, kind, number)
      select 'state ' || n % 3, 'code ' || n, 'carrier ' || n % 4, 'kind ' || n, n from generate_series(1, 3000) n;
    create table small (status text, carrier text); insert into small select 'a', 'b' from generate_series(1, 10);
    select setval('parcels_id_seq', 2000000000);
    create table never (x text) with (autovacuum_enabled = off); insert into never select 'x' from generate_series(1, 2000);
    analyze parcels; analyze small`)
})
afterAll(async () => {
  await client?.end()
  await database?.drop()
})

async function read(): Promise<Catalog> {
  await client.query('begin')
  try {
    return await readCatalog(client)
  } finally {
    await client.query('rollback')
  }
}

const sample = async (): Promise<Catalog> => sampled(client, await read(), limits)
const found = (catalog: Catalog, rule: string): string[] =>
  runRules(catalog, { v1: { ...catalog, tables: [] } })
    .filter((finding) => finding.rule === rule)
    .map(({ table, column, confidence }) => `${table}.${column} ${confidence}`)

describe('lists', () => {
  test('without the sample the name alone says which texts are lists', async () => {
    expect(found(await read(), 'list-without-check')).toEqual([
      'parcels.status medium',
      'parcels.kind low',
      'small.status medium',
    ])
  })

  test('with it a few values make sure of a name, find a list without one, and many values refute a name', async () => {
    expect(found(await sample(), 'list-without-check')).toEqual([
      'parcels.status high',
      'parcels.carrier low',
      'small.status medium',
    ])
  })

  test('no value is told, only how many there are', async () => {
    const catalog = await sample()
    expect(JSON.stringify(catalog)).not.toContain('state 1')
    const finding = runRules(catalog, { v1: { ...catalog, tables: [] } }).find(({ column }) => column === 'status')
    expect(finding?.expected).toBe('text CHECK (status IN (...)), with the 3 values that it has')
  })

  test('the finding is the same with and without the sample, so that a baseline knows it', async () => {
    const [bare, more] = [await read(), await sample()].map((catalog) =>
      runRules(catalog, { v1: { ...catalog, tables: [] } }).find(
        ({ column, rule }) => column === 'status' && rule === 'list-without-check',
      ),
    )
    expect(more?.found).toBe(bare?.found)
  })
})

describe('keys', () => {
  test('a sequence that has given out more than half of the numbers of its column is found', async () => {
    expect(found(await read(), 'key-runs-out')).toEqual([])
    expect(found(await sample(), 'key-runs-out')).toEqual(['parcels.id high'])
  })
})

describe('what cannot be seen', () => {
  test('a table with rows that was never analyzed is named', async () => {
    await expect
      .poll(async () => (await sample()).unread, { timeout: 10_000 })
      .toEqual([
        {
          table: null,
          what: 'the statistics of tables that were never analyzed',
          reason: '1 table with rows, never, had no ANALYZE yet',
          remedy: 'ANALYZE (as the owner; it reads a sample of the rows of each table)',
        },
      ])
  })

  test('a role that may not read the tables is told which, and what to grant', async () => {
    const role = `sample_reader_${process.pid}`
    await client.query(`create role ${role} login password 'reader'`)
    const url = new URL(database.url)
    url.username = role
    url.password = 'reader'
    const reader = await connect(url.href, 'test')
    try {
      const { unread, tables } = await sampled(reader, await read(), limits)
      expect(unread?.map(({ what, reason }) => `${what}: ${reason.replace(role, 'reader')}`)).toEqual([
        'the statistics of tables that the role may not read: role reader may not read the rows of never, parcels, small, and pg_stats shows a role no more than that',
        'which numbers the sequences of integer columns have given out: role reader may not read 1 sequence',
      ])
      expect(unread?.[0]?.remedy).toContain(`GRANT pg_read_all_data TO ${role}`)
      expect(tables.flatMap(({ columns }) => columns).every(({ distinct }) => distinct === null)).toBe(true)
    } finally {
      await reader.end()
      await client.query(`drop role ${role}`)
    }
  })

  test('a sequence that another session alters is passed over and told', async () => {
    const other = await connect(database.url, 'test')
    try {
      await other.query('begin; alter sequence parcels_id_seq maxvalue 2147483646')
      const catalog = await sample()
      expect(catalog.unread?.map(({ what, reason }) => [what, reason])).toContainEqual([
        'which numbers the sequences of integer columns have given out',
        'canceling statement due to lock timeout',
      ])
      expect(found(catalog, 'list-without-check')).toContain('parcels.status high')
    } finally {
      await other.query('rollback')
      await other.end()
    }
  })
})

test('extensions are named in the notes, each with what depends on it', () => {
  const extension = { kind: 'extension' as const, table: null, comment: null, extension: null }
  const catalog = {
    objects: [
      { ...extension, name: 'plpgsql', definition: 'in schema pg_catalog, version 1.0' },
      {
        ...extension,
        name: 'citext',
        definition: 'in schema public, version 1.6',
        dependents: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `column ${name}.email (citext)`),
      },
      { ...extension, name: 'pg_trgm', definition: 'in schema public, version 1.6', dependents: ['index public.idx'] },
      { ...extension, name: 'pgcrypto', definition: 'in schema public, version 1.3', dependents: [] },
    ],
  }
  expect(extensionsOf(catalog as unknown as Catalog).map(extensionNote)).toEqual([
    'Extension citext (in schema public, version 1.6): 6 objects depend on it: column a.email (citext), column b.email (citext), column c.email (citext), column d.email (citext), column e.email (citext) and 1 more.',
    'Extension pg_trgm (in schema public, version 1.6): 1 object depends on it: index public.idx.',
    'Extension pgcrypto (in schema public, version 1.3): no object depends on it, which leaves the bodies of functions and the queries of services.',
  ])
})
