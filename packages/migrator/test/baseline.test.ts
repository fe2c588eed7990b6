/** `baseline`: a database that sql's files built gets its history, if and only if it is proven to be what they build. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { binariesOf } from '../src/check/matrix.ts'
import { connect } from '../src/database/connect.ts'
import { LOCK_KEY } from '../src/database/lock.ts'
import { type Baseline, compareNow, record } from '../src/repair/baseline.ts'
import { expectedFrom, shorterMatch } from '../src/repair/match.ts'
import { sqlFiles } from '../src/report/sql-files.ts'
import { openWorkspace, type Workspace } from '../src/workspace/workspace.ts'
import { callCommand } from './command.ts'
import { type FixtureWorkspace, fixtureWorkspace, REPOSITORY } from './fixture-workspace.ts'
import { failureOf, history, migrate } from './runs.ts'
import { alike as sameAddress } from './told.ts'

const alike = (text: string) => sameAddress(text).replaceAll(/PostgreSQL \d+\.\d+/g, 'PostgreSQL 18.4')
const LIMITS = { lockTimeoutMs: 2000, statementTimeoutMs: 0 }
const ID = 'id uuid primary key default gen_random_uuid()'

let files: FixtureWorkspace
let workspace: Workspace
let all: Baseline
beforeAll(async () => {
  files = await fixtureWorkspace({
    core: {
      migrations: {
        '001_roles': {
          up: [
            `create table roles (${ID}, name text, level int default 3, at timestamptz default now())`,
            'create sequence numbers increment 5',
            `create table grants (${ID}, role_id uuid references roles, right_of text)`,
            "insert into roles (name) values ('admin'), ('user')",
            "insert into grants (role_id, right_of) select id, 'all' from roles where name = 'admin'",
          ],
          down: ['drop table grants, roles', 'drop sequence numbers'],
        },
        '002_index': {
          transaction: false,
          up: ['create index concurrently roles_name on roles (name)'],
          down: ['drop index concurrently roles_name'],
        },
      },
    },
    auth: {
      dependencies: ['core'],
      migrations: {
        '001_view': {
          up: ['create view names as select name from roles', "comment on view names is 'who'"],
          down: ['drop view names'],
        },
      },
    },
  })
  workspace = await openWorkspace(files.root)
  const expected = await expectedFrom({ root: files.root, steps: workspace.order, binaries: await sameMajor() })
  all = { steps: workspace.order, expected, allowStrangers: false, reason: 'built from files' }
})
afterAll(() => files[Symbol.dispose]())

/** The replay has to be on the major version of the tests' server, whichever that is. */
async function sameMajor() {
  await using db = await testDatabase()
  const { rows } = await db.client.query("select current_setting('server_version_num')::int / 10000 as major")
  const { major } = rows[0] as { major: number }
  const native = await binariesOf(REPOSITORY, major)
  return native === undefined ? undefined : { major, native }
}

/** As the files of `sql` build it: without a history. */
async function built(sql = '', to = 3): Promise<TestDatabase> {
  const db = await testDatabase()
  await migrate(db.url, files, { up: { to: String(to) } })
  await db.client.query(`drop table migration_history; ${sql}`)
  return db
}

async function using<T>(
  { url }: TestDatabase,
  use: (client: Awaited<ReturnType<typeof connect>>) => Promise<T>,
): Promise<T> {
  const client = await connect(url, 'test')
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

const hold = { limits: LIMITS, lockWaitMs: 20_000, signal: new AbortController().signal, onWaiting: () => {} }
const recorded = (db: TestDatabase, baseline = all) => using(db, (client) => record(client, baseline, hold))
const found = async (db: TestDatabase, baseline = all) =>
  (await using(db, (client) => compareNow(client, baseline))).mismatches.map(({ change, what }) => `${change} ${what}`)

test('a database that is what the plan builds gets its history, in which nothing is pending and nothing drifts', async () => {
  await using db = await built()
  const place = ['--database-url', db.url, '--workspace', files.root]
  const { exitCode, stdout } = await callCommand(['baseline', '--reason', 'built from files', '--yes', ...place])
  expect(exitCode).toBe(0)
  expect(alike(stdout)).toMatchInlineSnapshot(`
    "PostgreSQL 18.4 at 127.0.0.1:5432/veza, user postgres
    The database is what 3 migrations build, up to auth/001_view: tables, columns, constraints, indexes, triggers, functions, views, types, comments, and the rows that they insert.
    Not compared: rights, owners, partitions, other schemas, and what else the tables hold.
      reason    built from files
    Recorded 3 migrations as applied. What is pending: npx nx run migrator:status
    "
  `)
  expect(await history(db.client)).toEqual(workspace.order.map(({ id }) => id))
  expect(await migrate(db.url, files)).toMatchObject({ applied: 3, done: [] })
  const { rows } = await db.client.query('select distinct duration_ms, run_id from migration_history')
  expect(rows).toMatchObject([{ duration_ms: 0 }])
  expect((await db.client.query('select * from migration_repairs')).rows).toMatchObject([
    {
      ...{ action: 'baseline', domain: 'auth', name: '001_view', reason: 'built from files' },
      history_after: { run_id: rows[0].run_id, migrations: ['core/001_roles', 'core/002_index', 'auth/001_view'] },
    },
  ])
  const status = await callCommand(['status', '--drift', ...place])
  expect(status.stdout).toContain('drift: none')
  expect(status.stdout).toMatch(/auth\/001_view {2}baseline {2}.*: built from files/)
  expect(await migrate(db.url, files, { down: { kind: 'all' } })).toMatchObject({ applied: 0, tables: 0 })
})

describe('every difference is found, and nothing is recorded', () => {
  const cases: readonly (readonly [sql: string, ...differences: string[]])[] = [
    ['alter table roles add mood text', 'added column roles.mood'],
    ['alter table roles alter level drop default', 'changed column roles.level'],
    ['drop index roles_name', 'missing index roles.roles_name'],
    ['drop index roles_name; create index roles_name on roles (level)', 'changed index roles.roles_name'],
    [
      "update pg_index set indisvalid = false where indexrelid = 'roles_name'::regclass",
      'changed index roles.roles_name',
    ],
    ['drop view names', 'missing view names'],
    ['create or replace view names as select upper(name) as name from roles', 'changed view names'],
    ["comment on table roles is 'x'", 'changed table roles'],
    ["comment on index roles_name is 'x'", 'added comment on index roles.roles_name'],
    ["comment on view names is 'x'", 'changed comment on view names'],
    ['create table schema_migrations (version bigint)', 'added table schema_migrations'],
    ['alter sequence numbers increment 7', 'changed sequence numbers'],
    ['alter sequence numbers maxvalue 100 cycle', 'changed sequence numbers'],
    ['create function f() returns int language sql return 1', 'added function f()'],
    ["delete from grants; delete from roles where name = 'user'", 'missing a row of roles', 'missing a row of grants'],
    ["update roles set level = 4 where name = 'user'", 'missing a row of roles'],
    ["update grants set role_id = (select id from roles where name = 'user')", 'missing a row of grants'],
  ]
  test.each(cases)('%s', async (sql, ...differences) => {
    await using db = await built(sql)
    expect((await found(db)).sort()).toEqual([...differences].sort())
    expect((await recorded(db)).mismatches.length).toBe(differences.length)
    expect(await history(db.client)).toEqual([])
    const { rows } = await db.client.query("select to_regclass('migration_repairs') as there")
    expect(rows).toEqual([{ there: null }])
  })
})

test('what no migration makes has no maker, also where it is part of a table that one made', async () => {
  await using db = await built('alter table roles add mood text')
  const { mismatches } = await using(db, (client) => compareNow(client, all))
  expect(mismatches).toMatchObject([{ what: 'column roles.mood', change: 'added', maker: null }])
})

test('a database that takes no record says so with --dry-run too', async () => {
  await using db = await built()
  await db.client.query(`alter database ${db.name} set default_transaction_read_only = on`)
  const place = ['--database-url', db.url, '--workspace', files.root]
  const { exitCode, stderr } = await callCommand(['baseline', '--reason', 'x', '--dry-run', ...place])
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('read-only by default') })
})

test('what stands beside the plan does not matter', async () => {
  await using db = await built(
    'create extension pg_trgm; create schema archive; create statistics s (ndistinct) on name, level from roles',
  )
  expect(await found(db)).toEqual([])
})

test('rows that came later, ids and times do not matter', async () => {
  await using db =
    await built(`update grants set role_id = null; update roles set id = gen_random_uuid(), at = '2020-01-01';
    update grants set role_id = (select id from roles where name = 'admin'); insert into roles (name) values ('mine')`)
  expect(await found(db)).toEqual([])
})

test('what no migration makes is accepted only when asked, and only whole', async () => {
  await using db = await built('create table schema_migrations (version bigint); alter table roles add mood text')
  const allowed = { ...all, allowStrangers: true }
  expect(await found(db, allowed)).toEqual(['added column roles.mood'])
  await db.client.query('alter table roles drop mood')
  expect(await recorded(db, allowed)).toEqual({ mismatches: [], strangers: ['table schema_migrations'] })
  expect(await history(db.client)).toHaveLength(3)
})

test('a database that was built from fewer files is told which, and gets the history of those', async () => {
  await using db = await built('', 2)
  const place = ['--database-url', db.url, '--workspace', files.root]
  const { exitCode, stdout } = await callCommand(['baseline', '--reason', 'x', '--yes', ...place])
  expect(exitCode).toBe(1)
  expect(alike(stdout)).toMatchInlineSnapshot(`
    "PostgreSQL 18.4 at 127.0.0.1:5432/veza, user postgres
      view names is missing; auth/001_view makes it
    The database is not what these migrations build: 1 difference. Nothing was recorded.
    What is missing is made later. Perhaps it was built up to: --to core/002_index
    "
  `)
  expect(await history(db.client)).toEqual([])
  const part = await callCommand(['baseline', '--to', 'core/002', '--reason', 'x', '--yes', '--json', ...place])
  expect(JSON.parse(part.stdout)).toMatchObject({
    ...{ command: 'baseline', matches: true, to: 'core/002_index', recorded: ['core/001_roles', 'core/002_index'] },
  })
  expect(await migrate(db.url, files)).toMatchObject({ applied: 3, done: [{ step: { id: 'auth/001_view' } }] })
})

test('no shorter part is named where something else differs', () => {
  const mismatch = (change: 'missing' | 'added', maker: string | null) => ({
    change,
    maker,
    what: '',
    found: null,
    expected: null,
  })
  expect(shorterMatch([mismatch('missing', 'auth/001_view')], workspace.order)?.id).toBe('core/002_index')
  expect(shorterMatch([mismatch('missing', 'core/001_roles')], workspace.order)).toBeUndefined()
  expect(shorterMatch([mismatch('missing', 'auth/001_view'), mismatch('added', null)], workspace.order)).toBeUndefined()
})

test('it is refused where there is a history, and shows only with --dry-run', async () => {
  await using db = await built()
  const place = ['--database-url', db.url, '--workspace', files.root]
  const dry = await callCommand(['baseline', '--reason', 'x', '--dry-run', ...place])
  expect({ exitCode: dry.exitCode, end: dry.stdout.trim().split('\n').at(-1) }).toEqual({
    exitCode: 0,
    end: 'Nothing was recorded.',
  })
  expect(await history(db.client)).toEqual([])
  expect((await callCommand(['baseline', '--reason', 'x', ...place])).exitCode).toBe(2)
  await recorded(db)
  const { exitCode, stderr } = await callCommand(['baseline', '--reason', 'x', '--yes', ...place])
  expect(exitCode).toBe(3)
  expect(alike(stderr)).toMatchInlineSnapshot(`
    "error  127.0.0.1:5432/veza has a migration history already, with 3 migrations. A baseline is for a database that was built without this migrator, from the files of sql. Nothing was changed.
           What it has: npx nx run migrator:status
           One wrong row in it: npx veza-migrator repair --help
    "
  `)
})

describe('between the look and the record', () => {
  test('a change is found, since it is compared again under the lock', async () => {
    await using db = await built()
    expect(await found(db)).toEqual([])
    await db.client.query('alter table roles add mood text')
    expect((await recorded(db)).mismatches).toMatchObject([{ what: 'column roles.mood', change: 'added' }])
    expect(await history(db.client)).toEqual([])
  })

  test('a run that holds the lock is waited for, and the history that it wrote is found', async () => {
    await using db = await testDatabase()
    await migrate(db.url, files)
    const waiting = Promise.withResolvers<void>()
    await db.client.query(`begin; select pg_advisory_xact_lock(${LOCK_KEY.join(', ')})`)
    const made = failureOf(using(db, (client) => record(client, all, { ...hold, onWaiting: () => waiting.resolve() })))
    await waiting.promise
    await db.client.query('rollback')
    expect((await made).name).toBe('BaselineHistoryError')
  })

  test('a change that is not committed yet is waited for, and not recorded over', async () => {
    await using db = await built()
    await db.client.query('begin; alter table roles add mood text')
    const error = await failureOf(
      using(db, (client) => record(client, all, { ...hold, limits: { lockTimeoutMs: 100, statementTimeoutMs: 0 } })),
    )
    expect(error).toMatchObject({ name: 'QueryFailedError', sqlState: '55P03' })
    await db.client.query('commit')
    expect((await recorded(db)).mismatches).toHaveLength(1)
    expect(await history(db.client)).toEqual([])
  })
})

test('the files of sql for V1 build what a baseline of V1 accepts', async () => {
  using v1 = v1Workspace()
  const { order } = await openWorkspace(v1.root, { edited: 'accept' })
  await using db = await testDatabase()
  await db.client.query(sqlFiles(order).find(({ name }) => name === 'v1.sql')!.text)
  const expected = await expectedFrom({ root: v1.root, steps: order, binaries: await sameMajor() })
  const v1Baseline: Baseline = { steps: order, expected, allowStrangers: false, reason: 'x' }
  expect(expected.seeds.map(({ table }) => table)).toEqual(['permissions', 'role_permissions', 'roles'])
  expect(await recorded(db, v1Baseline)).toEqual({ mismatches: [], strangers: [] })
  expect(await history(db.client)).toEqual(order.map(({ id }) => id))
  await db.client.query(
    `drop table migration_history; delete from role_permissions where id = (select min(id::text)::uuid from role_permissions)`,
  )
  expect(await found(db, v1Baseline)).toEqual(['missing a row of role_permissions'])
})
