/** The roles of production on a real server: the migrator can run the plan and nothing more, a service can do its own domain's work. */
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { callCommand } from './command.ts'
import { DENIED, type Granted, granted, refusal } from './granted.ts'
import { migrate, publicObjects } from './runs.ts'

const v1 = v1Workspace()
afterAll(() => v1[Symbol.dispose]())

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
      grant create on schema public to ${writes}; grant insert on migration_history to ${there.rights.monitor};
      grant pg_write_all_data to ${writes}; grant pg_monitor to ${there.rights.monitor}`)
    const said = await there.run()
    expect(said.map((sql) => sql.replaceAll(there.prefix, ''))).toMatchInlineSnapshot(`
      [
        "ALTER ROLE auth_ro INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
        "REVOKE pg_write_all_data FROM auth_rw",
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
