/** Migrations outside a transaction (CREATE INDEX CONCURRENTLY): they run alone, and an interrupted one is found and cleaned up. */
import { faultProxy } from '@veza/tools/fault-proxy'
import { tcpProxy } from '@veza/tools/tcp-proxy'
import { testDatabase } from '@veza/tools/test-database'
import { sqlOf } from '@veza/tools/wire'
import pg from 'pg'
import { expect, test } from 'vitest'
import type { RunEvent } from '../src/run/events.ts'
import { callCommand } from './command.ts'
import { type DomainsData, fixtureWorkspace } from './fixture-workspace.ts'
import { halfBuilt } from './interrupted.ts'
import { failureOf, history, idsOf, migrate, publicObjects, tableNames } from './runs.ts'

const users = { up: ['create table users (name text)'], down: ['drop table users'] }
const nameIndex = {
  transaction: false,
  up: ['create unique index concurrently users_name on users (name)'],
  down: ['drop index concurrently users_name'],
}
const more = { up: ['create table more ()'], down: ['drop table more'] }
const MIXED: DomainsData = { core: { migrations: { '001_users': users, '002_index': nameIndex, '003_more': more } } }

async function indexState(client: pg.Client): Promise<'none' | 'invalid' | 'valid'> {
  const { rows } = await client.query(
    "select indisvalid as valid from pg_index where indexrelid = to_regclass('users_name')",
  )
  if (rows.length === 0) return 'none'
  return rows[0].valid ? 'valid' : 'invalid'
}

const committed = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'committed' ? [event.steps.map(({ name }) => name).join(' ')] : []))

test('a run is split around it: what stands before is committed, what stands behind follows', async () => {
  using workspace = await fixtureWorkspace(MIXED)
  await using db = await testDatabase()
  const events: RunEvent[] = []
  const summary = await migrate(db.url, workspace, {}, events)
  expect(summary).toMatchObject({ applied: 3, total: 3, tables: 2 })
  expect(committed(events)).toEqual(['001_users', '002_index', '003_more'])
  expect(await indexState(db.client)).toBe('valid')
  expect(idsOf(await migrate(db.url, workspace))).toEqual([])

  const down = await migrate(db.url, workspace, { down: { kind: 'all' } })
  expect(down).toMatchObject({ applied: 0, tables: 0 })
  expect(await publicObjects(db.client)).toEqual([])
})

test('it may be the first and the only one', async () => {
  const vacuum = { transaction: false, up: ['vacuum pg_catalog.pg_class'] }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_vacuum': vacuum } } })
  await using db = await testDatabase()
  expect(await migrate(db.url, workspace)).toMatchObject({ applied: 1, total: 1, tables: 0 })
  expect(await history(db.client)).toEqual(['core/001_vacuum'])
  await migrate(db.url, workspace, { down: { kind: 'all' } })
  expect(await publicObjects(db.client)).toEqual([])
})

test('its failure leaves nothing: its INVALID index is dropped at once, and its file can be corrected', async () => {
  using workspace = await fixtureWorkspace(MIXED)
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '1' } })
  await db.client.query("insert into users values ('ann'), ('ann')")
  const events: RunEvent[] = []
  const error = await failureOf(migrate(db.url, workspace, {}, events))
  expect(error.message).toMatchInlineSnapshot(`
    "core/002_index failed, statement 1 of 1: could not create unique index "users_name" (SQLSTATE 23505)
      detail: Key (name)=(ann) is duplicated.

      create unique index concurrently users_name on users (name)

    Nothing of this run was applied; the database is as it was before."
  `)
  expect(events).toContainEqual(expect.objectContaining({ type: 'cleaned', index: 'public.users_name' }))
  expect(await indexState(db.client)).toBe('none')
  expect(await tableNames(db.client)).not.toContain('more')
  expect(await history(db.client)).toEqual(['core/001_users'])

  await db.client.query('delete from users')
  await migrate(db.url, workspace)
  expect(await indexState(db.client)).toBe('valid')
  expect(await history(db.client)).toEqual(['core/001_users', 'core/002_index', 'core/003_more'])
})

test('an INVALID index whose name needs quotes is cleaned up as well, however its statement is written', async () => {
  const up = ['create/* slow */unique index -- and more\n concurrently "Users ""Name""" on users (name)']
  const source = { ...nameIndex, up, down: ['drop index concurrently "Users ""Name"""'] }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_users': users, '002_index': source } } })
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '1' } })
  await halfBuilt(db, workspace, 'core/002_index')
  const events: RunEvent[] = []
  await migrate(db.url, workspace, {}, events)
  expect(events).toContainEqual(expect.objectContaining({ type: 'cleaned', index: 'public."Users ""Name"""' }))
})

test('one whose session died half-way is named as under way, and the next run builds it again', async () => {
  using workspace = await fixtureWorkspace(MIXED)
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '1' } })
  // A writer that does not end keeps the build waiting.
  await db.client.query("begin; insert into users values ('ann')")
  await using other = await testSession(db.url)
  const kill = async (event: RunEvent) => {
    if (event.type !== 'blocked') return
    expect(event.by).toMatchObject([{ application: 'veza-tests' }])
    await other.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'veza-migrator up%'",
    )
  }
  const error = await failureOf(migrate(db.url, workspace, { onEvent: kill }))
  expect(error.name).toBe('ConnectionLostError')
  expect(error.message).toMatchInlineSnapshot(`
    "The connection to the server was lost during core/002_index: terminating connection due to administrator command
    core/002_index runs outside a transaction: a part of it may be applied. The next run drops an INVALID index that is provably what it left, and begins it again.
    If that cannot succeed, complete it or undo it by hand, and record which: npx veza-migrator repair core/002_index --mark-done (or --mark-undone) --reason "why""
  `)
  await db.client.query('rollback')
  expect(await indexState(db.client)).toBe('invalid')

  const events: RunEvent[] = []
  await migrate(db.url, workspace, {}, events)
  expect(events.map(({ type }) => type)).toContain('cleaned')
  expect(await indexState(db.client)).toBe('valid')
})

test('an interrupted one can be reverted instead', async () => {
  const source = { ...nameIndex, down: ['drop index concurrently if exists users_name'] }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_users': users, '002_index': source } } })
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '1' } })
  await halfBuilt(db, workspace, 'core/002_index')
  await migrate(db.url, workspace, { down: { kind: 'steps', steps: 1 } })
  expect(await indexState(db.client)).toBe('none')
  expect(await history(db.client)).toEqual(['core/001_users'])
})

test('two runners at once build it once', async () => {
  using workspace = await fixtureWorkspace(MIXED)
  await using db = await testDatabase()
  const done = await Promise.all([migrate(db.url, workspace), migrate(db.url, workspace)])
  expect(done.flatMap(idsOf).sort()).toEqual(['core/001_users', 'core/002_index', 'core/003_more'])
  expect(await indexState(db.client)).toBe('valid')
})

test('afterwards nobody holds the lock of the run', async () => {
  using workspace = await fixtureWorkspace(MIXED)
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  const { rows } = await db.client.query(
    "select count(*)::int as locks from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
  )
  expect(rows).toEqual([{ locks: 0 }])
})

test('nobody holds it as soon as the step is done, also while the session of the run is still there', async () => {
  using workspace = await fixtureWorkspace(MIXED)
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '1' } })
  // The last word of the run does not arrive, so its session stays.
  await using proxy = await faultProxy(db.url, ({ side, message }) =>
    side === 'client' && message.kind === 'X' ? { bytes: 0, act: (link) => link.silence() } : undefined,
  )
  await migrate(proxy.url, workspace, { up: { to: '2' } })
  const left = `select (select count(*)::int from pg_stat_activity where datname = current_database()
    and application_name like 'veza-migrator up%') as sessions,
    (select count(*)::int from pg_locks where locktype = 'advisory' and objid = 1
      and database = (select oid from pg_database where datname = current_database())) as locks`
  await expect.poll(async () => (await db.client.query(left)).rows[0]).toEqual({ sessions: 1, locks: 0 })
  await migrate(db.url, workspace, { down: { kind: 'all' } })
  await migrate(proxy.url, workspace)
  await expect.poll(async () => (await db.client.query(left)).rows[0]).toEqual({ sessions: 2, locks: 0 })
})

test('through a pooler it is refused, since the session is not its own', async () => {
  using workspace = await fixtureWorkspace(MIXED)
  await using db = await testDatabase()
  await using pooler = await tcpProxy(db.url, { inventPid: true })
  const error = await failureOf(migrate(pooler.url, workspace))
  expect(error.name).toBe('PoolerError')
  expect(error.message).toMatchInlineSnapshot(`
    "core/002_index runs outside a transaction and must hold its lock for the whole session, but this connection goes through a pooler (PgBouncer or the like), which may give the session to somebody else at any time. Nothing was run.
    Name the PostgreSQL server itself in --database-url for this run."
  `)
  const place = ['--database-url', pooler.url, '--workspace', workspace.root, '--json']
  const dry = await callCommand(['up', '--dry-run', ...place])
  expect({ exitCode: dry.exitCode, error: JSON.parse(dry.stdout).error }).toMatchObject({
    exitCode: 3,
    error: { code: 'PoolerError', message: error.message },
  })
  expect(await publicObjects(db.client)).toEqual([])
})

async function testSession(url: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

test('no message of a run leaves its session without a limit for being idle, however long nobody hears of it', async () => {
  using workspace = await fixtureWorkspace(MIXED)
  await using db = await testDatabase()
  const resets: string[] = []
  await using proxy = await faultProxy(db.url, ({ side, message }) => {
    if (side === 'client' && /reset all/i.test(sqlOf(message))) resets.push(sqlOf(message))
    return undefined
  })
  await migrate(proxy.url, workspace)
  await migrate(proxy.url, workspace, { down: { kind: 'all' } })
  expect(resets.length).toBeGreaterThan(8)
  expect(resets.filter((sql) => !sql.includes("('idle_in_transaction_session_timeout', '60000')"))).toEqual([])
})

test('a connection that is lost while the history is compared is not told as a change of the history', async () => {
  using workspace = await fixtureWorkspace(MIXED)
  await using db = await testDatabase()
  await using proxy = await faultProxy(db.url, ({ side, message }) =>
    side === 'client' && /^select domain, name, checksum[\s\S]*from public\.migration_history$/.test(sqlOf(message))
      ? { bytes: 0, act: (link) => link.cut() }
      : undefined,
  )
  const error = await failureOf(migrate(proxy.url, workspace))
  expect(error.name).toBe('ConnectionLostError')
  await migrate(db.url, workspace)
  expect(await history(db.client)).toEqual(['core/001_users', 'core/002_index', 'core/003_more'])
})
