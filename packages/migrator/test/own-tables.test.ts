/** The tables that the migrator makes for itself are nobody's objects: whatever counts, compares or empties a database leaves them out. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { readLive } from '../src/audit/live/live.ts'
import { connect } from '../src/database/connect.ts'
import { inspect } from '../src/database/inspect.ts'
import { ensureRepairs } from '../src/database/repairs.ts'
import { openReset } from '../src/reset/reset.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { migrate, publicObjects, tableNames } from './runs.ts'

const LIMITS = { lockTimeoutMs: 2000, statementTimeoutMs: 0 }
const RECORD = `insert into migration_repairs (domain, name, action, reason, tool_version, applied_by)
  values ('core', '001_users', 'forget', 'its file was lost', '0.0.0', 'somebody')`

async function withRecord(): Promise<TestDatabase> {
  const db = await testDatabase()
  for (const { sql } of await ensureRepairs()) await db.client.query(sql)
  await db.client.query(RECORD)
  return db
}

const users = { up: ['create table users ()'], down: ['drop table users'] }

test('a database that has only the record of repairs is empty: it is migrated, reverted and migrated again, and keeps the record', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_users': users } } })
  await using db = await withRecord()
  const before = await publicObjects(db.client)
  expect(await migrate(db.url, workspace)).toMatchObject({ applied: 1, tables: 1 })
  expect(await migrate(db.url, workspace, { down: { kind: 'all' } })).toMatchObject({ applied: 0, tables: 0 })
  expect(await publicObjects(db.client)).toEqual(before)
  expect(await migrate(db.url, workspace)).toMatchObject({ applied: 1, tables: 1 })
  const { rows } = await db.client.query('select reason from migration_repairs')
  expect(rows).toEqual([{ reason: 'its file was lost' }])
})

test('what else is in the way is still named', async () => {
  await using db = await withRecord()
  await db.client.query('create table mine (id int primary key); create type state as enum ()')
  const client = await connect(db.url, 'test')
  try {
    const { strangers, tables } = await inspect(client, LIMITS, 'readOnly')
    expect(strangers.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'table mine',
      'type state',
      'index mine_pkey',
    ])
    expect(tables).toBe(1)
  } finally {
    await client.end()
  }
})

test('an audit does not see the record, but a table of that name that somebody else made', async () => {
  await using ours = await withRecord()
  await using other = await testDatabase()
  await other.client.query('create table migration_repairs (id int)')
  for (const [db, seen] of [
    [ours, []],
    [other, ['migration_repairs']],
  ] as const) {
    const client = await connect(db.url, 'test')
    try {
      const { catalog } = await readLive(client, LIMITS)
      expect(catalog.tables.map(({ name }) => name)).toEqual(seen)
    } finally {
      await client.end()
    }
  }
})

test('a reset of what the domains own keeps it; a reset of all objects names it', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_users': users } } })
  await using db = await withRecord()
  await migrate(db.url, workspace)
  await db.client.end()
  const makers = {
    makerOf: (_kind: string, name: string) =>
      name === 'users' ? { domain: 'core', migration: 'core/001_users' } : undefined,
  }
  const client = await connect(db.url, 'reset')
  try {
    const dropped = async (own: typeof makers | undefined) => {
      const drops = await openReset(client, { database: 'lab', makers: own })
      await client.query('rollback')
      return drops.flatMap(({ objects }) => objects)
    }
    expect(await dropped(makers)).toEqual(['table migration_history', 'table users'])
    expect(await dropped(undefined)).toEqual(['table migration_history', 'table migration_repairs', 'table users'])
  } finally {
    await client.end()
  }
  expect(await tableNamesOf(db)).toContain('migration_repairs')
})

async function tableNamesOf({ url }: TestDatabase): Promise<string[]> {
  const client = await connect(url, 'test')
  try {
    return await tableNames(client)
  } finally {
    await client.end()
  }
}
