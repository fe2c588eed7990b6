/** What a reading of a database depends on, and what it does not: the role, other sessions, the encoding, the schemas. */
import { randomBytes } from 'node:crypto'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readLive } from '../src/audit/live/live.ts'
import { written } from '../src/catalog/written.ts'
import { type Client, connect } from '../src/database/connect.ts'
import { callCommand } from './command.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'

const LIMITS = { lockTimeoutMs: 2000, statementTimeoutMs: 30_000 }

const UP = [
  'create table users (id int primary key, email text not null default lower(current_user), check (length(email) > 3))',
  'create index idx_users_email on users (lower(email)) where id > 0',
  'create table posts (id int primary key, user_id int references users)',
  'create view authors as select u.email, p.id from users u join posts p on p.user_id = u.id',
  'alter table posts enable row level security',
  'create policy own on posts using (exists (select from users u where u.id = user_id and u.email = current_user))',
  'create function emails() returns setof text language sql begin atomic select email from users; end',
  'create function plain() returns int language sql as $$select 1$$',
]

let workspace: FixtureWorkspace
let db: TestDatabase
let role: string

beforeAll(async () => {
  workspace = await fixtureWorkspace({ core: { migrations: { '001_all': { up: UP } } } })
  db = await testDatabase()
  role = `nobody_${randomBytes(4).toString('hex')}`
  await db.client.query(`create role ${role} login password 'role'`)
  await callCommand(['up', '--database-url', db.url, '--workspace', workspace.root])
})
afterAll(async () => {
  await db.client.query(`drop owned by ${role} cascade; drop role ${role}`)
  await db.drop()
  workspace[Symbol.dispose]()
})

const as = (user: string): string => Object.assign(new URL(db.url), { username: user, password: 'role' }).href

async function read(url = db.url) {
  const client = await connect(url, 'test')
  try {
    return await readLive(client, LIMITS)
  } finally {
    await client.end()
  }
}

async function audited(...args: readonly string[]) {
  const { exitCode, stdout } = await callCommand(['audit', '--json', '--workspace', workspace.root, ...args])
  return { exitCode, ...JSON.parse(stdout) }
}

const unreadIn = ({ findings }: { findings: { rule: string }[] }) => findings.filter(({ rule }) => rule === 'unread')

/** A session that locks, which is closed at the end. */
async function locking(...statements: readonly string[]): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: db.url })
  await client.connect()
  for (const sql of statements) await client.query(sql)
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

describe('a role that may only connect', () => {
  test('reads what a superuser reads, and is told that the history is missing', async () => {
    const all = await audited('--database-url', db.url)
    await db.client.query('revoke usage on schema public from public')
    try {
      const found = await audited('--database-url', as(role))
      expect(unreadIn(found)).toMatchObject([
        {
          found: 'the rows of migration_history, and with them drift could not be looked at',
          severity: 'error',
          remedy: `Role ${role} may not read them: permission denied for schema public. GRANT USAGE ON SCHEMA public TO ${role}; GRANT SELECT ON public.migration_history TO ${role};`,
        },
      ])
      expect(found).toMatchObject({ exitCode: 1, summary: { passed: false }, drift: null })
      // The grant of a right is itself a part of what was read.
      const others = (report: typeof found) =>
        report.findings.filter(({ rule, found: text }: any) => rule !== 'unread' && !/USAGE/.test(text))
      expect(others(found)).toEqual(others(all))
    } finally {
      await db.client.query('grant usage on schema public to public')
    }
  })

  test('with the rights that it was told to ask for, it reads the history', async () => {
    await db.client.query(`grant select on migration_history to ${role}`)
    const { history, catalog } = await read(as(role))
    expect(history).toHaveLength(1)
    expect(catalog.unread).toEqual([])
  })

  test('is not shown a part of the history for all of it', async () => {
    await db.client.query(
      `grant select on migration_history to ${role}; alter table migration_history enable row level security`,
    )
    try {
      const { history, catalog } = await read(as(role))
      expect(history).toBeNull()
      expect(catalog.unread).toMatchObject([
        { remedy: 'A policy hides rows of migration_history from it: run it as the owner of the table.' },
      ])
    } finally {
      await db.client.query(
        `alter table migration_history disable row level security; revoke all on migration_history from ${role}`,
      )
    }
  })
})

describe('a table that another session has locked', () => {
  test('is passed over with all that names it, at once, and the rest is read', async () => {
    const free = await read()
    await using other = await locking('begin', 'lock table users in access exclusive mode')
    const { rows } = await other.query('select pg_backend_pid() as pid')
    const { catalog, history } = await read()
    expect(history).toHaveLength(1)
    expect(catalog.unread!.map(({ what, reason }) => `${what}: ${reason}`)).toEqual([
      `the view authors: it names users, and the session with pid ${rows[0].pid} holds it with ACCESS EXCLUSIVE`,
      `the table posts: it names users, and the session with pid ${rows[0].pid} holds it with ACCESS EXCLUSIVE`,
      `the table users: the session with pid ${rows[0].pid} holds it with ACCESS EXCLUSIVE`,
      `the routine emails(): it names users, and the session with pid ${rows[0].pid} holds it with ACCESS EXCLUSIVE`,
    ])
    const columns = (of: typeof free) => of.catalog.tables.map(({ name, columns }) => [name, columns])
    expect(columns({ ...free, catalog })).toEqual(columns(free))
  })

  test('fails the audit and the look for drift, and nothing else is said of it', async () => {
    await using _other = await locking('begin', 'alter table users add half_done int')
    const found = await audited('--database-url', db.url)
    expect(unreadIn(found).map((one: any) => one.found)).toEqual([
      'the view authors could not be looked at',
      'the table posts could not be looked at',
      'the table users could not be looked at',
      'the routine emails() could not be looked at',
    ])
    expect(found.exitCode).toBe(1)
    expect(found.drift.differences).toEqual([])
    expect(found.findings.filter((one: any) => one.table === 'users' && one.rule !== 'unread')).toEqual([])
    const place = ['--database-url', db.url, '--workspace', workspace.root]
    const status = await callCommand(['status', '--drift', ...place])
    expect(status.exitCode).toBe(1)
    expect(status.stdout).toContain(
      'drift: none found; not looked at: the view authors (it names users, and the session with pid ',
    )
  })

  test('is passed over too where it is only waited for, since whoever comes later waits behind', async () => {
    await using _holder = await locking('begin', 'select from users')
    await using waiter = await locking('begin')
    const waiting = waiter.query('lock table users in access exclusive mode').catch(() => {})
    const isQueued = `select from pg_locks where mode = 'AccessExclusiveLock' and not granted and relation = 'users'::regclass`
    while ((await db.client.query(isQueued)).rowCount === 0);
    const { catalog } = await read()
    expect(catalog.unread!.find(({ table }) => table === 'users')!.reason).toMatch(
      /^the session with pid \d+ waits to lock it with ACCESS EXCLUSIVE/,
    )
    await db.client.query(
      `select pg_cancel_backend(pid) from pg_locks where mode = 'AccessExclusiveLock' and not granted`,
    )
    await waiting
  })

  test('can be accepted: the finding is the same whoever locks', async () => {
    const ids = async () => {
      await using _other = await locking('begin', 'lock table users in access exclusive mode')
      return unreadIn(await audited('--database-url', db.url)).map((one: any) => one.id)
    }
    expect(await ids()).toEqual(await ids())
  })

  test('in which the history is: drift is not called none', async () => {
    await using _other = await locking('begin', 'lock table migration_history in access exclusive mode')
    const found = await audited('--database-url', db.url)
    expect(unreadIn(found).map((one: any) => one.found)).toEqual(['the table migration_history could not be looked at'])
    expect(found).toMatchObject({ drift: null, exitCode: 1 })
    expect(found.notes).toContain('Drift was not looked for.')
  })
})

test('what is dropped during a reading is no defect: the server answers null, and it is read anew', () => {
  let message = ''
  try {
    written(null, 'public')
  } catch (error) {
    message = String(error)
  }
  expect(message).toMatchInlineSnapshot(`
    "SchemaChangedError: Something was dropped while the catalogue was read, so what was read does not belong together.
    Run it again when nobody changes the schema."
  `)
})

test('a schema that somebody changes all the time is read', async () => {
  await using busy = await testDatabase()
  let isOver = false
  const changing = (async () => {
    const client = new pg.Client({ connectionString: busy.url })
    await client.connect()
    while (!isOver) {
      await client.query(`create table t (id int primary key, a text check (a > ''), b int generated always as (id + 1) stored);
        create index i on t (lower(a)) where id > 0; create view v as select * from t`)
      await client.query('drop table t cascade')
    }
    await client.end()
  })()
  const client: Client = await connect(busy.url, 'test')
  try {
    for (let times = 0; times < 20; times += 1) await readLive(client, LIMITS)
  } finally {
    isOver = true
    await changing
    await client.end()
  }
})

describe('encodings', () => {
  test.each([
    ['SQL_ASCII', `E'caf\\xe9'`, 'caf\uFFFD', 1],
    ['LATIN1', `E'caf\\xe9'`, 'caf\u00e9', 0],
    ['EUC_JP', `E'\\xc6\\xfc\\xcb\\xdc'`, '\u65e5\u672c', 0],
    ['SQL_ASCII', `'caf'`, 'caf', 0],
  ])('%s with a comment %s: it says %j', async (encoding, comment, expected, notes) => {
    const name = `${db.name}_${randomBytes(3).toString('hex')}`.slice(-60)
    await db.client.query(
      `create database "${name}" template template0 locale_provider libc encoding '${encoding}' lc_collate 'C' lc_ctype 'C'`,
    )
    try {
      const url = Object.assign(new URL(db.url), { pathname: `/${name}` }).href
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`set client_encoding = '${encoding}'; create table t (id int)`)
      await client.query(`comment on table t is ${comment}`)
      await client.end()
      const live = await read(url)
      expect(live.catalog.tables[0]!.comment).toBe(expected)
      expect(live.notes).toHaveLength(notes)
      expect(live.catalog.encoding).toBe(encoding)
      const found = await audited('--database-url', url)
      expect(found).toMatchObject({ summary: { tables: 1 }, notes: live.notes })
    } finally {
      await db.client.query(`drop database "${name}" with (force)`)
    }
  })
})

describe('schemas', () => {
  let many: TestDatabase
  beforeAll(async () => {
    many = await testDatabase()
    await many.client.query(`create schema billing; create schema "Old Shop"; create schema chat;
      create table billing.invoices (id serial primary key, total money); create table "Old Shop"."Things" (id int);
      create table billing.lines (id int, invoice_id int references billing.invoices); create table chat.rooms (id int)`)
  })
  afterAll(() => many.drop())

  const tablesOf = async (...args: readonly string[]) => {
    const { summary, schemas, notes, findings } = await audited('--database-url', many.url, ...args)
    return { tables: summary.tables, schemas, notes, places: [...new Set(findings.map((one: any) => one.table))] }
  }

  test('without a wish public is audited, and a note names the command where it is empty', async () => {
    expect(await tablesOf()).toMatchObject({
      tables: 0,
      schemas: ['public'],
      notes: [
        'Schema public has no table; there are some in "Old Shop" (1 relation), billing (2 relations). To audit them: npx nx run migrator:audit -- --all-schemas',
        'Schema chat (1 relation) belongs to the chat server and was not audited.',
      ],
    })
  })

  test('one that is named stands in the place of public', async () => {
    const found = await tablesOf('--schema', 'billing')
    expect(found).toMatchObject({ tables: 2, schemas: ['billing'] })
    expect(found.notes[0]).toBe(
      'Audited: schema billing. Names of billing stand alone. Of these billing is compared with V1, in the place of public.',
    )
    expect(found.places).toContain('invoices')
  })

  test('several are told apart by their names', async () => {
    const found = await tablesOf('--schema', 'billing', '--schema', 'Old Shop', '--schema', 'public')
    expect(found).toMatchObject({ tables: 3, schemas: ['public', 'billing', 'Old Shop'] })
    expect(found.places).toEqual(expect.arrayContaining(['billing.invoices', 'Old Shop.Things']))
    // Beside V1 stands what is in public, and there is nothing.
    expect(found.places).toContain('users')
  })

  test("--all-schemas leaves out the chat server's, which is read where it is named", async () => {
    expect(await tablesOf('--all-schemas')).toMatchObject({ tables: 3, schemas: ['public', 'Old Shop', 'billing'] })
    expect(await tablesOf('--schema', 'chat')).toMatchObject({ tables: 1, schemas: ['chat'] })
  })

  test('one that does not exist is refused with those that do, and both options together too', async () => {
    const said = async (...args: readonly string[]) => {
      const place = ['--database-url', many.url, '--workspace', workspace.root]
      const { exitCode, stderr } = await callCommand(['audit', ...place, ...args])
      return `${exitCode}\n${stderr.replace(/.* at .*\n/, '').replace(/127.0.0.1:\d+\/\S+/, 'db.internal/legacy')}`
    }
    expect(await said('--schema', 'biling')).toMatchInlineSnapshot(`
      "2
      error  There is no schema "biling" in db.internal/legacy
             It has: public, Old Shop, billing, chat. Give one of these to --schema, or read all of them with --all-schemas.
      "
    `)
    expect(await said('--schema', 'billing', '--all-schemas')).toMatchInlineSnapshot(`
      "2
      error  --schema and --all-schemas cannot be used together: give only one of them.
      "
    `)
  })
})
