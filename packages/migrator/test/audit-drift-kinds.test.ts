/** Every kind of thing that drift sees, changed by hand on a database that is otherwise as its migrations made it. */
import { testDatabase } from '@veza/tools/test-database'
import { describe, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import { driftFindings, driftFrom } from '../src/audit/drift/drift.ts'
import { driftText } from '../src/audit/drift/drift-text.ts'
import type { Drift } from '../src/audit/drift/drifted.ts'
import { readCatalog } from '../src/catalog/read.ts'
import { connect } from '../src/database/connect.ts'
import { migratedAndReplayed } from './migrated-and-replayed.ts'

const v1 = migratedAndReplayed()

async function driftAfter(sql: string): Promise<Drift[]> {
  await v1.client.query(sql.replaceAll('{database}', v1.database.name))
  return driftFrom(await readCatalog(v1.client), v1.replayed, v1.workspace.graph.order)
}

/** `error users.email: what was found; expected what was expected`. */
const told = (drift: readonly Drift[]): string[] =>
  driftFindings(drift).map(({ severity, found, expected }) => `${severity}: ${found} | ${expected}`)

const MADE = 'core/002_users made it'

describe('beside tables and their parts', () => {
  const cases: readonly (readonly [sql: string, ...told: string[]])[] = [
    [
      'create extension pg_trgm',
      'warning: extension pg_trgm was added by hand: in schema public, version 1.6 | nothing of that name',
    ],
    [
      'create statistics s (ndistinct) on status, email from users',
      'warning: statistics users.s were added by hand; core/002_users made its table: (ndistinct) ON email, status FROM users | nothing of that name',
    ],
    [
      'create publication replica for table users',
      'warning: publication replica was added by hand: FOR TABLE users (insert, update, delete, truncate) | nothing of that name',
    ],
    [
      `create function g() returns event_trigger language plpgsql as 'begin end'; create event trigger guard on ddl_command_start execute function g()`,
      `error: function g() was added by hand: CREATE OR REPLACE FUNCTION public.g()\n RETURNS event_trigger\n LANGUAGE plpgsql\nAS $function$begin end$function$\n | nothing of that name`,
      'error: event trigger guard was added by hand: ON ddl_command_start EXECUTE FUNCTION g() | nothing of that name',
    ],
    [
      'create cast (text as integer) with inout as implicit',
      'error: cast text AS integer was added by hand: WITH INOUT AS IMPLICIT | nothing of that name',
    ],
    [
      "alter database {database} set statement_timeout = '5s'",
      'warning: setting statement_timeout was added by hand: 5s | nothing of that name',
    ],
    [
      'create role veza_app; alter role veza_app in database {database} set search_path = private',
      'error: setting search_path of role veza_app in this database was added by hand: private | nothing of that name',
    ],
    ['create schema archive', 'warning: schema archive was added by hand | nothing of that name'],
    ['create schema chat'],
    [
      'create role veza_bi; alter default privileges in schema public grant select on tables to veza_bi',
      `error: default privileges tables that postgres will make in public were added by hand: SELECT to veza_bi | nothing of that name`,
    ],
    ['alter default privileges revoke execute on routines from public'],
    [
      "comment on index idx_users_status is 'Mine.'",
      `error: comment on index users.idx_users_status was added by hand; ${MADE}: Mine. | none`,
    ],
    [
      "comment on function uuid_v7() is 'Mine.'",
      'error: comment on function uuid_v7() was changed by hand; core/001_conventions made it: Mine. | A version 7 UUID (RFC 9562): ordered by its Unix milliseconds, the rest random.',
    ],
    [
      "comment on constraint chk_users_bio on users is 'Mine.'",
      `error: comment on constraint users.chk_users_bio was added by hand; ${MADE}: Mine. | none`,
    ],
    [
      'comment on function uuid_v7() is null',
      'error: comment on function uuid_v7() was dropped by hand; core/001_conventions made it | A version 7 UUID (RFC 9562): ordered by its Unix milliseconds, the rest random.',
    ],
    [
      "comment on schema public is 'Mine.'",
      'error: comment on schema public was changed by hand: Mine. | standard public schema',
    ],
    [
      'alter table users set (fillfactor = 70)',
      `warning: options of table users were added by hand; ${MADE}: fillfactor=70 | none`,
    ],
    [
      'alter table users alter bio set storage external, alter bio set statistics 500',
      `warning: options of column users.bio were added by hand; ${MADE}: STORAGE external, STATISTICS 500 | none`,
    ],
  ]
  test.each(cases)('%s', async (sql, ...expected) => {
    expect(told(await driftAfter(sql))).toEqual(expected)
  })
})

describe('owners and grants', () => {
  const ROLES = `create role veza_migrator; grant create on schema public to veza_migrator; create role veza_core_ro; create role veza_core_rw;
    create role veza_auth_ro; create role veza_monitor; create role stranger; grant stranger to current_user;`
  /** As the script of grants leaves it. */
  const GRANTED = `${ROLES}
    do $$ declare t record; begin
      for t in select c.oid::regclass as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' loop
        execute format('alter table %s owner to veza_migrator', t.name); end loop;
      for t in select p.oid::regprocedure as name from pg_proc p where p.pronamespace = 'public'::regnamespace loop
        execute format('alter function %s owner to veza_migrator; revoke execute on function %s from public', t.name, t.name); end loop;
    end $$;
    grant select on users, migration_history to veza_core_ro; grant insert, update, delete on users to veza_core_rw;
    grant select on migration_history to veza_monitor; grant execute on function uuid_v7() to veza_core_ro;
    grant usage on schema public to veza_core_ro; grant connect on database {database} to veza_core_ro;
    revoke create on schema public from public; revoke all on database {database} from public;
    alter default privileges for role veza_migrator revoke execute on routines from public;`

  test('what the script of grants gives and takes is no drift', async () => {
    expect(told(await driftAfter(GRANTED))).toEqual([])
  })

  const cases: readonly (readonly [sql: string, ...told: string[]])[] = [
    [
      'grant select on users to public',
      `error: rights of PUBLIC on table users were added by hand; ${MADE}: SELECT | none`,
    ],
    [
      'grant update (email) on users to stranger',
      `warning: rights of stranger on table users were added by hand; ${MADE}: UPDATE (email) | none`,
    ],
    [
      'grant insert on users to veza_core_ro',
      `error: rights of veza_core_ro on table users were changed by hand; ${MADE}: INSERT, SELECT | SELECT`,
    ],
    [
      'grant select on users to veza_auth_ro',
      `warning: rights of veza_auth_ro on table users were added by hand; ${MADE}: SELECT | none`,
    ],
    // What PostgreSQL gives everybody unless somebody takes it: that is for grants --check.
    ['grant execute on function set_updated_at() to public'],
    [
      'grant create on schema public to public',
      'error: rights of PUBLIC on schema public were changed by hand: CREATE, USAGE | USAGE',
    ],
    [
      'grant create on database {database} to stranger',
      'warning: rights of stranger on this database were added by hand: CREATE | none',
    ],
    [
      'alter table users owner to stranger',
      `error: owner of table users was changed by hand; ${MADE}: stranger | veza_migrator`,
    ],
    [
      'alter function uuid_v7() owner to stranger',
      'error: owner of function uuid_v7() was changed by hand; core/001_conventions made it: stranger | veza_migrator',
    ],
    [
      'alter schema public owner to stranger',
      'error: owner of schema public was changed by hand: stranger | veza_migrator',
    ],
  ]
  test.each(cases)('%s', async (sql, ...expected) => {
    expect(told(await driftAfter(`${GRANTED} ${sql}`))).toEqual(expected)
  })

  test('a statement puts it right', async () => {
    const drift = await driftAfter(`${GRANTED} alter table users owner to stranger; grant select on rooms to public`)
    expect(driftFindings(drift).map(({ remedy }) => remedy)).toEqual([
      'REVOKE SELECT ON TABLE rooms FROM PUBLIC',
      'ALTER TABLE users OWNER TO veza_migrator',
    ])
    for (const { remedy } of driftFindings(drift)) await v1.client.query(remedy)
    expect(await driftAfter('select 1')).toEqual([])
  })

  test('whose a table is, is told once in the whole audit', async () => {
    await using other = await testDatabase({ migrated: 'v1' })
    const role = `veza_owner_${process.pid}`
    await other.client.query(`create role ${role}; alter table users owner to ${role}`)
    const connected = await connect(other.url, 'test')
    try {
      const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 }
      const { findings } = await audit({ client: connected, workspace: v1.workspace, limits, baseline: new Set() })
      expect(findings.map(({ rule, table }) => `${rule} ${table}`)).toEqual(['drift users'])
    } finally {
      await connected.end()
      await other.client.query(`drop owned by ${role} cascade; drop role ${role}`)
    }
  })

  test('where grants was never run, its roles may do no more than others', async () => {
    expect(told(await driftAfter('create role veza_core_ro; grant select on users to veza_core_ro'))).toEqual([
      `warning: rights of veza_core_ro on table users were added by hand; ${MADE}: SELECT | none`,
    ])
  })
})

describe('another name is one finding', () => {
  const texts = async (sql: string) => (await driftAfter(sql)).map(driftText)

  test('of a column, with everything that follows it', async () => {
    const drift = await driftAfter('alter table users rename status to state')
    expect(drift).toEqual([
      expect.objectContaining({ kind: 'column', name: 'status', renamedTo: 'state', change: 'changed' }),
    ])
    expect(drift.map(driftText)).toEqual([`column users.status was renamed to state by hand; ${MADE}`])
  })

  test('of the key that others refer to', async () => {
    expect(await texts('alter table users rename id to user_id')).toEqual([
      `column users.id was renamed to user_id by hand; ${MADE}`,
    ])
  })

  test('of a table, with everything that follows it', async () => {
    expect(await texts('alter table users rename to people')).toEqual([
      `table users was renamed to people by hand; ${MADE}`,
    ])
  })

  test('of a function that triggers call', async () => {
    expect(await texts('alter function set_updated_at() rename to touch')).toEqual([
      'function set_updated_at() was renamed to touch() by hand; core/001_conventions made it',
    ])
  })

  test('of a trigger', async () => {
    expect(await texts('alter trigger trg_rooms_updated_at on rooms rename to trg_touch')).toEqual([
      'trigger rooms.trg_rooms_updated_at was renamed to trg_touch by hand; social/002_rooms made it',
    ])
  })

  test('and a change beside it stays one of its own', async () => {
    expect(
      await texts(
        'alter table users rename status to state; drop index idx_users_status; alter table users alter bio set not null',
      ),
    ).toEqual([
      `column users.bio was changed by hand; ${MADE}`,
      `column users.status was renamed to state by hand; ${MADE}`,
      `index users.idx_users_status was dropped by hand; ${MADE}`,
    ])
  })

  test('but a column that was dropped and another that was added are two, though they look alike', async () => {
    expect(await texts('alter table users drop location; alter table users add place text')).toEqual([
      `column users.location was dropped by hand; ${MADE}`,
      'column users.place was added by hand; core/002_users made its table',
      `constraint users.chk_users_location was dropped by hand; ${MADE}`,
    ])
  })

  test('also in the whole audit, which compares with V1 too', async () => {
    await using renamed = await testDatabase({ migrated: 'v1' })
    await renamed.client.query('alter table users rename status to state')
    const other = await connect(renamed.url, 'test')
    const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 }
    const { findings } = await audit({ client: other, workspace: v1.workspace, limits, baseline: new Set() })
    await other.end()
    expect(findings.map(({ rule, found, remedy }) => [`${rule}: ${found}`, remedy])).toEqual([
      [
        `drift: column users.status was renamed to state by hand; ${MADE}: text NOT NULL DEFAULT 'active'::text`,
        'ALTER TABLE users RENAME COLUMN state TO status, or write a migration that renames it everywhere.',
      ],
    ])
  })

  test('and a table that was made like another is another', async () => {
    expect(await texts('create table likes (like track_likes including all); drop table track_likes')).toEqual([
      'table likes was added by hand',
      'table track_likes was dropped by hand; streaming/005_track_reactions made it',
    ])
  })
})
