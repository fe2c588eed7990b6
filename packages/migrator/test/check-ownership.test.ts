import { describe, expect, test } from 'vitest'
import {
  adding,
  auth,
  checked,
  checkWorkspace,
  core,
  findings,
  findingsOf,
  reference,
  referenceIndex,
  table,
  useScratchServer,
} from './check-workspace.ts'
import { migrationSource } from './fixture-workspace.ts'
import { git, initialise } from './git-repository.ts'

useScratchServer()

const folder = 'packages/core-schema/src/migrations'
const move = `Move it to a migration of core (${folder}). A dependency on core lets auth refer to its objects, never change them.`
const place = {
  file: 'packages/auth-schema/src/migrations/002_change.ts',
  migration: 'auth/002_change',
  object: 'table users',
  owner: 'core',
}
const change = (up: readonly string[], down: readonly string[] = []) =>
  findingsOf({ core, auth: adding(auth, { '002_change': { up, down } }) })

test('a workspace without a fault passes, and every proof says what it held against the rules', async () => {
  using workspace = await checkWorkspace({ core })
  initialise(workspace)
  git(workspace.root, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
  workspace.writeDomain('auth', auth)
  await workspace.lock()
  const { proofs } = await checked(workspace.root)
  expect(
    proofs.map(({ name, proven, checked: was, findings }) => [
      name,
      was ? proven.replace(/ on .*/, '') : `not: ${proven}`,
      findings,
    ]),
  ).toEqual([
    ['order', '3 lines of migrations.lock, 2 domains', []],
    ['history', expect.stringMatching(/^2 lines of origin\/main \([0-9a-f]{10}\)$/), []],
    ['replay', '3 migrations, 9 statements', []],
    ['ownership', expect.stringMatching(/^\d+ changes of 4 objects$/), []],
    ['edges', '3 references between domains, 1 declared dependency', []],
    ['reversibility', '3 migrations up and down again', []],
    ['conventions', '3 tables', []],
    ['safety', '1 new migration', []],
  ])
})

describe("another domain's object", () => {
  test('may not be altered', async () => {
    expect(
      await change(
        ["alter table users add column email text constraint chk_users_email check (email <> '')"],
        ['alter table users drop column email'],
      ),
    ).toEqual([
      {
        rule: 'ownership/foreign-object',
        severity: 'error',
        message: 'auth/002_change statement 1 alters table users, which belongs to core.',
        remedy: move,
        statement: 1,
        ...place,
      },
      {
        rule: 'ownership/foreign-object',
        severity: 'error',
        message: 'auth/002_change down statement 1 alters table users, which belongs to core.',
        remedy: move,
        statement: 1,
        ...place,
      },
    ])
  })

  test('may not get an index, and the statement is named', async () => {
    const found = await change(
      [
        "comment on table sessions is 'One row for each session.'",
        'create index idx_users_created_at on users (created_at)',
      ],
      ["comment on table sessions is 'One row for each of the sessions.'", 'drop index idx_users_created_at'],
    )
    expect(found.map(({ message }) => message)).toEqual([
      'auth/002_change statement 2 creates index idx_users_created_at on table users, which belongs to core.',
      'auth/002_change down statement 2 drops index idx_users_created_at on table users, which belongs to core.',
    ])
  })

  test('may not be dropped, and what falls with it by CASCADE is named too', async () => {
    const found = await findingsOf({
      core,
      auth,
      social: {
        dependencies: ['core', 'auth'],
        migrations: {
          '001_drop': migrationSource('001_drop', { up: ['drop table users cascade'], irreversible: 'a test' }),
        },
      },
    })
    expect(found.filter(({ rule }) => rule.startsWith('ownership/')).map(({ message }) => message)).toEqual([
      'social/001_drop statement 1 drops table users, which belongs to core.',
      'social/001_drop statement 1 drops table constraint fk_sessions_user_id on sessions, which belongs to auth.',
    ])
  })

  test('is seen to be changed from inside a DO block and a function that it calls', async () => {
    const found = await change(
      [
        `create function touch() returns void language plpgsql as $$ begin execute 'comment on column users.name is ''x''' ; end $$`,
        'do $$ begin perform touch(); end $$',
      ],
      ['drop function touch()', "do $$ begin execute 'comment on column users.name is null'; end $$"],
    )
    expect(found.map(({ message }) => message)).toEqual([
      'auth/002_change statement 2 alters table column users.name, which belongs to core.',
      'auth/002_change down statement 2 alters table column users.name, which belongs to core.',
    ])
  })

  test('is still its own after a rename', async () => {
    const found = await findingsOf({
      core: adding(core, {
        '003_people': { up: ['alter table users rename to people'], down: ['alter table people rename to users'] },
      }),
      auth: {
        dependencies: ['core'],
        migrations: {
          '001_change': {
            up: ['alter table people alter column name drop not null'],
            down: ['alter table people alter column name set not null'],
          },
        },
      },
    })
    expect(found.filter(({ rule }) => rule.startsWith('ownership/')).map(({ message }) => message)).toEqual([
      'auth/001_change statement 1 alters table people, which belongs to core.',
      'auth/001_change down statement 1 alters table people, which belongs to core.',
    ])
  })
})

describe("another domain's rows", () => {
  test.each([
    [
      'inserts rows into',
      "insert into users (name) values ('a')",
      "delete from users where name = 'a'",
      'deletes rows of',
    ],
    ['updates rows of', "update users set name = 'b'", "update users set name = 'b'", 'updates rows of'],
    ['truncates', 'truncate users cascade', '', ''],
  ])('may not be changed, also where there are none: it %s', async (verb, up, down, back) => {
    const found = await change([up], down === '' ? [] : [down])
    expect(found).toEqual([
      {
        rule: 'ownership/foreign-rows',
        severity: 'error',
        message: `auth/002_change statement 1 ${verb} table users, which belongs to core.`,
        remedy: move,
        statement: 1,
        ...place,
      },
      ...(down === ''
        ? []
        : [
            expect.objectContaining({
              message: `auth/002_change down statement 1 ${back} table users, which belongs to core.`,
            }),
          ]),
    ])
  })

  test('may go by the CASCADE that the other domain asked for', async () => {
    const insert = { up: ["insert into users (name) values ('a')"], down: ["delete from users where name = 'a'"] }
    using workspace = await checkWorkspace({ core, auth })
    // Behind auth's table, so that it is there when the rows go.
    workspace.writeDomain('core', adding(core, { '003_rows': insert }))
    await workspace.lock()
    expect(await findings(workspace.root)).toEqual([])
  })
})

describe('a reference', () => {
  const rooms = [...table('rooms', reference('session_id', 'sessions', 'rooms')), referenceIndex('session_id', 'rooms')]

  test('to a domain that is not declared is named with both remedies', async () => {
    const social = { dependencies: ['core'], migrations: { '001_rooms': { up: rooms, down: ['drop table rooms'] } } }
    // Without the dependency, the order of the domains is that of their names.
    expect(await findingsOf({ core, auth, social })).toEqual([
      {
        rule: 'ownership/undeclared-reference',
        severity: 'error',
        message:
          'social/001_rooms statement 1: table rooms refers to table sessions, which belongs to auth, and social does not depend on auth.',
        remedy:
          'Declare the dependency: add "@fixture/auth-schema" to "dependencies" in packages/social-schema/package.json. ' +
          'Or move table rooms to a migration of auth (packages/auth-schema/src/migrations).',
        file: 'packages/social-schema/src/migrations/001_rooms.ts',
        migration: 'social/001_rooms',
        statement: 1,
        object: 'table sessions',
        owner: 'auth',
      },
    ])
  })

  test('to a domain that is declared through another one is fine', async () => {
    const social = { dependencies: ['auth'], migrations: { '001_rooms': { up: rooms, down: ['drop table rooms'] } } }
    expect(await findingsOf({ core, auth, social })).toEqual([])
  })

  test('against the direction of the dependencies can only be moved', async () => {
    const found = await findingsOf({
      core,
      auth,
      zeal: {
        dependencies: ['auth'],
        migrations: {
          '001_one': { up: ["comment on schema public is 'x'"], down: ['comment on schema public is null'] },
        },
      },
    })
    expect(found.map(({ rule }) => rule)).toContain('ownership/outside-public')
  })

  test.each([
    ['a view', 'create view open_sessions as select id from sessions', 'drop view open_sessions', 'view open_sessions'],
    [
      'a parsed function body',
      'create function open_sessions() returns bigint language sql return (select count(*) from sessions)',
      'drop function open_sessions()',
      'function open_sessions()',
    ],
    [
      'the text of a function',
      `create function open_sessions() returns bigint language plpgsql as $$
declare found_one sessions%rowtype; -- from users
begin return (select count(*) from public.sessions); end $$`,
      'drop function open_sessions()',
      'function open_sessions()',
    ],
  ])('in %s counts', async (_what, up, down, object) => {
    const social = { dependencies: ['core'], migrations: { '001_open': { up: [up], down: [down] } } }
    const found = await findingsOf({ core, auth, social })
    expect(found.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([
      `social/001_open statement 1: ${object} refers to table sessions, which belongs to auth, and social does not depend on auth.`,
    ])
  })

  test('of a trigger to a function counts', async () => {
    const found = await findingsOf({
      core,
      auth: adding(auth, {
        '002_touch': {
          up: ["create function touch() returns trigger language plpgsql as 'begin return new; end'"],
          down: ['drop function touch()'],
        },
      }),
      social: {
        dependencies: ['core'],
        migrations: {
          '001_rooms': {
            up: [
              ...table('rooms'),
              'create trigger trg_rooms_touch before insert on rooms for each row execute function touch()',
            ],
            down: ['drop table rooms'],
          },
        },
      },
    })
    expect(found.map(({ message, statement }) => [message, statement])).toEqual([
      [
        'social/001_rooms statement 4: table rooms refers to function touch(), which belongs to auth, and social does not depend on auth.',
        4,
      ],
    ])
  })
})

test('nothing is made outside public', async () => {
  const found = await change(
    ['create schema chat', 'create table chat.messages (id int)'],
    ['drop table chat.messages', 'drop schema chat'],
  )
  expect(found.filter(({ rule }) => rule.startsWith('ownership/')).map(({ message }) => message)).toEqual([
    'auth/002_change statement 1 creates schema chat, outside the schema public.',
    'auth/002_change statement 2 creates table chat.messages, outside the schema public.',
    'auth/002_change down statement 1 drops table chat.messages, outside the schema public.',
    'auth/002_change down statement 2 drops schema chat, outside the schema public.',
  ])
})

test('a declared dependency that nothing uses is a warning', async () => {
  const rooms = { up: table('rooms'), down: ['drop table rooms'] }
  expect(
    await findingsOf({ core, auth, social: { dependencies: ['core', 'auth'], migrations: { '001_rooms': rooms } } }),
  ).toEqual([
    {
      rule: 'edges/unused-dependency',
      severity: 'warning',
      message: 'social declares that it depends on auth, but uses nothing of auth.',
      remedy: 'Remove "@fixture/auth-schema" from "dependencies" in packages/social-schema/package.json.',
      file: 'packages/social-schema/package.json',
      owner: 'auth',
    },
  ])
})
