/** A database that would not let a run write is refused before anything runs, in the same words by `up`, by `down` and by a dry run. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { acquireEmbedded, type EmbeddedServer } from '../src/embedded/server.ts'
import { setting } from '../src/run/writable.ts'
import { callCommand } from './command.ts'
import { type DomainsData, type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, history, migrate, publicObjects } from './runs.ts'
import { told } from './told.ts'

const table = (name: string) => ({ up: [`create table ${name} (id int)`], down: [`drop table ${name}`] })
const PLAN: DomainsData = {
  core: {
    migrations: {
      '001_a': table('a'),
      '002_rows': { up: ['insert into a values (1)'], down: ['delete from a'] },
      '003_c': table('c'),
    },
  },
}

let workspace: FixtureWorkspace
let db: TestDatabase
let role: string
beforeAll(async () => {
  workspace = await fixtureWorkspace(PLAN)
})
afterAll(() => workspace[Symbol.dispose]())
beforeEach(async () => {
  db = await testDatabase()
  role = `deploy_${db.name.slice(-12)}`
  await db.client.query(`create role ${role} login password 'role'`)
})
afterEach(async () => {
  await db.client.query(`drop owned by ${role} cascade; drop role ${role}`)
  await db.drop()
})

const as = (name: string): string => {
  const url = new URL(db.url)
  url.username = name
  url.password = 'role'
  return url.href
}

/** The message of `up`, after it was seen that a dry run says the same, and that nothing was done. */
async function refusal(url: string, name: string, ...args: readonly string[]): Promise<string> {
  const before = await publicObjects(db.client)
  const applied = await history(db.client)
  const error = await failureOf(migrate(url, workspace))
  expect(error).toMatchObject({ name, exitCode: 3 })
  const place = ['--database-url', url, '--workspace', workspace.root, '--json', ...args]
  const dry = await callCommand(['up', '--dry-run', ...place])
  expect(dry.exitCode).toBe(3)
  expect(JSON.parse(dry.stdout).error).toMatchObject({ code: name, message: error.message })
  expect(await publicObjects(db.client)).toEqual(before)
  expect(await history(db.client)).toEqual(applied)
  return (await told(error)).replaceAll(role, 'deploy').replaceAll(db.name, 'veza')
}

describe('default_transaction_read_only', () => {
  test.each<[string, (name: string) => string, string]>([
    ['the database', (name) => `alter database ${name} set`, 'for the database "veza"'],
    ['the role', () => `alter role ${role} set`, 'for the role "deploy"'],
    [
      'the role in the database',
      (name) => `alter role ${role} in database ${name} set`,
      'for the role "deploy" in the database "veza"',
    ],
  ])('that is set for %s: refused, with who set it', async (_, set, words) => {
    await db.client.query(
      `grant create on schema public to ${role}; ${set(db.name)} default_transaction_read_only = on`,
    )
    const text = await refusal(as(role), 'ReadOnlyDatabaseError')
    expect(text).toContain(words)
  })

  test('what it says', async () => {
    await db.client.query(`alter database ${db.name} set default_transaction_read_only = on`)
    expect(await refusal(db.url, 'ReadOnlyDatabaseError')).toMatchInlineSnapshot(`
      "Transactions on 127.0.0.1:5432/veza are read-only by default: default_transaction_read_only is on, set for the database "veza". Somebody wants nothing to be written, so nothing was run.
      If up or down may write all the same, say --override-read-only. To take the setting back: alter database veza reset default_transaction_read_only"
    `)
  })

  test('that the URL itself sets', async () => {
    const text = await refusal(`${db.url}?options=-c%20default_transaction_read_only%3Don`, 'ReadOnlyDatabaseError')
    expect(text).toContain('by this connection itself')
  })

  test('--override-read-only writes all the same, and only then', async () => {
    await db.client.query(`alter database ${db.name} set default_transaction_read_only = on`)
    const place = ['--database-url', db.url, '--workspace', workspace.root]
    expect((await callCommand(['up', '--dry-run', '--override-read-only', ...place])).exitCode).toBe(0)
    expect((await callCommand(['up', '--override-read-only', ...place])).exitCode).toBe(0)
    expect(await history(db.client)).toHaveLength(3)
    // Nothing has to be written.
    expect((await callCommand(['up', ...place])).exitCode).toBe(0)
    expect(await failureOf(migrate(db.url, workspace, { down: { kind: 'all' } }))).toMatchObject({
      name: 'ReadOnlyDatabaseError',
    })
    expect((await callCommand(['down', '--all', '--yes', '--override-read-only', ...place])).exitCode).toBe(0)
    expect(await history(db.client)).toEqual([])
  })

  test('does not stop a repair that nobody may make from saying why', async () => {
    await migrate(db.url, workspace)
    await db.client.query("update migration_history set checksum = repeat('a', 64) where position = 1")
    await db.client.query(`alter database ${db.name} set default_transaction_read_only = on`)
    const place = ['--database-url', db.url, '--workspace', workspace.root, '--yes', '--reason', 'why']
    const { exitCode, stderr } = await callCommand(['repair', 'core/001_a', '--accept-checksum', ...place])
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('are read-only by default'),
    })
  })

  test('every place that can set it has its words and its way back', () => {
    const said = ['global', 'configuration file', 'command line'].map((source) => setting(source, 'deploy', 'Veza'))
    expect(said).toMatchInlineSnapshot(`
      [
        {
          "reset": "alter role all reset default_transaction_read_only",
          "setBy": "for all roles",
        },
        {
          "reset": "alter system reset default_transaction_read_only; select pg_reload_conf() - or postgresql.conf",
          "setBy": "for the whole server (configuration file)",
        },
        {
          "reset": "alter system reset default_transaction_read_only; select pg_reload_conf() - or postgresql.conf",
          "setBy": "for the whole server (command line)",
        },
      ]
    `)
  })
})

describe('a role', () => {
  test('that may not create in public, where there is no history yet', async () => {
    expect(await refusal(as(role), 'MissingRightsError')).toMatchInlineSnapshot(`
      "The role "deploy" lacks rights that this run needs on 127.0.0.1:5432/veza:
        - it may not create anything in the schema public, and the migrator has to make its history there
      Nothing was run. Run as another role, or let the owner or a superuser run:
        grant create on schema public to deploy;"
    `)
  })

  test('that may not create in public, where a migration does', async () => {
    await migrate(db.url, workspace, { up: { to: '1' } })
    await db.client.query(`grant select, insert, update, delete on migration_history, a to ${role}`)
    expect(await refusal(as(role), 'MissingRightsError')).toMatchInlineSnapshot(`
      "The role "deploy" lacks rights that this run needs on 127.0.0.1:5432/veza:
        - it may not create anything in the schema public, and core/003_c does
      Nothing was run. Run as another role, or let the owner or a superuser run:
        grant create on schema public to deploy;"
    `)
    // What needs no such right is not refused.
    await migrate(as(role), workspace, { up: { to: '2' } })
    expect(await history(db.client)).toEqual(['core/001_a', 'core/002_rows'])
  })

  test('that may not write the history, which belongs to another', async () => {
    await migrate(db.url, workspace, { up: { to: '1' } })
    await db.client.query(`grant create on schema public to ${role}; grant select on migration_history to ${role}`)
    expect(await refusal(as(role), 'MissingRightsError')).toMatchInlineSnapshot(`
      "The role "deploy" lacks rights that this run needs on 127.0.0.1:5432/veza:
        - it has no right to INSERT on public.migration_history, which belongs to "postgres"
      Nothing was run. Run as another role, or let the owner or a superuser run:
        grant select, insert, update, delete on public.migration_history to deploy;"
    `)
  })

  test('that may not revert everything, since the history is not its own', async () => {
    await migrate(db.url, workspace)
    await db.client.query(
      `grant create on schema public to ${role}; grant select, insert, update, delete on migration_history to ${role};
       alter table a owner to ${role}; alter table c owner to ${role}`,
    )
    const error = await failureOf(migrate(as(role), workspace, { down: { kind: 'all' } }))
    expect(error.name).toBe('MissingRightsError')
    expect((await told(error)).replaceAll(role, 'deploy')).toMatchInlineSnapshot(`
      "The role "deploy" lacks rights that this run needs on 127.0.0.1:5432/veza:
        - it may not drop public.migration_history, which belongs to "postgres", when nothing is applied any more
      Nothing was run. Run as another role, or let the owner or a superuser run:
        alter table public.migration_history owner to deploy;"
    `)
    await migrate(as(role), workspace, { down: { kind: 'steps', steps: 1 } })
    expect(await history(db.client)).toHaveLength(2)
  })

  test('that becomes another one in its migration is not refused for what it may not do itself', async () => {
    const owner = `${db.name}_owner`
    await migrate(db.url, workspace)
    using other = await fixtureWorkspace({
      core: {
        migrations: {
          ...PLAN.core!.migrations,
          '004_d': { up: [`set local role ${owner}`, 'create table d ()'], down: ['drop table d'] },
        },
      },
    })
    await db.client.query(
      `create role ${owner}; grant create on schema public to ${owner}; grant ${owner} to ${role};
       grant select, insert, update, delete on migration_history to ${role}; revoke create on schema public from public`,
    )
    try {
      await db.client.query(
        `alter role ${role} noinherit; revoke ${owner} from ${role}; grant ${owner} to ${role} with inherit false`,
      )
      await migrate(as(role), other)
      expect(await history(db.client)).toHaveLength(4)
    } finally {
      await db.client.query(`drop owned by ${owner} cascade; drop role ${owner}`)
    }
  })

  test('that may not make temporary tables, where an index was left half-built', async () => {
    using other = await fixtureWorkspace({
      core: {
        migrations: {
          '001_a': table('a'),
          '002_index': { transaction: false, up: ['create index concurrently a_id on a (id)'], down: [] },
        },
      },
    })
    await migrate(db.url, other)
    await db.client.query(
      `update migration_history set duration_ms = null where position = 2; revoke temporary on database ${db.name} from public;
       grant create on schema public to ${role}; grant select, insert, update, delete on migration_history to ${role}`,
    )
    const error = await failureOf(migrate(as(role), other))
    expect(error.missing).toMatchInlineSnapshot(`
      [
        "it may not make temporary tables, by which it would prove which index an interrupted migration has left",
      ]
    `)
  })
})

describe('a standby', () => {
  const dir = mkdtempSync(join(tmpdir(), 'veza-standby-'))
  let server: EmbeddedServer
  beforeAll(async () => {
    const first = await acquireEmbedded({ dir, port: 0, durable: false })
    const client = new pg.Client({ connectionString: first.url })
    await client.connect()
    await client.query('create table before_it_was_one ()')
    await client.end()
    await first.release()
    writeFileSync(join(first.dataDir, 'standby.signal'), '')
    server = await acquireEmbedded({ dir, port: 0, durable: false })
  }, 60_000)
  afterAll(async () => {
    await server?.release()
    if (existsSync(dir)) rmSync(dir, { recursive: true, force: true })
  })

  test('is refused by up, by a dry run and with --override-read-only, in one sentence', async () => {
    for (const options of [{}, { overrideReadOnly: true }]) {
      const error = await failureOf(migrate(server.url, workspace, { ...options, allowNonempty: true }))
      expect(error.name).toBe('StandbyError')
      expect(await told(error)).toMatchInlineSnapshot(`
        "127.0.0.1:5432/veza is a standby: it takes over what its primary writes, and nothing can be written to it. Nothing was run.
        Name the primary in --database-url or DATABASE_URL."
      `)
    }
    const place = ['--database-url', server.url, '--workspace', workspace.root, '--json']
    const { exitCode, stdout } = await callCommand(['up', '--dry-run', '--allow-nonempty', ...place])
    expect({ exitCode, error: JSON.parse(stdout).error }).toMatchObject({
      exitCode: 3,
      error: { code: 'StandbyError' },
    })
  })
})
