/** status --check against real databases: it says what is there, waits for nobody, changes nothing, and needs hardly any right. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { Ajv } from 'ajv'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LOCK_KEY } from '../src/database/lock.ts'
import { callCommand } from './command.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'
import { migrate } from './runs.ts'
import { alike } from './told.ts'

const schema = JSON.parse(readFileSync(new URL('../schemas/status.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv({ allErrors: true, strictTypes: false }).compile(schema)

let workspace: FixtureWorkspace
beforeAll(async () => {
  workspace = await fixtureWorkspace({
    core: {
      migrations: {
        '001_users': { up: ['create table users (name text)'], down: ['drop table users'] },
        '002_index': {
          transaction: false,
          up: ['create index concurrently users_name on users (name)'],
          down: ['drop index concurrently users_name'],
        },
      },
    },
  })
})
afterAll(() => workspace[Symbol.dispose]())

const status = (db: { url: string }, ...args: readonly string[]) =>
  callCommand(['status', ...args, '--workspace', workspace.root, '--database-url', db.url])

/** The document of `status --check --json`, which fits the published schema. */
async function checked(db: { url: string }, ...args: readonly string[]) {
  const { stdout, exitCode } = await status(db, '--check', '--json', ...args)
  const document = JSON.parse(stdout)
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  return { document, exitCode, concerns: (document.check?.concerns ?? []).map(({ kind }: { kind: string }) => kind) }
}

async function migrated(): Promise<TestDatabase> {
  const db = await testDatabase()
  await migrate(db.url, workspace)
  return db
}

/** A session that holds the run's lock, as a run does around a migration outside a transaction. */
async function withRunLock<T>(db: TestDatabase, use: (pid: number) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: db.url, application_name: 'veza-migrator up deploy@ci-12' })
  await client.connect()
  try {
    const { rows } = await client.query(`select pg_advisory_lock(${LOCK_KEY.join(', ')}), pg_backend_pid() as pid`)
    return await use(rows[0].pid)
  } finally {
    await client.end()
  }
}

const unfinished = (db: TestDatabase) =>
  db.client.query("update migration_history set duration_ms = null where name = '002_index'")

/** A role that may read the history and nothing else, and its URL. */
async function withMonitor<T>(
  db: TestDatabase,
  grants: readonly string[],
  use: (url: string) => Promise<T>,
): Promise<T> {
  const role = `${db.name}_mon`
  await db.client.query(`create role ${role} login password 'monitor'`)
  try {
    for (const grant of grants) await db.client.query(`${grant} to ${role}`)
    const url = new URL(db.url)
    url.username = role
    url.password = 'monitor'
    return await use(url.href)
  } finally {
    await db.client.query(`drop owned by ${role}; drop role ${role}`)
  }
}

test('all is applied: exit code 0, in words and as JSON', async () => {
  await using db = await migrated()
  const { stdout, exitCode } = await status(db, '--check')
  expect(exitCode).toBe(0)
  expect(alike(stdout).split('\n').slice(1).join('\n')).toMatchInlineSnapshot(`
    "migrations   2 of 2 applied, nothing is pending
    running now  no
    partitions   no table is partitioned
    repairs      none
    drift        not looked for: --drift looks for it, with an embedded server that a production installation lacks
    No concern in what was looked for.
    "
  `)
  const { document } = await checked(db)
  expect(document.check).toMatchObject({
    passed: true,
    isStandby: false,
    running: null,
    partitions: [],
    notLookedFor: [{ what: 'drift' }],
  })
  expect(document).not.toHaveProperty('drift')
})

test('an empty database has all pending, and a history of others makes unknown ones', async () => {
  await using db = await testDatabase()
  expect(await checked(db)).toMatchObject({ exitCode: 1, concerns: ['pending'] })
  await migrate(db.url, workspace)
  await db.client.query(
    "update migration_history set name = '009_other', checksum = repeat('0', 64) where position = 1",
  )
  expect(await checked(db)).toMatchObject({ exitCode: 1, concerns: ['pending', 'unknown'] })
})

test('a changed one', async () => {
  await using db = await migrated()
  await db.client.query("update migration_history set checksum = repeat('0', 64) where position = 1")
  expect(await checked(db)).toMatchObject({ exitCode: 1, concerns: ['changed'] })
})

test('a row without an end is interrupted only if no run holds the lock', async () => {
  await using db = await migrated()
  await unfinished(db)
  const left = await checked(db)
  expect(left).toMatchObject({ exitCode: 1, concerns: ['interrupted'] })
  expect(left.document.counts).toMatchObject({ interrupted: 1, running: 0 })
  await withRunLock(db, async (pid) => {
    const { document, exitCode } = await checked(db)
    expect(exitCode).toBe(0)
    expect(document.counts).toMatchObject({ interrupted: 0, running: 1 })
    const running = { pid, application: 'veza-migrator up deploy@ci-12', user: expect.any(String), state: 'idle' }
    expect(document.check.running).toMatchObject({ ...running, since: expect.stringMatching(/^\d{4}-/) })
    expect((await status(db)).stdout).toContain('1 of 2 applied, 1 running')
  })
})

test('a real build that waits is running now, and the check does not disturb it', async () => {
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '1' } })
  // CREATE INDEX CONCURRENTLY waits for this transaction to end.
  await db.client.query('begin; insert into users values (1)')
  const run = migrate(db.url, workspace)
  await expect
    .poll(async () => (await checked(db)).document.counts, { timeout: 15_000, interval: 20 })
    .toMatchObject({
      running: 1,
      interrupted: 0,
    })
  const { document, exitCode } = await checked(db)
  expect(exitCode).toBe(0)
  expect(document.check.running.application).toMatch(/^veza-migrator up/)
  await db.client.query('commit')
  expect(await run).toMatchObject({ applied: 2 })
  expect(await checked(db)).toMatchObject({ exitCode: 0 })
})

test('many checks beside many runs never call what is under way interrupted', async () => {
  await using db = await migrated()
  let goesOn = true
  const runs = (async () => {
    for (let round = 0; round < 12; round += 1) {
      await migrate(db.url, workspace, { down: { kind: 'steps', steps: 1 } })
      await migrate(db.url, workspace)
    }
    goesOn = false
  })()
  let checks = 0
  while (goesOn) {
    expect((await checked(db)).concerns).not.toContain('interrupted')
    checks += 1
  }
  await runs
  expect(checks).toBeGreaterThan(5)
}, 60_000)

describe('it waits for nobody', () => {
  test('the run lock and its row may be held for ever', async () => {
    await using db = await migrated()
    await withRunLock(db, async () => {
      await db.client.query('begin; lock table migration_history in share row exclusive mode')
      expect(await checked(db)).toMatchObject({ exitCode: 0 })
    })
  })

  test('a history that is locked exclusively is named with its holder, at once: exit code 4', async () => {
    await using db = await migrated()
    await db.client.query('begin; lock table migration_history')
    const started = performance.now()
    const { exitCode, stderr } = await status(db, '--check')
    expect(performance.now() - started).toBeLessThan(5000)
    expect(exitCode).toBe(4)
    expect(
      alike(stderr).replace(/\(user .*\)/, '(user veza from 10.0.0.7, idle in transaction, since then)'),
    ).toMatchInlineSnapshot(`
      "error  public.migration_history of 127.0.0.1:5432/veza is locked exclusively by pid 4711 "veza-tests" (user veza from 10.0.0.7, idle in transaction, since then). It could not be read, so nothing was done.
             The end of \`down --all\` does that for a moment. Run this again; if it stays so, look at that session in pg_stat_activity.
      "
    `)
    const { document } = await checked(db)
    expect(document.error).toMatchObject({ code: 'HistoryLockedError', exitCode: 4 })
  })
})

describe('it waits for nobody, also where', () => {
  test('a partition is locked exclusively: the rest is said, and the partitions are not called fine', async () => {
    await using db = await migrated()
    await db.client.query(`create table plays (at date) partition by range (at);
      create table plays_one partition of plays for values from ('2020-01-01') to ('9999-01-01')`)
    await db.client.query('begin; lock table plays_one')
    const { document, exitCode } = await checked(db)
    expect(exitCode).toBe(0)
    expect(document.check.partitions).toBeNull()
    expect(document.check.notLookedFor).toContainEqual({ what: 'partitions', why: expect.stringContaining('locked') })
    expect((await status(db, '--check')).stdout).toMatch(/^partitions +not looked for: /m)
    await db.client.query('rollback')
    expect((await checked(db)).document.check.partitions).toHaveLength(1)
  })
})

test('it changes nothing: a database that is read only is enough', async () => {
  await using db = await migrated()
  await db.client.query(`alter database ${db.name} set default_transaction_read_only = on`)
  const rows = async () => (await db.client.query('select ctid::text, xmin::text, h.* from migration_history h')).rows
  const before = await rows()
  expect(await checked(db)).toMatchObject({ exitCode: 0 })
  expect(await rows()).toEqual(before)
})

describe('a role', () => {
  const READ = 'grant select on migration_history'

  test('with SELECT on the history is enough, and is told what it cannot see', async () => {
    await using db = await migrated()
    await withMonitor(db, [READ], async (url) => {
      expect(await checked({ url })).toMatchObject({ exitCode: 0 })
      await withRunLock(db, async (pid) => {
        const { document } = await checked({ url })
        expect(document.check.running).toMatchObject({ pid, client: null, state: null, since: null })
        expect((await status({ url }, '--check')).stdout).toContain('is not shown to this user: grant it pg_monitor')
      })
    })
  })

  test('with pg_monitor sees who runs', async () => {
    await using db = await migrated()
    await withMonitor(db, [READ, 'grant pg_monitor'], (url) =>
      withRunLock(db, async () => {
        const { document } = await checked({ url })
        expect(document.check.running).toMatchObject({ client: expect.any(String), state: 'idle' })
      }),
    )
  })

  test('without that right is told the grant: exit code 3', async () => {
    await using db = await migrated()
    await withMonitor(db, [], async (url) => {
      const { exitCode, stderr } = await status({ url }, '--check')
      expect(exitCode).toBe(3)
      expect(alike(stderr)).toMatchInlineSnapshot(`
        "error  The user "veza" may not read public.migration_history of 127.0.0.1:5432/veza, and nothing was done without it: permission denied for table migration_history.
               As the table's owner: GRANT SELECT ON public.migration_history TO veza;
               The roles that npx nx run migrator:grants makes have that right.
        "
      `)
    })
  })
})

test('a database that cannot be reached: exit code 3, and a document that says why', async () => {
  const { document, exitCode } = await checked({ url: 'postgresql://veza@127.0.0.1:1/veza' })
  expect(exitCode).toBe(3)
  expect(document).toMatchObject({ error: { code: 'UnreachableServerError', exitCode: 3 } })
})

describe('partitioned tables', () => {
  const list = (document: any) => document.check.partitions

  test('by time, by date and by version 7 UUID: where the newest ends, and rows in DEFAULT', async () => {
    await using db = await migrated()
    await db.client.query(`
      create table plays (at timestamptz not null) partition by range (at);
      create table plays_old partition of plays for values from (minvalue) to ('2020-01-01 00:00+00');
      create table plays_new partition of plays for values from ('2020-01-01 00:00+00') to ('2020-02-01 00:00+00');
      create table plays_rest partition of plays default;
      create table days (day date not null) partition by range (day);
      create table days_one partition of days for values from ('2020-01-01') to ('9999-01-01');
      create table events (id uuid not null) partition by range (id);
      create table events_one partition of events
        for values from ('00000000-0000-0000-0000-000000000000') to ('0195a000-0000-7000-8000-000000000000');
      create table events_two partition of events for values from ('0195a000-0000-7000-8000-000000000000') to (maxvalue);
      create table "by ""list""" (kind text) partition by list (kind);
      create table pairs (a int, b int) partition by range (a, b);
      create table pairs_one partition of pairs for values from (1, 1) to (2, 2);
      create table ranges (at timestamptz) partition by range ((at));
      insert into plays select now() from generate_series(1, 50); analyze plays_rest`)
    const { document, exitCode, concerns } = await checked(db)
    expect(exitCode).toBe(1)
    expect(concerns).toEqual(['partition-default', 'partition-end'])
    const none = { defaultPartition: null, isOpenEnded: false }
    expect(list(document)).toEqual([
      { table: 'by "list"', strategy: 'list', partitions: 0, newestEnd: null, ...none },
      { table: 'days', strategy: 'range', partitions: 1, newestEnd: '9999-01-01T00:00:00.000Z', ...none },
      {
        table: 'events',
        strategy: 'range',
        partitions: 2,
        newestEnd: '2025-03-16T17:28:29.440Z',
        ...none,
        isOpenEnded: true,
      },
      { table: 'pairs', strategy: 'range', partitions: 1, newestEnd: null, ...none },
      {
        table: 'plays',
        strategy: 'range',
        partitions: 2,
        newestEnd: '2020-02-01T00:00:00.000Z',
        defaultPartition: { name: 'plays_rest', estimatedRows: 50 },
        isOpenEnded: false,
      },
      { table: 'ranges', strategy: 'range', partitions: 0, newestEnd: null, ...none },
    ])
  })
})

test('the result in a file is whole, and nothing else is left in its folder', async () => {
  await using db = await migrated()
  const folder = mkdtempSync(join(tmpdir(), 'veza-status-'))
  try {
    const { stdout, exitCode } = await status(db, '--check', '--format', 'json', '--out', join(folder, 'status.json'))
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 })
    expect(readdirSync(folder)).toEqual(['status.json'])
    expect(validate(JSON.parse(readFileSync(join(folder, 'status.json'), 'utf8')))).toBe(true)
    const { exitCode: refused, stderr } = await status(db, '--check', '--out', join(folder, 'no', 'status.txt'))
    expect(refused).toBe(2)
    expect(stderr).toContain('cannot be written')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('plain status fits the schema too, and the schema refuses what is none', async () => {
  await using db = await migrated()
  const document = JSON.parse((await status(db, '--json')).stdout)
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  expect(document).not.toHaveProperty('check')
  for (const broken of [
    { ...document, counts: {} },
    { ...document, more: 1 },
    { ...document, check: {} },
    { error: {} },
  ])
    expect(validate(broken)).toBe(false)
})
