/** check fails where a migration outside a transaction cannot be run twice, and where a migration touches what the migrator alone writes. */
import { describe, expect, test } from 'vitest'
import { adding, checkWorkspace, core, findingsOf, useScratchServer } from './check-workspace.ts'
import { type MigrationData, migrationSource } from './fixture-workspace.ts'

useScratchServer()

const outside = (up: string, before: readonly string[] = []) =>
  findingsOf({
    core: adding(core, {
      ...(before.length === 0 ? {} : { '003_before': { up: before, irreversible: 'a test' } }),
      [before.length === 0 ? '003_change' : '004_change']: migrationSource('change', {
        transaction: false,
        up: [up],
        irreversible: 'a test',
      }),
    }),
  })
const rules = async (found: ReturnType<typeof outside>) => (await found).map(({ rule }) => rule)

describe('a migration outside a transaction that was done, and whose end was not recorded,', () => {
  test.each<[string, readonly string[]]>([
    ['create index concurrently idx_users_name on users (name)', []],
    ["create unique index concurrently idx_users_name on users (lower(name)) where name <> 'x'", []],
    ['create index concurrently if not exists idx_users_name on users (name)', []],
    ['drop index concurrently if exists idx_users_name', ['create index idx_users_name on users (name)']],
    ["alter type mood add value if not exists 'good'", ["create type mood as enum ('fine')"]],
    ['vacuum users', []],
    ['reindex table concurrently users', []],
    ['call again()', ['create procedure again() language plpgsql as $$ begin delete from users; commit; end $$']],
  ])('%s: may be run again', async (sql, before) => {
    expect((await rules(outside(sql, before))).filter((rule) => rule.startsWith('replay/'))).toEqual([])
  })

  test.each<[string, readonly string[], string]>([
    ['drop index concurrently idx_users_name', ['create index idx_users_name on users (name)'], 'does not exist'],
    ["alter type mood add value 'good'", ["create type mood as enum ('fine')"], 'already exists'],
    ['alter table users add column twice int', [], 'already exists'],
    ["insert into users (name) values ('ann')", [], 'the second time it changes rows that it had changed before'],
    [
      'call again()',
      ["create procedure again() language plpgsql as $$ begin insert into users (name) values ('bo'); commit; end $$"],
      'the second time it changes rows that it had changed before',
    ],
    [
      'alter table events detach partition events_1 concurrently',
      [
        'create table events (at int) partition by range (at)',
        'create table events_1 partition of events for values from (1) to (2)',
      ],
      'is not a partition',
    ],
  ])('%s: is found', async (sql, before, words) => {
    const found = (await outside(sql, before)).filter(({ rule }) => rule === 'replay/not-idempotent')
    expect(found).toMatchObject([
      { severity: 'error', migration: expect.stringMatching(/_change$/), message: expect.stringContaining(words) },
    ])
  })

  test('what it says', async () => {
    const [found] = (await outside("alter type mood add value 'good'", ["create type mood as enum ('fine')"])).filter(
      ({ rule }) => rule === 'replay/not-idempotent',
    )
    expect(`${found?.message}\n${found?.remedy}`).toMatchInlineSnapshot(`
      "core/004_change runs outside a transaction and cannot be run a second time: enum label "good" already exists. A run that is killed when its statement is done, and before that is recorded, runs it again.
      Let the statement succeed where what it does is done: IF NOT EXISTS, IF EXISTS, ON CONFLICT DO NOTHING. What PostgreSQL allows in a transaction needs none of that there: leave out export const transaction = false."
    `)
  })

  test('of several statements is refused before it is replayed', async () => {
    const two = migrationSource('change', { transaction: false, up: ['vacuum', 'analyze'], irreversible: 'a test' })
    await expect(checkWorkspace({ core: adding(core, { '003_change': two }) })).rejects.toMatchObject({
      name: 'AloneStatementsError',
    })
  })
})

describe('a migration that touches what the migrator alone writes', () => {
  const touching = async (...up: readonly string[]) => {
    const change: MigrationData = { up, irreversible: 'a test' }
    const found = await findingsOf({ core: adding(core, { '003_change': change }) })
    return found.filter(({ rule }) => rule === 'ownership/migrators-table')
  }

  test.each<[string, ...string[]]>([
    ['delete from migration_history'],
    ['update migration_history set name = name where false'],
    ['truncate migration_history'],
    ["do $$ begin execute 'delete from migration_' || 'history'; end $$"],
    ['create function f() returns void language sql as $$ delete from migration_repairs $$', 'select f()'],
    ['alter table migration_history add column note text'],
    ['alter table migration_history drop constraint uq_migration_history_domain_name'],
    ['alter table migration_history enable row level security'],
    ['create index idx_history on migration_history (created_at)'],
    ['create rule r as on insert to migration_history do also select 1'],
    ['drop table migration_repairs'],
    [
      'create function f() returns trigger language plpgsql as $$ begin return null; end $$',
      'create trigger t before insert on migration_history for each row execute function f()',
    ],
    ['create view seen as select name from migration_history'],
    ['create table noted (id uuid references migration_history)'],
    [
      'create function f() returns trigger language plpgsql as $$ begin delete from migration_history; return null; end $$',
    ],
    ['alter table migration_history rename to old_history'],
    ['comment on table migration_history is $$ mine $$'],
  ])('is found: %s %s', async (...up) => {
    const found = await touching(...up)
    expect(found.length).toBeGreaterThan(0)
    expect(found).toMatchObject(found.map(() => ({ severity: 'error', migration: 'core/003_change' })))
  })

  test('what it says, and it is said once', async () => {
    const found = await findingsOf({
      core: adding(core, { '003_change': { up: ['delete from migration_history'], irreversible: 'a test' } }),
    })
    expect(found.map(({ rule, message, remedy }) => ({ rule, message, remedy }))).toMatchInlineSnapshot(`
      [
        {
          "message": "core/003_change statement 1 deletes rows of the table migration_history, which is written by the migrator alone.",
          "remedy": "Take it out of the migration: a run that finds its history changed is rolled back. What has to be corrected in the history of a database is a matter of: npx veza-migrator repair",
          "rule": "ownership/migrators-table",
        },
      ]
    `)
  })

  test('reading is no touching', async () => {
    expect(await touching('do $$ begin perform count(*) from migration_history; end $$')).toEqual([])
  })
})
