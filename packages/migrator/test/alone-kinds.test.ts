/** Each kind of statement that runs outside a transaction: what its failure leaves, in the database and in the history. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../src/run/events.ts'
import { assertRunnable } from '../src/run/runnable.ts'
import { aloneKind } from '../src/sql/alone-kind.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { begun } from './interrupted.ts'
import { queueForLock } from './queue-for-lock.ts'
import { failureOf, history, idsOf, migrate, publicObjects } from './runs.ts'
import { told } from './told.ts'
import { planned, rendering } from './values.ts'

const BEFORE = [
  "create table users (id int primary key, name text); insert into users values (1, 'ann')",
  'create index users_name on users (name)',
  "create type mood as enum ('fine')",
  'create table events (at int) partition by range (at)',
  'create table events_1 partition of events for values from (1) to (2)',
  'create materialized view names as select name from users',
  'create unique index names_name on names (name)',
  'create procedure works() language plpgsql as $$ begin insert into users values (7); commit; end $$',
  'create procedure breaks() language plpgsql as $$ begin insert into users values (8); commit; perform 1 / 0; end $$',
]
const planOf = (up: string, down = '') =>
  fixtureWorkspace({
    core: {
      migrations: {
        '001_before': { up: BEFORE, irreversible: 'a test' },
        '002_alone': { transaction: false, up: [up], down: down === '' ? [] : [down] },
      },
    },
  })

async function rowOf({ client }: TestDatabase): Promise<'none' | 'begun' | 'done'> {
  const { rows } = await client.query("select duration_ms from migration_history where name = '002_alone'")
  if (rows.length === 0) return 'none'
  return rows[0].duration_ms === null ? 'begun' : 'done'
}

test.each([
  ['create index concurrently i on t (a)', 'build index'],
  ['create unique index concurrently if not exists i on t (a)', 'build index'],
  ['drop index concurrently if exists i', 'drop index'],
  ['reindex index concurrently i', 'reindex'],
  ['reindex (verbose, concurrently) table t', 'reindex'],
  ['alter table t detach partition p concurrently', 'detach'],
  ['refresh materialized view concurrently v', 'atomic'],
  ["alter type t add value 'x'", 'atomic'],
  ['vacuum t', 'atomic'],
  ['call p()', 'unknown'],
  ['do $$ begin commit; end $$', 'unknown'],
  ['create table concurrently_made ()', 'atomic'],
])('%j is of the kind %s', (sql, kind) => {
  expect(aloneKind(sql)).toBe(kind)
})

/** After a failure with the server's answer the row is gone where nothing can be left, and stays where something may be. */
test.each([
  ['create index concurrently users_none on users (none)', 'none'],
  ['create unique index concurrently users_zero on users ((1 / (id - 1)))', 'none'],
  ["alter type mood add value 'fine'", 'none'],
  ['vacuum nowhere', 'none'],
  ['refresh materialized view concurrently nowhere', 'none'],
  ['drop index concurrently nowhere', 'none'],
  ['reindex index concurrently nowhere', 'none'],
  ['alter table events detach partition nowhere concurrently', 'none'],
  ['create database nowhere template nothing', 'none'],
  ['call breaks()', 'begun'],
  ['do $$ begin insert into users values (9); commit; perform 1 / 0; end $$', 'begun'],
])('%s fails: its row is %s', async (sql, expected) => {
  await using db = await testDatabase()
  using workspace = await planOf(sql)
  await migrate(db.url, workspace, { up: { to: '1' } })
  const before = await publicObjects(db.client)
  const error = await failureOf(migrate(db.url, workspace))
  expect(error).toMatchObject({
    name: 'MigrationFailedError',
    outcome: { kind: expected === 'none' ? 'nothing' : 'halfway' },
  })
  expect(await rowOf(db)).toBe(expected)
  expect(await publicObjects(db.client)).toEqual(before)
})

/** Those that were begun before are run again, and most succeed a second time. */
test.each([
  ['create index concurrently users_id_name on users (id, name)'],
  ['drop index concurrently if exists users_name'],
  ['reindex index concurrently users_name'],
  ['reindex table concurrently users'],
  ["alter type mood add value if not exists 'good'"],
  ['vacuum users'],
  ['refresh materialized view concurrently names'],
  ['call works()'],
])('%s is run, and run again where its end was not recorded', async (sql) => {
  await using db = await testDatabase()
  using workspace = await planOf(sql)
  await migrate(db.url, workspace)
  expect(await rowOf(db)).toBe('done')
  await db.client.query(
    "update migration_history set duration_ms = null where name = '002_alone'; delete from users where id > 6",
  )
  await migrate(db.url, workspace)
  expect(await rowOf(db)).toBe('done')
})

test('one that cannot be run twice stays begun, and says how a person ends it', async () => {
  await using db = await testDatabase()
  using workspace = await planOf("alter type mood add value 'good'")
  await migrate(db.url, workspace)
  await db.client.query("update migration_history set duration_ms = null where name = '002_alone'")
  const error = await failureOf(migrate(db.url, workspace))
  expect(error.outcome).toEqual({ kind: 'halfway', id: 'core/002_alone', ids: [] })
  expect(error.message).toContain('npx veza-migrator repair core/002_alone --mark-done')
  expect(await rowOf(db)).toBe('begun')
})

test('a drop that was done, in either direction, is recorded where only that is missing', async () => {
  for (const [up, down] of [
    ['drop index concurrently users_name', ''],
    ['create index concurrently users_id_name on users (id, name)', 'drop index concurrently users_id_name'],
  ] as const) {
    await using db = await testDatabase()
    using workspace = await planOf(up, down)
    await migrate(db.url, workspace)
    await db.client.query("update migration_history set duration_ms = null where name = '002_alone'")
    if (down !== '') await db.client.query(down)
    const events: RunEvent[] = []
    await migrate(db.url, workspace, down === '' ? {} : { down: { kind: 'steps', steps: 1 } }, events)
    expect(events.map(({ type }) => type)).toContain('adopted')
    expect(await rowOf(db)).toBe(down === '' ? 'done' : 'none')
  }
})

test('a drop that gave up half-way leaves the index INVALID: its row stays, and the next run drops it', async () => {
  await using db = await testDatabase()
  using workspace = await planOf('drop index concurrently if exists users_name')
  await migrate(db.url, workspace, { up: { to: '1' } })
  // A reader that does not end keeps the drop waiting, until it is cancelled.
  await db.client.query('begin; select name from users')
  const onEvent = async (event: RunEvent) => {
    if (event.type === 'blocked')
      await db.client.query(
        "select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'veza-migrator up%'",
      )
  }
  const error = await failureOf(migrate(db.url, workspace, { onEvent }))
  expect(error).toMatchObject({ name: 'MigrationFailedError', outcome: { kind: 'halfway' } })
  await db.client.query('commit')
  expect(await rowOf(db)).toBe('begun')
  await migrate(db.url, workspace)
  expect(await rowOf(db)).toBe('done')
  expect(await publicObjects(db.client)).not.toContain('relation users_name')
})

test('where reverting fails, the row is as it was', async () => {
  await using db = await testDatabase()
  using workspace = await planOf(
    'create index concurrently users_id_name on users (id, name)',
    'drop index concurrently nowhere',
  )
  await migrate(db.url, workspace)
  const before = (await db.client.query('select * from migration_history order by position')).rows
  await failureOf(migrate(db.url, workspace, { down: { kind: 'steps', steps: 1 } }))
  expect((await db.client.query('select * from migration_history order by position')).rows).toEqual(before)
})

test('the first one of a database that fails leaves no history', async () => {
  await using db = await testDatabase()
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_alone': { transaction: false, up: ['vacuum nowhere'] } } },
  })
  const error = await failureOf(migrate(db.url, workspace))
  expect(error.outcome).toEqual({ kind: 'nothing' })
  expect(await publicObjects(db.client)).toEqual([])
})

describe('time limits that somebody set', () => {
  test('for the database end no build, however long it waits', async () => {
    await using db = await testDatabase()
    using workspace = await planOf('create index concurrently users_id_name on users (id, name)')
    await migrate(db.url, workspace, { up: { to: '1' } })
    for (const name of ['transaction_timeout', 'statement_timeout', 'lock_timeout', 'idle_session_timeout'])
      await db.client.query(`alter database ${db.name} set ${name} = '700ms'`)
    await db.client.query('begin; insert into users values (2)')
    const onEvent = async (event: RunEvent) => {
      // The first look comes after a second.
      if (event.type === 'blocked') await db.client.query('commit')
    }
    const events: RunEvent[] = []
    expect(idsOf(await migrate(db.url, workspace, { onEvent }, events))).toEqual(['core/002_alone'])
    expect(events.map(({ type }) => type)).toContain('blocked')
    expect(await rowOf(db)).toBe('done')
  })
})

describe('a statement that releases the lock of the run', () => {
  test.each(['select pg_advisory_unlock_all()', 'discard all'])('%s: it is taken again', async (sql) => {
    await using db = await testDatabase()
    using workspace = await planOf(sql)
    await migrate(db.url, workspace)
    expect(await history(db.client)).toEqual(['core/001_before', 'core/002_alone'])
  })

  test('or another session has it: the end is not recorded', async () => {
    await using db = await testDatabase()
    using workspace = await planOf('select pg_advisory_unlock_all()')
    await migrate(db.url, workspace, { up: { to: '1' } })
    let queued: Awaited<ReturnType<typeof queueForLock>> | undefined
    const onEvent = async (event: RunEvent) => {
      if (event.type === 'planned') queued = await queueForLock(db)
    }
    const error = await failureOf(migrate(db.url, workspace, { onEvent }))
    await queued?.served
    expect(error.name).toBe('RunLockLostError')
    expect(error.message).toMatchInlineSnapshot(`
      "core/002_alone released the lock of the run (pg_advisory_unlock_all, DISCARD ALL), and another run has taken it. The statement is done, but the history has core/002_alone as interrupted.
      Take the statement out of the migration. What the other run made of it: npx nx run migrator:status, then up again."
    `)
    expect(await rowOf(db)).toBe('begun')
  })
})

describe('a statement that changes the history', () => {
  // Pieced together, so that no text names the table.
  const changes = (change: string) => `do $$ begin execute format(${change}, 'migration' || '_history'); end $$`
  const removed = changes(`'delete from public.%I'`)

  test.each([
    [removed, ['the row of core/001_before is gone', 'the row of core/002_alone is gone']],
    [
      changes(`'update public.%I set duration_ms = 1234567'`),
      ['the row of core/001_before was changed', 'the row of core/002_alone was changed'],
    ],
    [changes(`'update public.%I set duration_ms = 7 where position = 2'`), ['the row of core/002_alone was changed']],
    [
      changes(`'update public.%I set name = ''000_other'' where position = 1'`),
      ['core/000_other has a row that no migration of this run was to write', 'the row of core/001_before is gone'],
    ],
    [
      changes(`'alter table public.%I rename to old_history'`),
      ['it cannot be read any more: relation "public.migration_history" does not exist'],
    ],
    [changes(`'alter table public.%I enable row level security'`), [expect.stringMatching(/row security$/)]],
  ])('%s', async (sql, differences) => {
    await using db = await testDatabase()
    using workspace = await planOf(sql)
    await migrate(db.url, workspace, { up: { to: '1' } })
    const error = await failureOf(migrate(db.url, workspace))
    expect(error).toMatchObject({ name: 'HistoryTamperedError', exitCode: 3, outside: 'core/002_alone', differences })
  })

  test('what is committed is not said to be rolled back', async () => {
    await using db = await testDatabase()
    using workspace = await planOf(removed)
    expect((await failureOf(migrate(db.url, workspace))).message).toMatchInlineSnapshot(`
      "core/002_alone runs outside a transaction, and its statement has changed the migration history. That is committed:
        - the row of core/001_before is gone
        - the row of core/002_alone is gone
      Take out of the migration what changes the table or its rows. Before anything else is run, put the history back, from a backup or by hand. What it has now: npx nx run migrator:status"
    `)
  })

  test('a statement that moves its rows to another place has not changed it', async () => {
    await using db = await testDatabase()
    using workspace = await planOf('vacuum (full)')
    expect(idsOf(await migrate(db.url, workspace))).toEqual(['core/001_before', 'core/002_alone'])
  })
})

describe('one statement', () => {
  const refusal = async (up: readonly string[], down: readonly string[] = []) => {
    try {
      using _workspace = await fixtureWorkspace({
        core: { migrations: { '001_alone': { transaction: false, up, down } } },
      })
      return undefined
    } catch (error) {
      return error as Error
    }
  }

  test.each<[string, readonly string[], readonly string[]]>([
    ['two calls', ['vacuum', 'analyze'], []],
    ['two in one text', ['vacuum; analyze'], []],
    ['none', [], []],
    ['only a comment', ['-- nothing'], []],
    ['two to revert', ['vacuum'], ['vacuum', 'analyze']],
  ])('is asked for where a file is read: %s', async (_, up, down) => {
    expect(await refusal(up, down)).toMatchObject({ name: 'AloneStatementsError', id: 'core/001_alone', exitCode: 2 })
  })

  test('what it says', async () => {
    expect(
      await told((await refusal(['create index concurrently i on t (a)', 'drop index concurrently j']))!),
    ).toMatchInlineSnapshot(`
      "core/001_alone runs outside a transaction, and its up has 2 statements:
        - create index concurrently i on t (a)
        - drop index concurrently j
      It must have exactly one statement: where one of several fails, those before it stay done, and the migration can neither be finished nor reverted.
      Give each statement that PostgreSQL refuses in a transaction a migration of its own, in the order of their numbers. Move the others to a migration without "export const transaction = false", before or behind it."
    `)
    expect(await told((await refusal(['vacuum'], ['vacuum; analyze']))!)).toMatchInlineSnapshot(`
      "core/001_alone runs outside a transaction, and its down has 2 statements:
        - vacuum
        - analyze
      It must have one statement at most: where one of several fails, those before it stay done, and the migration can neither be finished nor reverted.
      Give each statement that PostgreSQL refuses in a transaction a migration of its own, in the order of their numbers. Move the others to a migration without "export const transaction = false", before or behind it."
    `)
    expect(await told((await refusal([]))!)).toMatchInlineSnapshot(`
      "core/001_alone runs outside a transaction, and its up has 0 statements.
      It must have exactly one statement: where one of several fails, those before it stay done, and the migration can neither be finished nor reverted.
      Give each statement that PostgreSQL refuses in a transaction a migration of its own, in the order of their numbers. Move the others to a migration without "export const transaction = false", before or behind it."
    `)
  })

  test('may have semicolons in it, and one at its end', async () => {
    expect(await refusal(["do $$ begin perform ';'; end $$;"])).toBeUndefined()
  })

  test('that asks for rows is refused', async () => {
    const live = `
import { type Kysely, sql } from 'kysely'
export const about = 'reads'
export const transaction = false
export async function up(db: Kysely<any>): Promise<void> {
  const { rows } = await sql\`select 1 as one\`.execute(db)
}
export async function down(): Promise<void> {}
`
    const error = await failureOf(fixtureWorkspace({ core: { migrations: { '001_live': live } } }))
    expect(error.name).toBe('DynamicAloneError')
    expect(await told(error)).toMatchInlineSnapshot(`
      "core/001_live runs outside a transaction, and its up asks the database for rows, so its statements are not known beforehand. After an interruption nobody could tell how far it had come.
      Write its one statement as it is to be run. What depends on data goes into a migration without "export const transaction = false"."
    `)
  })

  test('is asked for once more before a run, whoever built its workspace', () => {
    const two = planned('core/001_a', 1, { transaction: false, up: rendering('vacuum', 'analyze') })
    expect(() => assertRunnable([two], 'up')).toThrow(expect.objectContaining({ name: 'AloneStatementsError' }))
    const hides = planned('core/001_a', 1, { up: rendering('select 1; commit') })
    expect(() => assertRunnable([hides], 'up')).toThrow(expect.objectContaining({ name: 'TransactionControlError' }))
    expect(() => assertRunnable([hides], 'down')).not.toThrow()
  })
})

test('one that was begun before it could do anything is run from the beginning', async () => {
  await using db = await testDatabase()
  using workspace = await planOf('create index concurrently users_id_name on users (id, name)')
  await migrate(db.url, workspace, { up: { to: '1' } })
  await begun(db, workspace, 'core/002_alone')
  await migrate(db.url, workspace)
  expect(await rowOf(db)).toBe('done')
  expect(await publicObjects(db.client)).toContain('relation users_id_name')
})
