import { describe, expect, test } from 'vitest'
import {
  adding,
  auth,
  checked,
  checkWorkspace,
  core,
  findingsOf,
  reference,
  referenceIndex,
  table,
  useScratchServer,
} from './check-workspace.ts'
import { migrationSource } from './fixture-workspace.ts'

useScratchServer()

const path = 'packages/core-schema/src/migrations/003_change.ts'
const change = (up: readonly string[], down: readonly string[]) =>
  findingsOf({ core: adding(core, { '003_change': { up, down } }) })

describe('a plan that an empty database does not take', () => {
  test('is named with the migration, the statement and what the server said', async () => {
    expect(await change(["comment on table users is 'Users.'", 'alter table missing add column x int'], [])).toEqual([
      {
        rule: 'replay/fails',
        severity: 'error',
        message:
          'The plan cannot be applied to an empty database: core/003_change statement 2 fails: relation "missing" does not exist.',
        remedy:
          'Correct the statement. What it needs must be made by a migration that stands before it in migrations.lock.',
        file: path,
        migration: 'core/003_change',
        statement: 2,
      },
    ])
  })

  test('because it needs a commit in between is found by running it as up does', async () => {
    const found = await findingsOf({
      core: adding(core, {
        '003_rooms': {
          up: [
            ...table('rooms', `${reference('user_id', 'users', 'rooms')} deferrable initially deferred`),
            referenceIndex('user_id', 'rooms'),
            "with made as (insert into users (name) values ('a') returning id) insert into rooms (user_id) select id from made",
          ],
          down: ['drop table rooms', "delete from users where name = 'a'"],
        },
        '004_note': { up: ['alter table rooms add column note text'], down: ['alter table rooms drop column note'] },
      }),
    })
    expect(found.filter(({ rule }) => rule.startsWith('replay/'))).toEqual([
      {
        rule: 'replay/fails-as-one-run',
        severity: 'error',
        message: expect.stringMatching(
          /^Each migration can be applied by itself, but not all of them in one transaction, as up runs them: .*core\/004_note.*because it has pending trigger events/,
        ),
        remedy:
          'Run the migration that needs a commit before it outside the transaction: export const transaction = false',
        file: 'packages/core-schema/src/migrations/004_note.ts',
        migration: 'core/004_note',
      },
    ])
  })

  test('leaves nothing to say of conventions and safety, and says so', async () => {
    using workspace = await checkWorkspace({ core: adding(core, { '003_change': { up: ['select 1/0'], down: [] } }) })
    const { proofs } = await checked(workspace.root, { base: undefined })
    expect(proofs.filter((proof) => !proof.checked).map(({ name, proven }) => [name, proven])).toEqual([
      ['history', 'this is no git repository'],
      ['conventions', 'the plan cannot be applied'],
      ['safety', 'the plan cannot be applied'],
    ])
  })
})

describe('a down', () => {
  const takesBack = { rule: 'reversibility/not-restored', severity: 'error', file: path, migration: 'core/003_change' }

  test.each([
    [
      'a default',
      ["alter table users alter column name set default 'x'"],
      [],
      'before up it had "column name text not null"; after down it has "column name text not null default \'x\'::text"',
    ],
    [
      'a type',
      ['alter table users alter column name type varchar(50)'],
      [],
      `before up it had "column name text not null", "constraint chk_users_name CHECK ((name <> ''::text))"; ` +
        `after down it has "column name character varying(50) not null", "constraint chk_users_name CHECK (((name)::text <> ''::text))"`,
    ],
    [
      'a constraint',
      ['alter table users drop constraint chk_users_name'],
      [],
      'before up it had "constraint chk_users_name CHECK ((name <> \'\'::text))"',
    ],
    [
      'an index',
      ['create index idx_users_name on users (name)'],
      [],
      'after down it has "index CREATE INDEX idx_users_name ON users USING btree (name)"',
    ],
    [
      'a trigger',
      ['drop trigger trg_users_updated_at on users'],
      [],
      'before up it had "trigger CREATE TRIGGER trg_users_updated_at BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION set_updated_at()"',
    ],
    [
      'a comment',
      ["comment on table users is 'Other.'"],
      [],
      'before up it had "comment One row for each of the users."; after down it has "comment Other."',
    ],
    [
      'the storage of a column',
      ['alter table users alter name set storage external, alter name set statistics 500'],
      [],
      'before up it had "column name text not null"; after down it has "column name text not null storage e statistics 500"',
    ],
    [
      'the comment on an index',
      ["comment on index pk_users is 'Other.'"],
      [],
      'before up it had "index CREATE UNIQUE INDEX pk_users ON users USING btree (id)"; ' +
        'after down it has "index CREATE UNIQUE INDEX pk_users ON users USING btree (id) comment Other."',
    ],
    [
      'an owner',
      ['alter table users owner to pg_monitor'],
      [],
      'before up it had "table"; after down it has "table owner pg_monitor"',
    ],
    ['a row', ["insert into users (name) values ('a')"], [], 'after down it has "row (a)"'],
    [
      'a grant',
      ['grant select on users to public'],
      [],
      'before up it had "table"; after down it has "table access =r/postgres, postgres=arwdDxtm/postgres"',
    ],
    [
      'a grant on a column',
      ['grant update (name) on users to public'],
      [],
      'before up it had "column name text not null"; after down it has "column name text not null access =w/postgres"',
    ],
  ])('that does not take back %s is told what is left', async (_what, up, down, words) => {
    const found = await change(up, down)
    expect(found.filter(({ rule }) => rule.startsWith('reversibility/'))).toEqual([
      expect.objectContaining({
        ...takesBack,
        message: `The down of core/003_change does not restore table users: ${words}.`,
        object: 'table users',
      }),
    ])
  })

  test('that revokes what up granted is right', async () => {
    const found = await change(
      ['grant select, update (name) on users to pg_monitor', 'revoke execute on function set_updated_at() from public'],
      ['revoke select, update (name) on users from pg_monitor', 'grant execute on function set_updated_at() to public'],
    )
    expect(found).toEqual([])
  })

  test('that takes nothing back is told once, and what up made is known afterwards', async () => {
    const found = await findingsOf({
      core: adding(core, {
        '003_rooms': { up: table('rooms') },
        '004_note': { up: ['alter table rooms add column note text'], down: ['alter table rooms drop column note'] },
      }),
    })
    expect(found.map(({ rule, migration, object }) => [rule, migration, object])).toEqual([
      ['reversibility/not-restored', 'core/003_rooms', 'table rooms'],
    ])
  })

  test('that leaves a function other than it was is told', async () => {
    const [other, was] = ["'begin return new; end'", "'begin new.updated_at := now(); return new; end'"]
    const set = (body: string) =>
      `create or replace function set_updated_at() returns trigger language plpgsql as ${body}`
    const [finding] = await change([set(other)], [set(was)])
    expect(finding).toMatchObject({ ...takesBack, object: 'function set_updated_at()' })
  })

  test('that leaves a table behind is told', async () => {
    const found = await change(table('rooms'), [])
    expect(found.map(({ rule, object }) => [rule, object])).toEqual([['reversibility/not-restored', 'table rooms']])
  })

  test('that loses seeded rows on the way is told', async () => {
    const found = await findingsOf({
      core: adding(core, {
        '003_seed': {
          up: ["insert into users (name) values ('a'), ('b')"],
          down: ["delete from users where name in ('a', 'b')"],
        },
        '004_change': { up: ["delete from users where name = 'a'"], down: ["insert into users (name) values ('c')"] },
      }),
    })
    expect(found.map(({ message }) => message)).toEqual([
      'The down of core/004_change does not restore table users: before up it had "row (a)"; after down it has "row (c)".',
    ])
  })

  test('that gives rows back is fine, although their ids and times are others', async () => {
    const found = await findingsOf({
      core: adding(core, {
        '003_seed': { up: ["insert into users (name) values ('a')"], down: ["delete from users where name = 'a'"] },
        '004_change': { up: ["delete from users where name = 'a'"], down: ["insert into users (name) values ('a')"] },
      }),
    })
    expect(found).toEqual([])
  })

  test('that fails is told with its statement', async () => {
    expect(await change(["comment on table users is 'Users.'"], ['drop table missing'])).toEqual([
      {
        rule: 'reversibility/down-fails',
        severity: 'error',
        message:
          'core/003_change can be applied but not reverted: down statement 1 fails: table "missing" does not exist.',
        remedy: "Correct its down; if there is no way back, declare it: export const irreversible = 'the reason'",
        file: path,
        migration: 'core/003_change',
        statement: 1,
      },
    ])
  })

  test('is not asked of a migration that says it is irreversible, which is listed', async () => {
    using workspace = await checkWorkspace({
      core: adding(core, {
        '003_change': migrationSource('003_change', {
          up: ["comment on table users is 'Users.'"],
          irreversible: 'a test',
        }),
      }),
    })
    const { proofs } = await checked(workspace.root)
    expect(proofs.flatMap(({ findings }) => findings)).toEqual([])
    expect(proofs.find(({ name }) => name === 'reversibility')?.proven).toBe(
      '2 migrations up and down again; declared irreversible: core/003_change',
    )
  })
})

describe('what the replay remembers of a database', () => {
  test('holds after a rename that shows in a table which the rename does not touch', async () => {
    using workspace = await checkWorkspace({ core, auth })
    workspace.writeDomain(
      'core',
      adding(core, {
        '003_people': { up: ['alter table users rename to people'], down: ['alter table people rename to users'] },
      }),
    )
    await workspace.lock()
    workspace.writeDomain(
      'auth',
      adding(auth, {
        '002_more': {
          up: ["comment on table sessions is 'Sessions.'"],
          down: ["comment on table sessions is 'One row for each of the sessions.'"],
        },
      }),
    )
    await workspace.lock()
    const { proofs } = await checked(workspace.root)
    expect(proofs.find(({ name }) => name === 'reversibility')?.findings).toEqual([])
  })

  test('covers a migration outside any transaction, up, down and up again', async () => {
    const concurrently = (down: string) =>
      migrationSource('003_change', {
        up: ['create index concurrently idx_users_name on users (name)'],
        down: [down],
        transaction: false,
      })
    expect(
      await findingsOf({
        core: adding(core, { '003_change': concurrently('drop index concurrently idx_users_name') }),
      }),
    ).toEqual([])
    const found = await findingsOf({
      core: adding(core, { '003_change': concurrently("comment on index idx_users_name is 'x'") }),
    })
    expect(found.map(({ rule }) => rule)).toContain('replay/fails')
  })

  test('covers a migration that reads', async () => {
    const source = `import { type Kysely, sql } from 'kysely'
export const about = 'reads'
export async function up(db: Kysely<any>) {
  const { rows } = await sql<{ n: number }>\`select 7 as n\`.execute(db)
  for (const { n } of rows) await sql.raw(\`comment on table users is 'Read \${n}.'\`).execute(db)
}
export async function down(db: Kysely<any>) {
  await sql\`comment on table users is 'One row for each of the users.'\`.execute(db)
}
`
    expect(await findingsOf({ core: adding(core, { '003_change': source }) })).toEqual([])
    const found = await findingsOf({
      core: adding(core, { '003_change': source.replace(/await sql`comment.*$/m, '') }),
    })
    expect(found.map(({ message }) => message)).toEqual([
      'The down of core/003_change does not restore table users: before up it had "comment One row for each of the users."; after down it has "comment Read 7.".',
    ])
  })
})

test('a migration that takes another role is recorded like any other', async () => {
  const up = ['set role pg_database_owner', 'create view names as select name from users']
  expect(await change([...up, 'grant select on names to pg_read_all_data'], ['drop view names'])).toEqual([])
})

test('a table that breaks a convention is named with its migration and its owner', async () => {
  const found = await change(
    [
      'create table rooms (id uuid default uuid_v7() constraint pk_rooms primary key, created_at timestamptz not null default CURRENT_TIMESTAMP)',
    ],
    ['drop table rooms'],
  )
  expect(found).toEqual([
    expect.objectContaining({
      rule: 'conventions/comment',
      file: path,
      migration: 'core/003_change',
      object: 'table rooms',
      owner: 'core',
    }),
  ])
})
