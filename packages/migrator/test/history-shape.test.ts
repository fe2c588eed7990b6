/** A history that is not such as the migrator writes it: its rows and columns are named, by up, down and status, and nothing is run. */
import { tcpProxy } from '@veza/tools/tcp-proxy'
import { testDatabase } from '@veza/tools/test-database'
import { describe, expect, test } from 'vitest'
import { callCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, migrate, publicObjects } from './runs.ts'
import { told } from './told.ts'

const table = (name: string) => ({ up: [`create table ${name} ()`], down: [`drop table ${name}`] })
const PLAN = { core: { migrations: { '001_a': table('a'), '002_b': table('b'), '003_c': table('c') } } }

/** What up, down, status and a dry run say of a history that was spoilt; all of them the same. */
async function refusal(name: string, spoil: string): Promise<string> {
  using workspace = await fixtureWorkspace(PLAN)
  await using db = await testDatabase()
  await migrate(db.url, workspace, { up: { to: '2' } })
  await db.client.query(spoil)
  const before = await publicObjects(db.client)
  const error = await failureOf(migrate(db.url, workspace))
  expect(error).toMatchObject({ name, exitCode: 3 })
  expect((await failureOf(migrate(db.url, workspace, { down: { kind: 'all' } }))).message).toBe(error.message)
  const place = ['--database-url', db.url, '--workspace', workspace.root, '--json']
  for (const args of [['status'], ['up', '--dry-run'], ['down', '--all', '--yes']]) {
    const { exitCode, stdout } = await callCommand([...args, ...place])
    expect({ exitCode, error: JSON.parse(stdout).error }).toMatchObject({
      exitCode: 3,
      error: { code: name, message: error.message },
    })
  }
  expect(await publicObjects(db.client)).toEqual(before)
  return (await told(error)).replaceAll(db.name, 'veza')
}

describe('rows that stand twice', () => {
  test('are named, with the way out', async () => {
    const spoil = `alter table migration_history drop constraint uq_migration_history_domain_name;
      insert into migration_history (domain, name, checksum, run_id, position, duration_ms, tool_version, applied_by)
      select domain, name, checksum, run_id, position, duration_ms, tool_version, applied_by from migration_history where position = 2`
    expect(await refusal('DuplicateHistoryError', spoil)).toMatchInlineSnapshot(`
      "The history of 127.0.0.1:5432/veza has several rows for one migration, so it cannot be told what is applied:
        - core/002_b: 2 rows
      Nothing was run. Somebody has dropped the unique constraint of public.migration_history. Look at the rows, delete the wrong ones by their ctid, and make the constraint again:
        select ctid, * from public.migration_history order by position, created_at;
        alter table public.migration_history add constraint uq_migration_history_domain_name unique (domain, name);"
    `)
  })

  test('cost no round trip where there are none, and a missing constraint alone stops nobody', async () => {
    using workspace = await fixtureWorkspace({
      core: {
        migrations: {
          ...PLAN.core.migrations,
          '004_vacuum': { transaction: false, up: ['vacuum pg_catalog.pg_class'], down: [] },
        },
      },
    })
    await using db = await testDatabase()
    await migrate(db.url, workspace, { up: { to: '1' } })
    await db.client.query('alter table migration_history drop constraint uq_migration_history_domain_name')
    expect((await migrate(db.url, workspace)).applied).toBe(4)
    await using proxy = await tcpProxy(db.url)
    await migrate(proxy.url, workspace)
    // The login, and one for everything else.
    expect(proxy.roundTrips).toBe(2)
  })
})

describe('a table of another version', () => {
  test('with more, fewer and other columns: each is named', async () => {
    const spoil = `alter table migration_history add column branch text; alter table migration_history drop column tool_version;
      alter table migration_history drop constraint chk_migration_history_position;
      alter table migration_history alter column position type text using position::text`
    expect(await refusal('HistoryTableError', spoil)).toMatchInlineSnapshot(`
      "public.migration_history of 127.0.0.1:5432/veza is not the table that this version of the migrator keeps:
        - its column position is text, not integer
        - it has no column tool_version
        - it has a column branch, which is not known here
      Nothing was run. If a newer version has changed it, run that version. If somebody changed it by hand, change it back. If another tool made it, give it another name: alter table public.migration_history rename to old_history"
    `)
  })

  test.each([
    ['a view', 'view', 'create view migration_history as select * from kept'],
    ['a materialized view', 'materialized view', 'create materialized view migration_history as select * from kept'],
  ])('that is %s', async (_, kind, make) => {
    const text = await refusal('HistoryTableError', `alter table migration_history rename to kept; ${make}`)
    expect(text).toContain(`it is a ${kind}`)
  })

  test('that another tool made', async () => {
    const text = await refusal(
      'HistoryTableError',
      'drop table migration_history; create table migration_history (version int primary key, dirty boolean)',
    )
    expect(text).toContain('it has no column domain')
    expect(text).toContain('it has a column version, which is not known here')
  })

  test('whose columns stand in another order is the same table', async () => {
    using workspace = await fixtureWorkspace(PLAN)
    await using db = await testDatabase()
    await migrate(db.url, workspace, { up: { to: '2' } })
    await db.client.query(
      "alter table migration_history rename column applied_by to old; alter table migration_history add column applied_by text not null default 'x'; alter table migration_history drop column old; alter table migration_history alter column applied_by drop default",
    )
    expect((await migrate(db.url, workspace)).applied).toBe(3)
  })
})
