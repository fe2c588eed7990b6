/** The script of `grants` for plans of other kinds, what it says and does when it is run again, and `grants --check`. */
import { describe, expect, test } from 'vitest'
import { callCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { DENIED, granted, refusal } from './granted.ts'
import { failureOf, migrate } from './runs.ts'
import { alike } from './told.ts'

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

  test('an administrator who is no superuser can run it, and is no member of the migrator role afterwards', async () => {
    using workspace = await fixtureWorkspace(PLAN)
    await using there = await granted(workspace.root)
    const admin = `${there.prefix}admin`
    await there.db.client.query(
      `create role ${admin} createrole login; alter database ${there.db.name} owner to ${admin}`,
    )
    // As on a managed server: what is there already belongs to the administrator.
    await migrate(await there.urlOf(admin), workspace)
    await there.as(admin, async (client) => {
      expect(await there.run(client)).toContain(`ALTER TABLE public.users OWNER TO ${there.rights.migrator}`)
      expect(await refusal(client, 'select from users')).toMatch(DENIED)
    })
    expect(await there.run()).toEqual([])
    expect(await migrate(await there.urlOf(there.rights.migrator), workspace)).toMatchObject({ applied: 3, done: [] })
  })

  test('a trigger that writes another domain needs a SECURITY DEFINER function of that domain', async () => {
    using workspace = await fixtureWorkspace({
      core: {
        migrations: {
          '001_counts': {
            up: [
              'create table counts (number int)',
              `create function note() returns trigger language plpgsql security definer set search_path = public as
                $$ begin update counts set number = number + 1; return new; end $$`,
              `create function plain_note() returns trigger language plpgsql as
                $$ begin update counts set number = number + 1; return new; end $$`,
            ],
          },
        },
      },
      shop: {
        dependencies: ['core'],
        migrations: {
          '001_carts': {
            up: [
              'create table carts (id int)',
              'create table orders (id int)',
              'create trigger note before insert on carts for each row execute function note()',
              'create trigger note before insert on orders for each row execute function plain_note()',
            ],
          },
        },
      },
    })
    await using there = await granted(workspace.root)
    await there.run()
    await migrate(await there.urlOf(there.rights.migrator), workspace)
    await there.run()
    await there.as(`${there.prefix}shop_rw`, async (client) => {
      expect(await refusal(client, 'insert into carts values (1)')).toBeUndefined()
      expect(await refusal(client, 'insert into orders values (1)')).toMatch(/permission denied for table counts/)
    })
  })

  test('a service that runs `up` is refused before anything is done, and told why', async () => {
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_users': { up: ['create table users ()'] } } },
    })
    await using there = await granted(workspace.root)
    await there.run()
    const url = await there.urlOf(`${there.prefix}core_rw`)
    const refused = async (...args: string[]): Promise<string> => {
      const { exitCode, stderr } = await callCommand([
        'up',
        ...args,
        '--workspace',
        workspace.root,
        '--database-url',
        url,
      ])
      return `exit ${exitCode}\n${alike(stderr).replaceAll(there.prefix, '')}`
    }
    for (const said of [await refused('--dry-run'), await refused()]) {
      expect(said).toMatch(/^exit 3\nerror {2}The role "core_rw" lacks rights/)
      expect(said).toContain('Nothing was run.')
    }
    expect((await there.db.client.query("select to_regclass('migration_history') as there")).rows).toEqual([
      { there: null },
    ])
  })

  test('a service that is in the way of a run is named as far as the migrator role may see it', async () => {
    const plan = (up: string[]) => ({
      core: { migrations: { '001_users': { up: ['create table users ()'] }, '002_more': { up } } },
    })
    using workspace = await fixtureWorkspace(plan(['alter table users add column name text']))
    await using there = await granted(workspace.root)
    await there.run()
    const url = await there.urlOf(there.rights.migrator)
    await migrate(url, workspace, { up: { to: '1' } })
    await there.run()
    const error = await there.as(`${there.prefix}core_rw`, async (service) => {
      await service.query("set application_name = 'shop'; begin; select from users")
      await service.query('begin; lock table users in access share mode')
      return failureOf(migrate(url, workspace, { lockTimeoutMs: 3000, lockWaitMs: 0 }))
    })
    expect(alike(error.message).replaceAll(there.prefix, '')).toMatch(
      /pid 4711 "shop" \(user core_rw, more is not shown to this user\)/,
    )
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

describe('grants --check', () => {
  const plan = { core: { migrations: { '001_users': { up: ['create table users ()'] } } } }

  test('says what the script would change, and nothing once it has run; it changes nothing itself', async () => {
    using workspace = await fixtureWorkspace(plan)
    await using there = await granted(workspace.root)
    const check = (...args: string[]) =>
      callCommand([
        'grants',
        '--check',
        '--prefix',
        there.prefix,
        '--workspace',
        workspace.root,
        '--database-url',
        there.db.url,
        ...args,
      ])
    await migrate(there.db.url, workspace)
    const missing = await check()
    expect(missing.exitCode).toBe(1)
    const said = alike(missing.stdout)
      .replaceAll(there.prefix, '')
      .replaceAll(/ON DATABASE \S+/g, 'ON DATABASE veza')
    expect(said.split('\n').slice(1).join('\n')).toMatchInlineSnapshot(`
      "missing   CREATE ROLE core_ro NOLOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
      missing   CREATE ROLE core_rw NOLOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
      missing   CREATE ROLE migrator LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
      missing   CREATE ROLE monitor NOLOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
      missing   GRANT core_ro TO core_rw
      missing   GRANT CONNECT ON DATABASE veza TO core_ro
      missing   GRANT CONNECT ON DATABASE veza TO core_rw
      missing   GRANT CONNECT ON DATABASE veza TO monitor
      missing   GRANT CONNECT, TEMPORARY ON DATABASE veza TO migrator
      missing   GRANT CREATE, USAGE ON SCHEMA public TO migrator
      missing   GRANT USAGE ON SCHEMA public TO core_ro
      missing   GRANT USAGE ON SCHEMA public TO core_rw
      missing   GRANT USAGE ON SCHEMA public TO monitor
      missing   ALTER TABLE public.migration_history OWNER TO migrator
      missing   ALTER TABLE public.users OWNER TO migrator
      too much  ALTER DEFAULT PRIVILEGES FOR ROLE migrator REVOKE EXECUTE ON ROUTINES FROM PUBLIC
      missing   GRANT DELETE, INSERT, UPDATE ON TABLE public.users TO core_rw
      missing   GRANT SELECT ON TABLE public.migration_history TO core_ro
      missing   GRANT SELECT ON TABLE public.migration_history TO monitor
      missing   GRANT SELECT ON TABLE public.users TO core_ro
      20 statements of the script of \`grants\` would be run. Run it: npx nx run migrator:grants -- --out grants.sql
      "
    `)
    expect((await check()).stdout).toBe(missing.stdout)
    await there.run()
    expect(await check()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Every role has the rights') })
    await there.db.client.query(`grant delete on users to ${there.prefix}core_ro`)
    const { stdout, exitCode } = await check('--json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'grants',
      check: true,
      passed: false,
      changes: [{ verdict: 'too much', sql: `REVOKE DELETE ON TABLE public.users FROM ${there.prefix}core_ro` }],
    })
  })

  test('needs no right of its own: the monitor role can ask it', async () => {
    using workspace = await fixtureWorkspace(plan)
    await using there = await granted(workspace.root)
    await there.run()
    await migrate(await there.urlOf(there.rights.migrator), workspace)
    await there.run()
    const url = await there.urlOf(there.rights.monitor)
    const args = ['--prefix', there.prefix, '--workspace', workspace.root, '--database-url', url]
    expect(await callCommand(['grants', '--check', ...args])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await callCommand(['status', '--check', ...args.slice(2)])).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('cannot be written to a file', async () => {
    const { exitCode, stderr } = await callCommand(['grants', '--check', '--out', 'x.sql'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--check and --out cannot be used together')
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
      is_member boolean := false;
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
    privileges (kind, who, privilege) as (values
      ('TABLE', 'reads', 'SELECT'),
      ('TABLE', 'writes', 'INSERT'),
      ('TABLE', 'writes', 'UPDATE'),
      ('TABLE', 'writes', 'DELETE'),
      ('FOREIGN TABLE', 'reads', 'SELECT'),
      ('FOREIGN TABLE', 'writes', 'INSERT'),
      ('FOREIGN TABLE', 'writes', 'UPDATE'),
      ('FOREIGN TABLE', 'writes', 'DELETE'),
      ('VIEW', 'reads', 'SELECT'),
      ('MATERIALIZED VIEW', 'reads', 'SELECT'),
      ('SEQUENCE', 'reads', 'SELECT'),
      ('SEQUENCE', 'writes', 'USAGE'),
      ('ROUTINE', 'reads', 'EXECUTE'),
      ('SECURITY DEFINER', 'writes', 'EXECUTE')),
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
