/** Right before a run commits, the history is proven to hold exactly the rows that it should: a migration that touched it lands nothing. */
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { ensureHistory } from '../src/database/history.ts'
import { HISTORY_COLUMNS, historyForm, NEW_HISTORY_FORM } from '../src/database/history-form.ts'
import { proveHistory } from '../src/database/history-proof.ts'
import { fixtureWorkspace, type MigrationData } from './fixture-workspace.ts'
import { failureOf, history, idsOf, migrate, publicObjects, tableNames } from './runs.ts'
import { planned } from './values.ts'

const table = (name: string): MigrationData => ({ up: [`create table ${name} ()`], down: [`drop table ${name}`] })
const COPY = `create table copied as table migration_history; drop table migration_history;
  create table migration_history (like copied including all); insert into migration_history table copied; drop table copied`

/** What a migration does to the history, and what is said of it where core/001 was applied by an earlier run. */
const TAMPERING: Readonly<Record<string, readonly [sql: string, differences: readonly unknown[]]>> = {
  delete: ["delete from migration_history where name = '001_a'", ['the row of core/001_a is gone']],
  update: ["update migration_history set applied_by = 'nobody'", ['the row of core/001_a was changed']],
  'update to the same values': ['update migration_history set name = name', ['the row of core/001_a was changed']],
  insert: [
    "insert into migration_history (domain, name, checksum, run_id, position, tool_version, applied_by, duration_ms) values ('core', '009_x', repeat('0', 64), gen_random_uuid(), 9, '1', 'x', 1)",
    ['core/009_x has a row that no migration of this run was to write'],
  ],
  truncate: ['truncate migration_history', ['the row of core/001_a is gone']],
  'in a DO block': [
    "do $$ begin execute 'delete from migration_' || 'history'; end $$",
    ['the row of core/001_a is gone'],
  ],
  'in a function': [
    'create function f() returns void language sql as $$ delete from migration_history $$; select f()',
    ['the row of core/001_a is gone'],
  ],
  'a trigger that swallows': [
    'create function swallow() returns trigger language plpgsql as $$ begin return null; end $$; create trigger t before insert on migration_history for each row execute function swallow()',
    ['the row of core/002_tampers is gone', 'the row of core/003_c is gone', expect.stringContaining('triggers t O')],
  ],
  'a trigger that changes': [
    "create function change() returns trigger language plpgsql as $$ begin new.checksum := repeat('0', 64); return new; end $$; create trigger t before insert on migration_history for each row execute function change()",
    [
      'the row of core/002_tampers was changed',
      'the row of core/003_c was changed',
      expect.stringContaining('triggers t O'),
    ],
  ],
  'a trigger that waits for the commit': [
    'create function late() returns trigger language plpgsql as $$ begin delete from migration_history; return null; end $$; create constraint trigger t after insert on waits deferrable initially deferred for each row execute function late(); insert into waits default values',
    ['the row of core/001_a is gone', 'the row of core/002_tampers is gone', 'the row of core/003_c is gone'],
  ],
  'a rule': [
    'create rule r as on insert to migration_history do also delete from migration_history where position = 1',
    ['the row of core/001_a is gone', expect.stringContaining('rules r O')],
  ],
  'row security': [
    'alter table migration_history enable row level security',
    [expect.stringMatching(/the table was table \| .* and is now .*row security$/)],
  ],
  'drop and make again': [
    COPY,
    [
      'the row of core/001_a was changed',
      // Their times have no default any more.
      'the row of core/002_tampers was changed',
      'the row of core/003_c was changed',
      expect.stringContaining('the table was'),
    ],
  ],
  drop: ['drop table migration_history', []],
  rename: ['alter table migration_history rename to old_history', []],
  'another column': [
    'alter table migration_history add column note text',
    [expect.stringContaining('created_at timestamp with time zone, note text')],
  ],
  'without its key': [
    'alter table migration_history drop constraint uq_migration_history_domain_name',
    [expect.stringMatching(/and is now [^|]*\|[^|]*\| (?!.*uq_)/)],
  ],
  'functions of its own in public': [
    "create function public.sha256(bytea) returns bytea language sql as $$ select 'x'::bytea $$; delete from migration_history where position = 1",
    ['the row of core/001_a is gone'],
  ],
}

test.each(Object.entries(TAMPERING))('%s: nothing lands', async (_, [sql, differences]) => {
  await using db = await testDatabase()
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_a': table('a'), '002_tampers': { up: [sql], down: [] }, '003_c': table('c') } },
  })
  await migrate(db.url, workspace, { up: { to: '1' } })
  await db.client.query('create table waits (id int)')
  const before = await publicObjects(db.client)
  const error = await failureOf(migrate(db.url, workspace))
  if (differences.length > 0) {
    expect(error).toMatchObject({ name: 'HistoryTamperedError', exitCode: 3, outcome: { kind: 'nothing' } })
    expect(error.differences).toEqual(differences)
  }
  expect(await publicObjects(db.client)).toEqual(before)
  expect(await history(db.client)).toEqual(['core/001_a'])
})

test('also on the run that makes the history, and what it says', async () => {
  await using db = await testDatabase()
  const deletes = { up: ["delete from migration_history where name = '001_a'"], down: [] }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_deletes': deletes } } })
  expect((await failureOf(migrate(db.url, workspace))).message).toMatchInlineSnapshot(`
    "Right before the commit, the migration history was not what this run had made it:
      - the row of core/001_a is gone
    Of the migrations of this run, these name the table in their SQL:
      - core/002_deletes
    Nothing of this run was applied; the database is as it was before.
    The history is written by the migrator alone: take out of the migration what changes the table or its rows, also by a trigger."
  `)
  expect(await publicObjects(db.client)).toEqual([])
})

test('a table whose columns were renamed cannot be read', async () => {
  await using db = await testDatabase()
  const renames = {
    up: [
      "create function rename() returns trigger language plpgsql as $$ begin execute 'alter table migration_history rename position to place'; return null; end $$",
      'create table late (id int)',
      'create constraint trigger t after insert on late deferrable initially deferred for each row execute function rename()',
      'insert into late values (1)',
    ],
    down: [],
  }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_renames': renames } } })
  expect((await failureOf(migrate(db.url, workspace))).differences).toMatchInlineSnapshot(`
    [
      "it cannot be read any more: column "position" does not exist",
    ]
  `)
})

test('what another connection has committed meanwhile is not said to be as it was before', async () => {
  await using db = await testDatabase()
  const waits = { up: ['create table b ()', 'select pg_advisory_xact_lock(4711)'], down: ['drop table b'] }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_waits': waits } } })
  await migrate(db.url, workspace, { up: { to: '1' } })
  await db.client.query('select pg_advisory_lock(4711)')
  // As dblink does in the middle of a migration.
  const meanwhile = async () => {
    await db.client.query('delete from migration_history')
    await db.client.query('select pg_advisory_unlock(4711)')
  }
  const onEvent = ({ type }: { type: string }) => (type === 'started' ? meanwhile() : undefined)
  const error = await failureOf(migrate(db.url, workspace, { onEvent }))
  expect(error).toMatchObject({ name: 'HistoryTamperedError', lasting: ['the row of core/001_a is gone'] })
  expect(error.message).toMatchInlineSnapshot(`
    "Right before the commit, the migration history was not what this run had made it:
      - the row of core/001_a is gone
    The transaction was rolled back, and this is still so, since another connection has committed it (dblink, a program that a statement started, or another session):
      - the row of core/001_a is gone
    Nothing else of this transaction was kept; what else that connection has done is not known. Before anything else is run, put the history back, from a backup or by hand. What it has now: npx nx run migrator:status"
  `)
  expect(await history(db.client)).toEqual([])
  expect(await tableNames(db.client)).toEqual(['a', 'migration_history'])
})

test('a revert that leaves the row of another one changed reverts nothing', async () => {
  await using db = await testDatabase()
  const tampers = {
    up: ['create table b ()'],
    down: ['drop table b', 'delete from migration_history where position = 1'],
  }
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_b': tampers } } })
  await migrate(db.url, workspace)
  const error = await failureOf(migrate(db.url, workspace, { down: { kind: 'steps', steps: 1 } }))
  expect(error).toMatchObject({ name: 'HistoryTamperedError', differences: ['the row of core/001_a is gone'] })
  expect(await history(db.client)).toEqual(['core/001_a', 'core/002_b'])
})

test('a history with a trigger of its own from before is taken as it is', async () => {
  await using db = await testDatabase()
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': table('a'), '002_b': table('b') } } })
  await migrate(db.url, workspace, { up: { to: '1' } })
  await db.client.query(
    'create function noted() returns trigger language plpgsql as $$ begin return null; end $$; create trigger noted after insert on migration_history for each row execute function noted()',
  )
  expect(idsOf(await migrate(db.url, workspace))).toEqual(['core/002_b'])
})

test('a table that was just made has the form that is expected of it', async () => {
  await using db = await testDatabase()
  for (const { sql } of await ensureHistory()) await db.client.query(sql)
  const { rows } = await db.client.query(`select (${historyForm}) as form`)
  expect(rows[0].form).toBe(NEW_HISTORY_FORM)
  expect(rows[0].form).toContain(HISTORY_COLUMNS.join(', '))
})

test('10,000 rows are proven in milliseconds', async () => {
  await using db = await testDatabase()
  for (const { sql } of await ensureHistory()) await db.client.query(sql)
  await db.client.query(`insert into migration_history (domain, name, checksum, run_id, position, duration_ms, tool_version, applied_by)
    select 'core', to_char(n, 'FM00000') || '_x', repeat('0', 64), gen_random_uuid(), n, 1, '1', 'x' from generate_series(1, 10000) n`)
  await db.client.query('begin')
  const { rows } = await db.client.query(
    "select domain, name, ctid::text || ' ' || xmin::text as version, pg_current_xact_id()::text as id from migration_history",
  )
  const expected = {
    transactionId: rows[0].id,
    form: undefined,
    kept: rows,
    added: [],
    run: { runId: '', toolVersion: '', appliedBy: '' },
  }
  const startedAt = performance.now()
  await db.client.query(proveHistory(expected).sql)
  // About 15 ms on an idle machine.
  expect(performance.now() - startedAt).toBeLessThan(1000)
  const short = { ...expected, kept: rows.slice(1), added: [planned('core/10001_x', 10001)] }
  await expect(db.client.query(proveHistory(short).sql)).rejects.toMatchObject({ code: 'VZ001' })
})
