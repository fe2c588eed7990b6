/** What a down would destroy, asked of a real database: objects, what goes with them, what is in the way, and how much they hold. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../src/database/connect.ts'
import type { CountLimits } from '../src/preview/count.ts'
import { previewOf } from '../src/preview/preview.ts'
import { destroysDocument, previewLines } from '../src/preview/report.ts'
import { plainPaint } from '../src/report/output.ts'
import type { Planned } from '../src/workspace/workspace.ts'
import { planned, rendering } from './values.ts'

let db: TestDatabase
beforeEach(async () => {
  db = await testDatabase()
})
afterEach(() => db.drop())

interface Asked {
  readonly limits?: CountLimits
  /** Default: that of the database. */
  readonly url?: string
}

const stepOf = (...undo: readonly string[]): Planned => planned('core/001_a', 1, { undo: rendering(...undo) })

async function previewed(steps: readonly Planned[], { limits, url = db.url }: Asked) {
  const client = await connect(url, 'test')
  try {
    const losses = await previewOf(client, steps, limits ? { limits } : {})
    return {
      steps,
      losses,
      history: [],
      owners: new Map([
        ['sessions', 'auth'],
        ['active', 'social'],
      ]),
    }
  } finally {
    await client.end()
  }
}

/** Lines without the headings of the migrations. */
async function shown(undo: string | readonly Planned[], asked: Asked = {}): Promise<string> {
  const steps = typeof undo === 'string' ? [stepOf(undo)] : undo
  const lines = previewLines(await previewed(steps, asked), { paint: plainPaint, width: undefined })
  return lines
    .filter((line) => !/^ +\d+ {2}core|^ +of core$/.test(line))
    .map((line) => line.replace(/^ {7}/, ''))
    .join('\n')
}

const USERS = `create table users (id int primary key, mood text, "Odd Name" int default 7);
  insert into users select n, case when n % 5 = 0 then null else 'fine' end from generate_series(1, 25001) n;`

describe('a table', () => {
  test('with its rows, and what goes with it', async () => {
    await db.client.query(`${USERS} create index on users (mood); create table sessions (id int)`)
    expect(await shown('drop table if exists users, sessions, gone')).toMatchInlineSnapshot(`
      "drops table users (25,001 rows) with 2 indexes, 1 constraint
      drops table sessions (0 rows)
      drops table gone (is not there)
      Destroys in all: 25,001 rows."
    `)
  })

  test('that is partitioned has the rows of all its partitions', async () => {
    await db.client.query(`create table plays (at date) partition by range (at);
      create table plays_1 partition of plays for values from ('2026-01-01') to ('2026-02-01');
      create table plays_rest partition of plays default;
      insert into plays values ('2026-01-05'), ('2030-01-01')`)
    expect(await shown('drop table plays')).toMatchInlineSnapshot(`
      "drops table plays (2 rows) with 2 partitions
      Destroys in all: 2 rows."
    `)
  })

  test('that an earlier migration of the same down renames is found under the name that it has now', async () => {
    await db.client.query(`${USERS} alter table users rename to members; alter table members rename mood to feeling`)
    const steps = [
      stepOf('alter table members rename to users', 'alter table users rename column feeling to mood'),
      stepOf('delete from users where users.id < 10', "delete from users where mood = 'fine'"),
      stepOf('alter table users drop column mood'),
      stepOf('drop table users'),
    ]
    expect(await shown(steps)).toMatchInlineSnapshot(`
      "renames table members to users
      renames column users.feeling to mood
      deletes rows of users (9 rows)
      deletes rows of users (rows not counted: column "mood" does not exist)
      drops column users.mood (20,001 values)
      drops table users (25,001 rows) with 1 index, 1 constraint
      Destroys in all: 25,001 rows and 20,001 values."
    `)
  })

  test('that the down makes itself is nothing that the database has', async () => {
    expect(await shown([stepOf('create table old (a int)'), stepOf('drop table old')])).toMatchInlineSnapshot(`
      "destroys nothing
      drops table old (made by this down itself)"
    `)
  })

  test('whose name needs quotes, in another schema', async () => {
    await db.client.query('create schema "S"; create table "S"."T ""x""" (a int); insert into "S"."T ""x""" values (1)')
    expect(await shown('drop table "S"."T ""x"""')).toMatchInlineSnapshot(`
      "drops table "S"."T ""x""" (1 row)
      Destroys in all: 1 row."
    `)
  })
})

describe('a column', () => {
  test('with its values, NULLs not counted, and its indexes and constraints', async () => {
    await db.client.query(
      `${USERS} create index idx_mood on users (mood); alter table users add constraint chk_mood check (mood <> '')`,
    )
    expect(
      await shown('alter table users drop column mood, drop "Odd Name", drop if exists gone'),
    ).toMatchInlineSnapshot(`
      "drops column users.mood (20,001 values) with 1 index, 1 constraint
      drops column users."Odd Name" (25,001 values)
      drops column users.gone (is not there)
      Destroys in all: 45,002 values."
    `)
  })

  test('whose values are converted', async () => {
    await db.client.query(USERS)
    expect(await shown('alter table users alter "Odd Name" type smallint using 1')).toMatchInlineSnapshot(`
      "converts column users."Odd Name" to smallint (25,001 values)
      Destroys in all: 25,001 values."
    `)
  })
})

test('indexes, constraints, triggers, functions, types, domains, views, sequences', async () => {
  await db.client.query(`${USERS} create index idx_mood on users (mood);
    alter table users add constraint chk_mood check (mood <> '');
    create function touch(int, text[]) returns int language sql return 1;
    create function fire() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger trg before update on users for each row execute function fire();
    create type mood as enum ('a'); create domain email as text; create view v as select 1 as a;
    create materialized view mv as select * from generate_series(1, 3); create sequence seq`)
  expect(
    await shown(`drop index concurrently idx_mood; alter table users drop constraint chk_mood; drop trigger trg on users;
      drop function fire(); drop function touch(int, text[]); drop type mood; drop domain email; drop view v;
      drop materialized view mv; drop sequence seq; alter table users alter mood drop not null`),
  ).toMatchInlineSnapshot(`
    "drops index idx_mood
    drops constraint users.chk_mood
    drops trigger trg on users
    drops function fire()
    drops function touch(int, text[])
    drops type mood
    drops domain email
    drops view v
    drops materialized view mv (3 rows)
    drops sequence seq
    drops NOT NULL of column mood of users
    Destroys in all: 3 rows."
  `)
})

describe('what depends on it', () => {
  const OTHERS = `${USERS} create table sessions (id int, user_id int constraint fk_user references users);
    insert into sessions values (1, 1), (2, 1);
    create view active as select id, mood from users; create view nested as select mood from active;`

  test('goes with CASCADE, and is named with its domain', async () => {
    await db.client.query(OTHERS)
    expect(await shown('drop table users cascade')).toMatchInlineSnapshot(`
      "drops table users (25,001 rows) with 1 index, 1 constraint
      with CASCADE also:
        - constraint fk_user on sessions (of auth)
        - view active (of social)
        - view nested
      Destroys in all: 25,001 rows."
    `)
  })

  test('without CASCADE makes the server refuse, which is said', async () => {
    await db.client.query(OTHERS)
    expect(await shown('drop table users')).toMatchInlineSnapshot(`
      "drops table users (25,001 rows) with 1 index, 1 constraint
      which the server will refuse, since these depend on it:
        - constraint fk_user on sessions (of auth)
        - view active (of social)
      Destroys in all: 25,001 rows."
    `)
    await expect(db.client.query('drop table users')).rejects.toThrow('other objects depend on it')
  })

  test('is in nobody’s way when an earlier statement, or the same one, drops it', async () => {
    await db.client.query(OTHERS)
    const text = await shown([stepOf('drop view nested, active'), stepOf('drop table sessions, users')])
    expect(text).not.toContain('depend')
    await db.client.query('drop view nested, active; drop table sessions, users')
  })

  test('is a column with its values, where a type goes', async () => {
    await db.client.query(
      `create domain email as text; create table sessions (mail email); insert into sessions values ('a'), (null)`,
    )
    expect(await shown('drop domain email cascade')).toMatchInlineSnapshot(`
      "drops domain email
      with CASCADE also:
        - column sessions.mail (of auth), 1 value
      Destroys in all: 1 value."
    `)
  })
})

describe('rows', () => {
  const ROLES = `create table roles (id int primary key, name text); insert into roles values (1, 'admin'), (2, 'user'), (3, 'mine');
    create table sessions (role_id int references roles on delete cascade); insert into sessions values (1), (1), (3);`

  test('that a down deletes are counted by its own conditions, with those that go by ON DELETE CASCADE', async () => {
    await db.client.query(ROLES)
    expect(await shown("delete from roles where name in ('admin', 'user')")).toMatchInlineSnapshot(`
      "deletes rows of roles (2 rows)
      with CASCADE also:
        - rows of sessions (of auth), 2 rows
      Destroys in all: 4 rows."
    `)
    expect(
      await shown("delete from roles r using sessions s where s.role_id = r.id and r.name = 'mine'"),
    ).toMatchInlineSnapshot(`
      "deletes rows of roles (1 row)
      with CASCADE also:
        - rows of sessions (of auth), 1 row
      Destroys in all: 2 rows."
    `)
    expect(await shown('delete from sessions')).toContain('deletes rows of sessions (3 rows)')
  })

  test('with parameters are counted with their values', async () => {
    await db.client.query(ROLES)
    const undo = {
      statements: [{ sql: 'delete from roles where name = $1 or id = $2', parameters: ["o'x", 3] }],
      dynamic: false,
    }
    expect(await shown([planned('core/001_a', 1, { undo })])).toContain('deletes rows of roles (1 row)')
  })

  test('that it overwrites or empties', async () => {
    await db.client.query(ROLES)
    expect(await shown("update roles set name = 'x' where id > 1; truncate sessions")).toMatchInlineSnapshot(`
      "overwrites name in rows of roles (2 rows)
      empties table sessions (3 rows)
      Destroys in all: 5 rows."
    `)
  })

  test('that cannot be counted: a column that only comes with the down', async () => {
    await db.client.query(ROLES)
    expect(await shown('delete from roles where level = 1')).toMatchInlineSnapshot(`
      "deletes rows of roles (rows not counted: column "level" does not exist)
      with CASCADE also:
        - rows of sessions (of auth), rows not counted: column "level" does not exist
      How much this destroys could not be counted."
    `)
  })
})

test('what cannot be read is shown as it is: blocks, calls, and code that reads the database', async () => {
  await db.client.query(USERS)
  expect(
    await shown("do $$\nbegin\n  -- 3\n  -- 4\n  delete from users where id = 1;\nend $$; select setval('x', 1)"),
  ).toMatchInlineSnapshot(`
    "runs SQL whose effect cannot be listed:
      do $$
      begin
        -- 3
        -- 4
      ... 2 more lines
    deletes rows of users (rows not counted: which rows is decided when it runs)
    runs SQL whose effect cannot be listed:
      select setval('x', 1)
    How much this destroys could not be counted."
  `)
  const undo = { ...rendering('drop table users'), dynamic: true }
  expect(await shown([planned('core/001_a', 1, { undo })])).toMatchInlineSnapshot(`
    "reads the database while it runs: what it does then is decided by its code. For a database without rows it would be:
    drops table users (25,001 rows) with 1 index, 1 constraint
    Destroys in all: 25,001 rows."
  `)
  expect(await shown([stepOf()])).toBe('destroys nothing')
})

describe('where it cannot be counted in time', () => {
  test('the estimate of the server is said, as one, also of partitions and of values', async () => {
    await db.client.query(`${USERS} analyze users;
      create table plays (at int) partition by range (at); create table plays_1 partition of plays default;
      insert into plays select generate_series(1, 3000); analyze plays_1`)
    expect(
      await shown('drop table users, plays; alter table users drop mood', { limits: { eachMs: 0, allMs: 0 } }),
    ).toMatchInlineSnapshot(`
      "drops table users (about 25,001 rows: counting took too long) with 1 index, 1 constraint
      drops table plays (about 3,000 rows: counting took too long) with 1 partition
      drops column users.mood (about 20,001 values: counting took too long)
      Destroys in all: about 28,001 rows and 20,001 values."
    `)
  })

  test('the smallest tables are counted first, so that the others take no time from them', async () => {
    const others = Array.from({ length: 15 }, (_, index) => `other_${index}`)
    const make = (name: string, rows: number) =>
      `create table ${name} (id int); insert into ${name} select generate_series(1, ${rows}); analyze ${name};`
    await db.client.query(`${others.map((name) => make(name, 10)).join('')} ${make('small', 1)}`)
    // Each of them is waited for a while, and all together for longer than the time that there is.
    await db.client.query(`begin; lock table ${others.join(', ')} in access exclusive mode`)
    const text = await shown(`drop table ${others.join(', ')}, small`, { limits: { eachMs: 2000, allMs: 2000 } })
    await db.client.query('rollback')
    expect(text).toContain('drops table small (1 row)')
    expect(text).toContain('drops table other_14 (about 10 rows: ')
  })

  test('a count that takes too long is given up', async () => {
    await db.client.query(
      `create table slow (id int); insert into slow select generate_series(1, 2000000); analyze slow`,
    )
    const text = await shown('drop table slow', { limits: { eachMs: 1, allMs: 60_000 } })
    expect(text).toMatch(/drops table slow \(about 2,000,000 rows: counting took too long\)/)
  })

  test('a table that was never analysed is said to be uncounted, with its size', async () => {
    await db.client.query('create table fresh (id int); alter table fresh set (autovacuum_enabled = off)')
    await db.client.query('insert into fresh select generate_series(1, 100)')
    await db.client.query('select pg_stat_force_next_flush(), pg_stat_reset()')
    const text = await shown('drop table fresh', { limits: { eachMs: 0, allMs: 0 } })
    expect(text).toMatch(/drops table fresh \((rows not counted: counting took too long, 8 kB on disk|about 100 rows)/)
  })

  test('nobody is waited for', async () => {
    await db.client.query(`${USERS} analyze users`)
    await db.client.query('begin; lock table users in access exclusive mode')
    expect(await shown('drop table users')).toContain('(about 25,001 rows: another session has locked it)')
    await db.client.query('rollback')
  })
})

test('what this user may not read, and what row level security would hide, is not counted as if it were nothing', async () => {
  const role = `reader_${process.pid}`
  await db.client.query(`${USERS} analyze users; create table hidden (id int); insert into hidden values (1);
    alter table hidden enable row level security; analyze hidden;
    create role ${role} login password 'reader'; grant select on hidden to ${role}`)
  const url = new URL(db.url)
  url.username = role
  url.password = 'reader'
  try {
    const text = await shown('drop table users, hidden', { url: url.href })
    expect(text).toContain('drops table users (about 25,001 rows: this user may not read it)')
    expect(text).toMatch(/drops table hidden \(about 1 row: /)
  } finally {
    await db.client.query(`drop owned by ${role}; drop role ${role}`)
  }
})

test('a program reads the same, with every number apart', async () => {
  await db.client.query(`${USERS} create view active as select mood from users`)
  const found = destroysDocument(await previewed([stepOf('alter table users drop mood')], {}))
  expect(found).toMatchObject([
    {
      ...{
        migration: 'core/001_a',
        what: 'drops column users.mood',
        type: 'drop part',
        kind: 'column',
        state: 'there',
      },
      values: { kind: 'exact', count: 20_001 },
      refusedBy: [{ kind: 'view', name: 'active', owner: 'social' }],
    },
  ])
})

test('nothing is changed, and no transaction is left open', async () => {
  await db.client.query(USERS)
  const client = await connect(db.url, 'test')
  try {
    await previewOf(client, [stepOf('drop table users', 'alter table users drop mood', 'delete from users')])
    const { rows } = await client.query(
      "select now() = statement_timestamp() as fresh, current_setting('row_security') as security",
    )
    expect(rows).toEqual([{ fresh: true, security: 'on' }])
  } finally {
    await client.end()
  }
  expect((await db.client.query('select count(*)::int as n from users')).rows).toEqual([{ n: 25_001 }])
})
