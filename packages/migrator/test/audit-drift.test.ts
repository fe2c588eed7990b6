import { testDatabase } from '@veza/tools/test-database'
import { describe, expect, test } from 'vitest'
import { driftFrom } from '../src/audit/drift/drift.ts'
import { driftText } from '../src/audit/drift/drift-text.ts'
import { driftLine, lookForDrift } from '../src/audit/drift/status-drift.ts'
import { readCatalog } from '../src/catalog/read.ts'
import { connect } from '../src/database/connect.ts'
import { migrateUp } from '../src/index.ts'
import { replay } from '../src/replay/replay.ts'
import { withScratch } from '../src/replay/scratch.ts'
import { plainPaint } from '../src/report/output.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { runCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'

const LIMITS = { lockTimeoutMs: 2000, statementTimeoutMs: 30_000 }

import { migratedAndReplayed } from './migrated-and-replayed.ts'

const v1 = migratedAndReplayed()

async function driftAfter(sql: string): Promise<string[]> {
  if (sql !== '') await v1.client.query(sql)
  return driftFrom(await readCatalog(v1.client), v1.replayed, v1.workspace.graph.order).map(driftText)
}

describe('a migrated database', () => {
  test('as its migrations left it has not drifted', async () => {
    expect(await driftAfter('')).toEqual([])
  })

  const cases: readonly (readonly [sql: string, ...expected: string[]])[] = [
    ['alter table users alter email drop not null', 'column users.email was changed by hand; core/002_users made it'],
    ['alter table users drop bio', 'column users.bio was dropped by hand; core/002_users made it'].concat([
      'constraint users.chk_users_bio was dropped by hand; core/002_users made it',
    ]) as [string, ...string[]],
    [
      'alter table users add legacy_id bigint',
      'column users.legacy_id was added by hand; core/002_users made its table',
    ],
    ['drop index idx_users_status', 'index users.idx_users_status was dropped by hand; core/002_users made it'],
    [
      'drop trigger trg_rooms_updated_at on rooms',
      'trigger rooms.trg_rooms_updated_at was dropped by hand; social/002_rooms made it',
    ],
    [
      'alter table rooms disable trigger trg_rooms_updated_at',
      'trigger rooms.trg_rooms_updated_at was changed by hand; social/002_rooms made it',
    ],
    ['drop table track_likes', 'table track_likes was dropped by hand; streaming/005_track_reactions made it'],
    ['create table scratchpad (id int)', 'table scratchpad was added by hand'],
    [
      `create or replace function set_updated_at() returns trigger language plpgsql as 'begin return new; end'`,
      'function set_updated_at() was changed by hand; core/001_conventions made it',
    ],
    ['create view live_rooms as select id from rooms', 'view live_rooms was added by hand'],
    [`comment on table rooms is 'Mine.'`, 'table rooms was changed by hand; social/002_rooms made it'],
    [
      'alter table rooms rename constraint chk_rooms_max_members to chk_members',
      'constraint rooms.chk_rooms_max_members was changed by hand; social/002_rooms made it',
    ],
    ['alter table rooms set unlogged', 'table rooms was changed by hand; social/002_rooms made it'],
    ['alter table rooms enable row level security', 'table rooms was changed by hand; social/002_rooms made it'],
    ['alter table rooms replica identity full', 'table rooms was changed by hand; social/002_rooms made it'],
    [
      'create policy own on rooms using (creator_id is not null)',
      'policy rooms.own was added by hand; social/002_rooms made its table',
    ],
    [
      'create rule no_delete as on delete to rooms do instead nothing',
      'rule rooms.no_delete was added by hand; social/002_rooms made its table',
    ],
    [
      'alter table rooms alter description type text collate "C"',
      'column rooms.description was changed by hand; social/002_rooms made it',
    ],
    [
      'alter table rooms enable replica trigger trg_rooms_updated_at',
      'trigger rooms.trg_rooms_updated_at was changed by hand; social/002_rooms made it',
    ],
    [
      'create index idx_twice on rooms (max_members); create index idx_twice_more on rooms (max_members)',
      'index rooms.idx_twice was added by hand; social/002_rooms made its table',
      'index rooms.idx_twice_more was added by hand; social/002_rooms made its table',
    ],
    ['drop table migration_history', 'table migration_history was dropped by hand; migrator made it'],
  ]
  test.each(cases)('%s', async (sql, ...expected) => {
    expect(await driftAfter(sql)).toEqual(expected)
  })
})

test('who made what is known for every table, column, constraint, index, trigger and function', () => {
  const { catalog, makers } = v1.replayed
  const unknown = [
    ...catalog.tables.flatMap(({ name, columns, constraints, indexes, triggers }) => [
      ...[name, ...indexes.map((index) => index.name)].filter((one) => !makers.makerOf('relation', one)),
      ...columns.filter((column) => !makers.makerOf('column', name, column.name)).map((one) => one.name),
      ...constraints.filter((one) => !makers.makerOf('constraint', name, one.name)).map((one) => one.name),
      ...triggers.filter((one) => !makers.makerOf('trigger', name, one.name)).map((one) => one.name),
    ]),
    ...catalog.functions.filter(({ signature }) => !makers.makerOf('function', signature)).map(({ name }) => name),
  ]
  expect(unknown).toEqual([])
  expect(catalog.otherSchemas).toEqual([])
})

test('a column belongs to the migration that added it, also from within a DO block, and a dynamic migration is replayed too', async () => {
  using fixture = await fixtureWorkspace({
    core: {
      migrations: {
        '001_users': { up: ['create table users (id int)'], down: ['drop table users'] },
        '002_more': {
          up: ['do $$ begin alter table users add email text; end $$'],
          down: ['alter table users drop email'],
        },
        '003_last': `import { sql } from 'kysely'
export const about = 'a column per answer'
export async function up(db) {
  const { rows } = await sql\`select 'answer' as name\`.execute(db)
  for (const { name } of rows) await sql\`alter table users add \${sql.ref(name)} int\`.execute(db)
}
export const irreversible = 'a test'
`,
      },
    },
  })
  const { order } = await openWorkspace(fixture.root)
  const { makers } = await withScratch(v1.root, (scratch) => replay(scratch, { steps: order }))
  const found = ['id', 'email', 'answer'].map((column) => makers.makerOf('column', 'users', column)?.migration)
  expect(found).toEqual(['core/001_users', 'core/002_more', 'core/003_last'])
})

describe('a database that has only a part of the plan', () => {
  test('is held against that part: what is pending is no drift', async () => {
    await using partly = await testDatabase()
    await migrateUp({ databaseUrl: partly.url, workspace: v1.root, domain: 'core' })
    await partly.client.query('alter table playlists add mood text')
    const other = await connect(partly.url, 'test')
    const drift = await lookForDrift(other, v1.workspace, LIMITS)
    await other.end()
    expect(drift!.differences.map(driftText)).toEqual([
      'column playlists.mood was added by hand; core/008_playlists made its table',
    ])
  })

  test('without any migration it has nothing to drift from', async () => {
    await using empty = await testDatabase()
    const other = await connect(empty.url, 'test')
    const drift = await lookForDrift(other, v1.workspace, LIMITS)
    await other.end()
    expect(driftLine(drift, plainPaint)).toBe('drift: nothing has been applied')
  })
})

describe('status --drift', () => {
  test('says it in one line, with exit code 1', async () => {
    await using drifted = await testDatabase({ migrated: 'v1' })
    await drifted.client.query('alter table users drop bio; alter table users drop location')
    const { stdout, exitCode } = await runCommand(['status', '--drift', '--database-url', drifted.url], {
      cwd: v1.root,
    })
    expect(stdout.split('\n').filter((line) => line.startsWith('drift'))).toEqual([
      'drift: 4 objects: column users.bio was dropped by hand; core/002_users made it; ' +
        'column users.location was dropped by hand; core/002_users made it; and 2 more: npx nx run migrator:audit',
    ])
    expect(exitCode).toBe(1)
  })

  test('without drift it is `none`, with exit code 0', async () => {
    await using clean = await testDatabase({ migrated: 'v1' })
    const { stdout, exitCode } = await runCommand(['status', '--drift', '--database-url', clean.url], { cwd: v1.root })
    expect(stdout).toMatch(/^drift: none$/m)
    expect(exitCode).toBe(0)
  })
})
