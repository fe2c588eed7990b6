/** The roles of production on a real server: the migrator can run the plan and nothing more, a service can do its own domain's work. */
import { v1Workspace } from '@veza/tools/v1'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { callCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { type Granted, granted } from './granted.ts'
import { failureOf, migrate, publicObjects } from './runs.ts'

const v1 = v1Workspace()
afterAll(() => v1[Symbol.dispose]())

/** What the server says to a statement; undefined if it does it. Whatever it does is undone. */
async function refusal(client: pg.ClientBase, sql: string): Promise<string | undefined> {
  await client.query('begin')
  try {
    await client.query(sql)
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    await client.query('rollback')
  }
}

const DENIED = /^(permission denied|must be (owner|superuser)|Only roles with)/

describe('V1, migrated by the migrator role', () => {
  let there: Granted
  beforeAll(async () => {
    there = await granted(v1.root)
    await there.run()
    await migrate(await there.urlOf(there.rights.migrator), v1)
    await there.run()
  })
  afterAll(() => there[Symbol.asyncDispose]())

  const rolesOf = (domain: string) => there.rights.domains.find((one) => one.domain === domain)!
  const tablesOf = (domain: string) =>
    there.rights.objects.filter((one) => one.domain === domain && one.kind === 'relation').map(({ name }) => name)
  const DOMAINS = ['core', 'auth', 'social', 'streaming']

  test('it owns everything that it made', async () => {
    const { rows } = await there.db.client.query(`select pg_get_userbyid(relowner) as owner, count(*)::int from pg_class
      where relnamespace = 'public'::regnamespace group by 1`)
    expect(rows).toEqual([{ owner: there.rights.migrator, count: expect.any(Number) }])
  })

  test('every table of V1 has an owner, and every domain has tables', () => {
    expect(DOMAINS.map((domain) => tablesOf(domain).length)).toEqual([9, 4, 3, 11].map(() => expect.any(Number)))
    expect(DOMAINS.flatMap(tablesOf)).toHaveLength(27)
  })

  test.each(DOMAINS)('%s_rw reads and writes each own table, and uses its defaults and triggers', async (domain) => {
    await there.as(rolesOf(domain).writes, async (client) => {
      for (const table of tablesOf(domain)) {
        for (const sql of [
          `select count(*) from ${table}`,
          `update ${table} set id = id`,
          `delete from ${table}`,
          `select uuid_v7()`,
        ])
          expect([sql, await refusal(client, sql)]).toEqual([sql, undefined])
        // An INSERT without values fails at a constraint at most, once the right is there.
        const said = await refusal(client, `insert into ${table} default values`)
        expect([table, said ?? 'violates']).toEqual([table, expect.stringMatching(/violates/)])
        for (const sql of [
          `truncate ${table}`,
          `alter table ${table} add column x int`,
          `drop table ${table}`,
          `create trigger x before insert on ${table} execute function set_updated_at()`,
          `create index on ${table} (id)`,
        ])
          expect([sql, await refusal(client, sql)]).toEqual([
            sql,
            expect.stringMatching(/must be owner|permission denied/),
          ])
      }
    })
  })

  test.each(DOMAINS)(
    '%s_ro and %s_rw touch other tables only as the graph allows: reading what they need',
    async (domain) => {
      const { graph } = await openWorkspace(v1.root)
      for (const role of [rolesOf(domain).reads, rolesOf(domain).writes]) {
        await there.as(role, async (client) => {
          for (const other of DOMAINS.filter((one) => one !== domain)) {
            for (const table of tablesOf(other)) {
              const reading = await refusal(client, `select 1 from ${table}`)
              if (graph.closure(domain).has(other)) expect([table, reading]).toEqual([table, undefined])
              else expect([table, reading]).toEqual([table, expect.stringMatching(DENIED)])
              for (const sql of [
                `update ${table} set id = id`,
                `delete from ${table}`,
                `insert into ${table} default values`,
              ])
                expect([sql, await refusal(client, sql)]).toEqual([sql, expect.stringMatching(DENIED)])
            }
          }
        })
      }
    },
  )

  test.each(DOMAINS)('%s_ro reads its own tables and writes nothing', async (domain) => {
    await there.as(rolesOf(domain).reads, async (client) => {
      for (const table of tablesOf(domain)) {
        expect(await refusal(client, `select 1 from ${table}`)).toBeUndefined()
        for (const sql of [
          `update ${table} set id = id`,
          `delete from ${table}`,
          `insert into ${table} default values`,
          `truncate ${table}`,
        ])
          expect([sql, await refusal(client, sql)]).toEqual([sql, expect.stringMatching(DENIED)])
      }
    })
  })

  test('a real insert across domains: the foreign key needs no right on the other table', async () => {
    await there.as(rolesOf('core').writes, (client) =>
      client.query("insert into users (id, username, email) values (uuid_v7(), 'ann', 'ann@example.org')"),
    )
    await there.as(rolesOf('auth').writes, async (client) => {
      const { rows } = await client.query(`insert into user_sessions (user_id, token_hash, expires_at)
        select id, repeat('a', 64), now() + interval '1 h' from users returning id, created_at, updated_at`)
      expect(rows).toHaveLength(1)
      await client.query("update user_sessions set location = 'home'")
    })
    await there.as(rolesOf('core').writes, (client) => client.query('delete from users'))
    expect((await there.db.client.query('select from user_sessions')).rowCount).toBe(0)
  })

  test('nobody but the migrator writes the history; who reads or monitors may look', async () => {
    const readers = [there.rights.monitor, ...there.rights.domains.flatMap(({ reads, writes }) => [reads, writes])]
    for (const role of readers) {
      await there.as(role, async (client) => {
        expect(await refusal(client, 'select 1 from migration_history')).toBeUndefined()
        for (const sql of [
          'delete from migration_history',
          "update migration_history set name = 'x'",
          'drop table migration_history',
        ])
          expect([role, await refusal(client, sql)]).toEqual([role, expect.stringMatching(DENIED)])
      })
    }
  })

  test('no role of a service makes anything, and none becomes another', async () => {
    const roles = [there.rights.monitor, ...there.rights.domains.flatMap(({ reads, writes }) => [reads, writes])]
    for (const role of roles) {
      await there.as(role, async (client) => {
        for (const sql of [
          'create table x ()',
          'create function x() returns int language sql return 1',
          'create schema x',
          'create role x',
          `set role ${there.rights.migrator}`,
          'alter table users disable trigger all',
        ])
          expect([role, sql, await refusal(client, sql)]).toEqual([role, sql, expect.stringMatching(DENIED)])
      })
    }
  })

  test('the migrator can do nothing beyond public', async () => {
    await there.db.client.query(`create schema chat; create table chat.secrets (word text);
      create role ${there.prefix}other; create table chat.more ()`)
    await there.as(there.rights.migrator, async (client) => {
      for (const sql of [
        'select * from chat.secrets',
        'create table chat.x ()',
        'create schema x',
        `create role ${there.prefix}x`,
        `alter role ${there.prefix}other login`,
        `grant ${there.prefix}other to ${there.rights.migrator}`,
        `set role ${there.prefix}other`,
        `alter role ${there.rights.migrator} superuser`,
        'create extension if not exists file_fdw',
        "copy (select 1) to '/tmp/veza-out-of-the-database'",
        "copy (select 1) to program 'true'",
        "select pg_read_file('/etc/passwd')",
        'select * from pg_authid',
        'create event trigger x on ddl_command_end execute function x()',
        'set session_replication_role = replica',
        'alter database postgres set work_mem = 1024',
      ])
        expect([sql, await refusal(client, sql)]).toEqual([
          sql,
          expect.stringMatching(/denied|must be|Must be|Only roles|must have|not available|is required/),
        ])
      await expect(client.query('create database x')).rejects.toThrow(/permission denied/)
      await expect(client.query('alter system set work_mem = 1024')).rejects.toThrow(/permission denied/)
    })
  })

  test('run again it has nothing to do, and then the migrator role can run it itself', async () => {
    expect(await there.run()).toEqual([])
    await there.as(there.rights.migrator, async (client) => expect(await there.run(client)).toEqual([]))
  })

  test('what is too much is taken away, whoever gave it', async () => {
    const { writes, reads } = rolesOf('auth')
    const client = there.db.client
    await client.query(`grant truncate, references, delete on users to ${writes}; grant update (email) on users to ${reads}; grant select on rooms to public;
      grant execute on function uuid_v7() to public; grant create on schema public to public; alter role ${reads} createdb;
      grant ${rolesOf('social').reads} to ${reads}; grant select on user_sessions to ${reads} with grant option;
      grant create on schema public to ${writes}; grant insert on migration_history to ${there.rights.monitor}`)
    const said = await there.run()
    expect(said.map((sql) => sql.replaceAll(there.prefix, ''))).toMatchInlineSnapshot(`
      [
        "ALTER ROLE auth_ro INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
        "REVOKE social_ro FROM auth_ro",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "REVOKE CREATE ON SCHEMA public FROM auth_rw",
        "REVOKE DELETE, REFERENCES, TRUNCATE ON TABLE public.users FROM auth_rw",
        "REVOKE EXECUTE ON ROUTINE public.uuid_v7() FROM PUBLIC",
        "REVOKE GRANT OPTION FOR SELECT ON TABLE public.user_sessions FROM auth_ro",
        "REVOKE INSERT ON TABLE public.migration_history FROM monitor",
        "REVOKE SELECT ON TABLE public.rooms FROM PUBLIC",
        "REVOKE UPDATE (email) ON TABLE public.users FROM auth_ro",
      ]
    `)
    expect(await there.run()).toEqual([])
  })

  test('what is missing is given, also a right that went with its table', async () => {
    await there.db.client.query(`revoke ${rolesOf('core').reads} from ${rolesOf('auth').reads};
      revoke select on users from ${rolesOf('core').reads}; alter table rooms owner to current_user`)
    const said = await there.run()
    expect(said.map((sql) => sql.replaceAll(there.prefix, ''))).toMatchInlineSnapshot(`
      [
        "GRANT core_ro TO auth_ro",
        "ALTER TABLE public.rooms OWNER TO migrator",
        "GRANT SELECT ON TABLE public.users TO core_ro",
      ]
    `)
    expect(await there.run()).toEqual([])
  })
})

test('down --all and up again as the migrator: a table made anew is closed to all others until the script has run', async () => {
  await using there = await granted(v1.root)
  await there.run()
  const url = await there.urlOf(there.rights.migrator)
  const command = (...args: string[]) => callCommand([...args, '--workspace', v1.root, '--database-url', url])
  expect(await command('up')).toMatchObject({ exitCode: 0, stderr: '' })
  await there.as(there.rights.migrator, (client) => there.run(client))
  expect(await command('down', '--all', '--yes')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await publicObjects(there.db.client)).toEqual([])
  expect(await command('up')).toMatchObject({ exitCode: 0, stderr: '' })
  const reads = there.rights.domains[0]!.reads
  await there.as(reads, async (client) => {
    expect(await refusal(client, 'select from users')).toMatch(DENIED)
    expect(await refusal(client, 'select uuid_v7()')).toMatch(DENIED)
  })
  await there.as(there.rights.migrator, (client) => there.run(client))
  await there.as(reads, async (client) => expect(await refusal(client, 'select from users')).toBeUndefined())
})

describe('other plans', () => {
  const PLAN = {
    core: {
      migrations: {
        '001_users': {
          up: [
            'create table users (id serial primary key, name text)',
            'create sequence numbers',
            "create type mood as enum ('good')",
            'create view user_names as select name from users',
            'create materialized view user_count as select count(*) from users',
            'create table "Odd ""name" (id int)',
            'create function plain() returns int language sql return 1',
            'create function counts() returns bigint language sql security definer begin atomic select count(*) from users; end',
            'create procedure nothing(mood) language sql begin atomic select 1; end',
            'create function fires() returns trigger language plpgsql as $$ begin return new; end $$',
            'create table plays (at date) partition by range (at)',
            'create table plays_one partition of plays default',
          ],
        },
        '002_index': { transaction: false, up: ['create index concurrently users_name on users (name)'] },
      },
    },
    shop: { dependencies: ['core'], migrations: { '001_carts': { up: ['create view carts as select * from users'] } } },
  }

  test('sequences, views, functions, partitions: each has the rights that it needs', async () => {
    using workspace = await fixtureWorkspace(PLAN)
    await using there = await granted(workspace.root)
    await there.run()
    await migrate(await there.urlOf(there.rights.migrator), workspace)
    const said = await there.run()
    expect(said.map((sql) => sql.replaceAll(there.prefix, ''))).toMatchInlineSnapshot(`
      [
        "GRANT DELETE, INSERT, UPDATE ON TABLE public."Odd ""name" TO core_rw",
        "GRANT DELETE, INSERT, UPDATE ON TABLE public.plays TO core_rw",
        "GRANT DELETE, INSERT, UPDATE ON TABLE public.users TO core_rw",
        "GRANT EXECUTE ON ROUTINE public.counts() TO core_rw",
        "GRANT EXECUTE ON ROUTINE public.nothing(IN mood) TO core_ro",
        "GRANT EXECUTE ON ROUTINE public.plain() TO core_ro",
        "GRANT SELECT ON SEQUENCE public.numbers TO core_ro",
        "GRANT SELECT ON SEQUENCE public.users_id_seq TO core_ro",
        "GRANT SELECT ON TABLE public."Odd ""name" TO core_ro",
        "GRANT SELECT ON TABLE public.carts TO shop_ro",
        "GRANT SELECT ON TABLE public.migration_history TO core_ro",
        "GRANT SELECT ON TABLE public.migration_history TO monitor",
        "GRANT SELECT ON TABLE public.migration_history TO shop_ro",
        "GRANT SELECT ON TABLE public.plays TO core_ro",
        "GRANT SELECT ON TABLE public.user_count TO core_ro",
        "GRANT SELECT ON TABLE public.user_names TO core_ro",
        "GRANT SELECT ON TABLE public.users TO core_ro",
        "GRANT USAGE ON SEQUENCE public.numbers TO core_rw",
        "GRANT USAGE ON SEQUENCE public.users_id_seq TO core_rw",
      ]
    `)
    expect(await there.run()).toEqual([])
    const [core, shop] = there.rights.domains as [(typeof there.rights.domains)[0], (typeof there.rights.domains)[0]]
    await there.as(core.writes, async (client) => {
      for (const sql of [
        "insert into users (name) values ('ann')",
        "select nextval('numbers')",
        'insert into plays values (current_date)',
        'select counts(), plain()',
        "call nothing('good')",
        'select * from user_names, user_count',
      ])
        expect([sql, await refusal(client, sql)]).toEqual([sql, undefined])
    })
    await there.as(shop.writes, async (client) => {
      for (const sql of ['select * from carts', 'select * from users, "Odd ""name"', 'select plain()'])
        expect([sql, await refusal(client, sql)]).toEqual([sql, undefined])
      // The view is the migrator's, and what is written through it would be written with its rights.
      for (const sql of [
        "insert into carts (name) values ('x')",
        'delete from carts',
        'select counts()',
        "select nextval('numbers')",
      ])
        expect([sql, await refusal(client, sql)]).toEqual([sql, expect.stringMatching(DENIED)])
    })
  })

  test('a database that somebody else has migrated goes over to the migrator role', async () => {
    using workspace = await fixtureWorkspace(PLAN)
    await using there = await granted(workspace.root)
    await migrate(there.db.url, workspace)
    await there.run()
    expect(await there.run()).toEqual([])
    const url = await there.urlOf(there.rights.migrator)
    expect(await migrate(url, workspace)).toMatchObject({ applied: 3, done: [] })
    const { rows } = await there.db.client.query(
      `select relname from pg_class
      where relnamespace = 'public'::regnamespace and pg_get_userbyid(relowner) <> $1`,
      [there.rights.migrator],
    )
    expect(rows).toEqual([])
    await there.as(there.rights.migrator, (client) =>
      client.query(
        'alter table plays add column x int; drop view carts; drop view user_names; drop materialized view user_count; drop table users cascade; drop type mood cascade',
      ),
    )
  })

  test('the migrator role can be interrupted while it builds an index, and goes on later', async () => {
    using workspace = await fixtureWorkspace({
      core: {
        migrations: {
          '001_users': { up: ['create table users (name text)'] },
          '002_index': { transaction: false, up: ['create index concurrently users_name on users (name)'] },
        },
      },
    })
    await using there = await granted(workspace.root)
    await there.run()
    const url = await there.urlOf(there.rights.migrator)
    await migrate(url, workspace, { up: { to: '1' } })
    // The build waits for this transaction. Its second connection, of the same role, cancels it.
    await there.db.client.query('begin; lock table users in row exclusive mode')
    const stop = new AbortController()
    const onEvent = ({ type }: { readonly type: string }) => {
      if (type === 'started') stop.abort()
    }
    const error = await failureOf(migrate(url, workspace, { signal: stop.signal, onEvent }))
    expect(error).toMatchObject({ name: 'RunInterruptedError' })
    await there.db.client.query('rollback')
    expect(await migrate(url, workspace)).toMatchObject({ applied: 2, total: 2 })
  })

  test('a new table of a later migration belongs to nobody else until the script has run again', async () => {
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_users': { up: ['create table users ()'] } } },
    })
    await using there = await granted(workspace.root)
    await there.run()
    const url = await there.urlOf(there.rights.migrator)
    await migrate(url, workspace)
    await there.run()
    using later = await fixtureWorkspace({
      core: {
        migrations: { '001_users': { up: ['create table users ()'] }, '002_tags': { up: ['create table tags ()'] } },
      },
    })
    await migrate(url, later)
    await there.as(`${there.prefix}core_rw`, async (client) =>
      expect(await refusal(client, 'select from tags')).toMatch(DENIED),
    )
    // The script of an older checkout does not know the table, and takes nothing from those who may use it.
    await there.db.client.query(`grant select on tags to ${there.prefix}core_ro`)
    expect(await there.run()).toEqual([])
  })
})

test('the script is printed, or written to a file, with names that are quoted and without passwords', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_users': { up: ['create table "Us""ers" ()'] } } },
  })
  const command = (...args: string[]) => callCommand(['grants', '--workspace', workspace.root, ...args])
  const { stdout, stderr, exitCode } = await command('--prefix', 'veza-')
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
  expect(stdout.slice(0, stdout.indexOf('here as'))).toMatchInlineSnapshot(`
    "-- Made by veza-migrator grants from the migrations and the dependencies of the domains. Not to be edited.
    --
    --   veza-migrator  owns the objects of all domains and runs \`up\`
    --   veza-monitor   reads the history, for \`status --check\`
    --   veza-core_ro   reads core
    --   veza-core_rw   writes core, reads what veza-core_ro reads
    --
    -- Run it before the first \`up\` as an administrator: it makes the roles. Run it again after each \`up\`, as veza-migrator or as the
    -- administrator: a new table is nobody's but veza-migrator's until then. It changes only what is missing or too much, says each statement
    -- that it runs, and as a whole it is one transaction. There are no passwords in it: veza-migrator cannot log in with one before it is given one.
    --
    -- It takes from PUBLIC: CREATE in the schema public, and EXECUTE on the functions of the domains. Other roles are left alone.
    --
    --   psql -v ON_ERROR_STOP=1 -f grants.sql

    BEGIN;
    SET LOCAL lock_timeout = '2s';
    SET LOCAL search_path = public;
    DO $grants$
    DECLARE
      change record;
    BEGIN
      FOR change IN
    with
    roles (role, login) as (values
      ('veza-migrator', 'LOGIN'),
      ('veza-monitor', 'NOLOGIN'),
      ('veza-core_ro', 'NOLOGIN'),
      ('veza-core_rw', 'NOLOGIN')),
    memberships (member, role) as (values
      ('veza-core_rw', 'veza-core_ro')),
    objects (reads, writes, kind, name) as (values
      ('veza-core_ro', 'veza-core_rw', 'relation', 'Us"ers')),
    migrator (role) as (values
      ('veza-migrator')),
    history_readers (role) as (values
      ('veza-monitor'),
      ('veza-core_ro')),
    "
  `)
  expect(stdout).not.toMatch(/password '/i)
  const { document } = { document: JSON.parse((await command('--json')).stdout) }
  expect(document).toMatchObject({
    command: 'grants',
    roles: [{ name: 'migrator', canLogin: true }, { name: 'monitor' }, { name: 'core_ro' }, { name: 'core_rw' }],
    objects: [{ domain: 'core', kind: 'relation', name: 'Us"ers' }],
    sql: expect.stringContaining('BEGIN;'),
  })
})

test('a prefix that makes no name is refused', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: {} } })
  const refused = async (prefix: string): Promise<string> => {
    const { exitCode, stderr } = await callCommand(['grants', '--workspace', workspace.root, '--prefix', prefix])
    return `exit ${exitCode} ${stderr}`
  }
  expect(await refused('pg_')).toMatchInlineSnapshot(`
    "exit 2 error  The role "pg_migrator" cannot be made: names that begin with pg_ are PostgreSQL's own. Choose another prefix: npx nx run migrator:grants -- --prefix veza_
    "
  `)
  expect(await refused('x'.repeat(60))).toMatch(/PostgreSQL cuts names at 63 bytes/)
  expect(await refused('a b')).toMatch(/^exit 2 .*a prefix is made of letters, digits, _ and - alone/)
})
