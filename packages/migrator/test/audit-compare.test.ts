/** Two databases held against each other: what only one has, what differs, and which of it a migration makes. */
import { readFileSync } from 'node:fs'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { Ajv } from 'ajv'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Compared, compareSides } from '../src/audit/compare/compared.ts'
import { comparedDocument } from '../src/audit/compare/document.ts'
import { type CompareFormat, comparedLines } from '../src/audit/compare/format.ts'
import { sideNames } from '../src/audit/compare/names.ts'
import { type ComparedSide, readSide } from '../src/audit/compare/side.ts'
import { type Client, connect } from '../src/database/connect.ts'
import { migrateUp } from '../src/index.ts'
import { plainPaint } from '../src/report/output.ts'
import { openWorkspace, type Workspace } from '../src/workspace/workspace.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'

const LIMITS = { lockTimeoutMs: 2000, statementTimeoutMs: 30_000 }
const HOSTILE = `<img src=x onerror="x">|\`a\`\u001b[31m`

let files: FixtureWorkspace
let workspace: Workspace
let migrated: { readonly staging: TestDatabase; readonly production: TestDatabase }
const clients: Client[] = []
let staging: Client
let production: Client

/** Staging has all three migrations, production the first one. */
beforeAll(async () => {
  files = await fixtureWorkspace({
    core: {
      migrations: {
        '001_users': { up: ['create table users (id int primary key, name text, email text)'] },
        '002_rooms': { up: ['create table rooms (id int primary key)', 'create index idx_rooms_id on rooms (id)'] },
        '003_names': { up: ['alter table users alter name set not null', 'alter table users drop email'] },
      },
    },
  })
  workspace = await openWorkspace(files.root)
  migrated = { staging: await testDatabase(), production: await testDatabase() }
  await migrateUp({ databaseUrl: migrated.staging.url, workspace: files.root })
  await migrateUp({ databaseUrl: migrated.production.url, workspace: files.root, to: 'core/001_users' })
})
afterAll(async () => {
  await migrated?.staging.drop()
  await migrated?.production.drop()
  files?.[Symbol.dispose]()
})
beforeEach(async () => {
  staging = await client(migrated.staging)
  production = await client(migrated.production)
})
afterEach(async () => {
  for (const one of clients.splice(0)) await one.end()
})

async function client({ url }: TestDatabase): Promise<Client> {
  const one = await connect(url, 'test')
  clients.push(one)
  return one
}

interface Sides {
  readonly a?: Partial<ComparedSide>
  readonly b?: Partial<ComparedSide>
  readonly baseline?: ReadonlySet<string>
}

async function compare(one = staging, other = production, { a, b, baseline = new Set() }: Sides = {}) {
  const twin = one === other ? await one.another('test') : other
  if (twin !== other) clients.push(twin)
  const [first, second] = await Promise.all([readSide(one, LIMITS), readSide(twin, LIMITS)])
  return compareSides({
    a: { ...first, ...a, variable: 'STAGING_URL' },
    b: { ...second, ...b, variable: 'PRODUCTION_DATABASE_URL' },
    workspace,
    baseline,
  })
}

const told = ({ differences }: Compared) =>
  differences.map(({ what, a, b, madeBy }) => [what, a, b, madeBy.join(', ')] as const)

const textOf = async (compared: Compared, format: CompareFormat = 'text'): Promise<string> =>
  (await comparedLines(compared, format))({ paint: plainPaint, width: undefined }).join('\n')

/** Runs `sql` on a copy of production and gives what that copy then differs in from production. */
async function after(sql: string): Promise<Compared> {
  await using copy = await testDatabase()
  await migrateUp({ databaseUrl: copy.url, workspace: files.root, to: 'core/001_users' })
  await copy.client.query(sql)
  return await compare(await client(copy))
}

test('what pending migrations make is told with the migration that makes it', async () => {
  expect(told(await compare())).toEqual([
    ['migration core/002_rooms', 'applied', null, ''],
    ['migration core/003_names', 'applied', null, ''],
    ['table rooms', '1 column', null, 'core/002_rooms'],
    ['column users.email', null, 'text', 'core/003_names'],
    ['column users.name', 'text NOT NULL', 'text', 'core/003_names'],
  ])
})

test('the same the other way round', async () => {
  expect(told(await compare(production, staging))).toContainEqual(['table rooms', null, '1 column', 'core/002_rooms'])
})

test('what nobody planned stands apart from what a pending migration makes', async () => {
  await using copy = await testDatabase()
  await migrateUp({ databaseUrl: copy.url, workspace: files.root })
  await copy.client.query('alter table users add note text; alter table rooms add size int')
  const compared = await compare(await client(copy))
  // A table that only one has is planned only if it is as its migration makes it.
  expect(told(compared).filter(([, , , madeBy]) => madeBy === '')).toEqual([
    ['migration core/002_rooms', 'applied', null, ''],
    ['migration core/003_names', 'applied', null, ''],
    ['table rooms', '2 columns', null, ''],
    ['column users.note', 'text', null, ''],
  ])
  expect(comparedDocument(compared).summary).toMatchObject({ equal: false, passed: false, unplanned: 2 })
})

test('as text, in plain words with the names of both', async () => {
  const text = await textOf(await compare())
  expect(
    text
      .replaceAll(/veza_test_\w+/g, 'veza')
      .replaceAll(/\S+:\d+\/veza/g, 'db/veza')
      .replaceAll(/PostgreSQL [\d.]+/g, 'PostgreSQL 18.4'),
  ).toMatchInlineSnapshot(`
    "SUMMARY
      - staging is db/veza, PostgreSQL 18.4, 3 migrations applied.
      - production is db/veza, PostgreSQL 18.4, 1 migration applied.
      staging and production differ: 3 differences made by migrations that only one of the two has, 2 migrations that the two do not have alike.
      What       Only in staging  Only in production  Differs
      migration                2                   0        0
      table                    1                   0        0
      column                   0                   1        1

    MIGRATIONS
      Where            What                      staging  production
      only in staging  migration core/002_rooms  applied  -
      only in staging  migration core/003_names  applied  -

    WHAT MIGRATIONS MAKE THAT ONLY ONE OF THE TWO HAS
      Made by core/002_rooms:
      Where            What         staging   production
      only in staging  table rooms  1 column  -
      Made by core/003_names:
      Where               What                staging        production
      only in production  column users.email  -              text
      differs             column users.name   text NOT NULL  text"
  `)
})

test('a database and a copy of it are equal, and no server is started to explain nothing', async () => {
  const compared = await compare(production, production)
  expect(compared.differences).toEqual([])
  expect(await textOf(compared)).toContain('staging and production are equal in everything that is compared.')
  expect(compared.notes).toEqual(['Both are the same database, so nothing can differ.'])
})

describe('what only one database has by hand', () => {
  const cases: readonly (readonly [sql: string, what: string, a: string | null, b: string | null])[] = [
    ['alter table users add note text', 'column users.note', 'text', null],
    ['alter table users drop name', 'column users.name', null, 'text'],
    ['alter table users alter name type varchar(40)', 'column users.name', 'character varying(40)', 'text'],
    ['create index on users (name)', 'index users.users_name_idx', 'INDEX USING btree (name)', null],
    ['create view v as select 1 as one', 'view v', ' SELECT 1 AS one;', null],
    ["create type mood as enum ('good')", 'type mood', "enum 'good'", null],
    ['create sequence "Odd one"', 'sequence "Odd one"', '', null],
  ]
  test.each(cases)('%s', async (sql, ...expected) => {
    expect(told(await after(sql))).toEqual([[...expected, '']])
  })
})

test('another schema is compared where it is asked for, and named as SQL names it', async () => {
  await using copy = await testDatabase()
  await migrateUp({ databaseUrl: copy.url, workspace: files.root, to: 'core/001_users' })
  await copy.client.query('create schema billing; create table billing.invoices (id int)')
  const sides = [await client(copy), await production.another('test')]
  clients.push(sides[1]!)
  const [a, b] = await Promise.all(sides.map((one) => readSide(one, LIMITS, 'all')))
  const compared = await compareSides({
    a: { ...a!, variable: undefined },
    b: { ...b!, variable: undefined },
    workspace,
    baseline: new Set(),
  })
  expect(told(compared)).toContainEqual(['table billing.invoices', '1 column', null, ''])
})

test('a renamed column is one difference, with both names', async () => {
  const compared = await after('alter table users rename name to handle')
  expect(told(compared)).toEqual([['column users.name', 'named handle: text', 'named name: text', '']])
})

test('an owner, and the rights of a role, are one difference for all objects that they are alike for', async () => {
  const role = `veza_compare_${process.pid}`
  await migrated.staging.client.query(`create role ${role}`)
  try {
    const compared = await after(
      `create table extra (id int); alter table users owner to ${role}; alter table extra owner to ${role};
grant select on migration_history to ${role}`,
    )
    const { user } = compared.b.target
    expect(told(compared)).toEqual([
      ['table extra', '1 column', null, ''],
      [`rights of ${role} on table migration_history`, 'SELECT', null, ''],
      ['owner of table users', role, user, ''],
    ])
    const { catalog } = compared.b
    const owned = (owner: string) => ({
      ...catalog,
      tables: catalog.tables.flatMap((table) =>
        [table, { ...table, name: `${table.name}_2` }].map((one) => ({ ...one, owner })),
      ),
    })
    const { differences } = await compare(production, production, {
      a: { catalog: owned('staging_owner') },
      b: { catalog: owned('production_owner') },
    })
    expect(differences.filter(({ kind }) => kind === 'owner')).toMatchObject([
      { what: 'owner of table', a: 'staging_owner', b: 'production_owner', objects: { length: 4 } },
    ])
  } finally {
    await migrated.staging.client.query(`drop owned by ${role}; drop role ${role}`)
  }
})

describe('the histories', () => {
  const rowsOf = async (one: Client) => (await readSide(one, LIMITS)).history!

  test('one migration with two checksums', async () => {
    const [row, ...rest] = await rowsOf(production)
    const changed = [{ ...row!, checksum: 'f'.repeat(64) }, ...rest]
    expect(told(await compare(production, production, { a: { history: changed } }))).toEqual([
      [
        'migration core/001_users',
        `applied, checksum ${'f'.repeat(12)}`,
        `applied, checksum ${row!.checksum.slice(0, 12)}`,
        '',
      ],
    ])
  })

  test('one that began and did not end', async () => {
    const [row] = await rowsOf(production)
    const [one] = told(await compare(production, production, { b: { history: [{ ...row!, durationMs: null }] } }))
    expect(one![2]).toMatch(/^begun and not finished, checksum /)
  })

  test('the same migrations in another order', async () => {
    const rows = await rowsOf(staging)
    const later = rows.map((row, index) => ({
      ...row,
      createdAt: new Date(Date.UTC(2026, 0, index === 0 ? 9 : index)),
    }))
    expect(told(await compare(staging, staging, { a: { history: later } }))).toEqual([
      [
        'order of the migrations that both have, from number 1 on',
        'core/002_rooms, core/003_names, core/001_users',
        'core/001_users, core/002_rooms, core/003_names',
        '',
      ],
    ])
  })

  test('one that this checkout does not have explains nothing, and is noted', async () => {
    const [row] = await rowsOf(production)
    const strange = [row!, { ...row!, name: '009_gone' }]
    const compared = await compare(production, production, { a: { history: strange } })
    expect(told(compared)).toEqual([['migration core/009_gone', 'applied', null, '']])
    expect(compared.notes).toContain(
      'Applied, but not in this checkout, so that nothing can be explained by them: core/009_gone.',
    )
  })

  test('none at all on one side: all of it is planned', async () => {
    await using empty = await testDatabase()
    const compared = await compare(staging, await client(empty))
    expect(told(compared).filter(([what, , , madeBy]) => !what.startsWith('migration ') && madeBy === '')).toEqual([])
    expect(compared.notes).toContain('production has no record of migrations of this migrator.')
  })
})

test('what could not be read is a difference: the two are never called equal over it', async () => {
  const reason = 'another session holds it'
  const unread = [{ table: 'users', what: 'the columns of users', reason, remedy: 'wait' }]
  const compared = await compare(production, production, { b: { unread } })
  expect(told(compared)).toEqual([['the columns of users', null, reason, '']])
  expect(await textOf(compared)).toContain('Something could not be looked at and may differ too.')
  expect(comparedDocument(compared).summary).toMatchObject({ equal: false, passed: false, notRead: 1 })
})

test('a role that may not read the history is told so', async () => {
  await using copy = await testDatabase()
  await migrateUp({ databaseUrl: copy.url, workspace: files.root })
  const reader = `veza_reader_${process.pid}`
  await copy.client.query(`create role ${reader} login password 'reads'`)
  try {
    const url = Object.assign(new URL(copy.url), { username: reader, password: 'reads' }).href
    const one = await connect(url, 'test')
    clients.push(one)
    const { differences, notes } = await compare(one, await client(copy))
    // Without the record nobody knows which migrations only one of the two has.
    expect(differences).toMatchObject([
      {
        what: 'the rows of migration_history, and with them drift',
        a: expect.stringContaining('permission denied'),
        b: null,
      },
    ])
    expect(notes.join()).toContain('since the record of the applied ones cannot be read')
  } finally {
    await copy.client.query(`drop role ${reader}`)
  }
})

test('another major version: bodies are not compared, and the version is a difference', async () => {
  const { catalog } = await readSide(production, LIMITS)
  const other = { ...catalog, serverVersionNumber: 120_000, encoding: 'SQL_ASCII' }
  const view = { name: 'v', materialized: false, extension: null, comment: null, oid: 1 }
  const compared = await compare(production, production, {
    a: { catalog: { ...catalog, views: [{ ...view, definition: 'SELECT 1' }] } },
    b: { catalog: { ...other, views: [{ ...view, definition: 'SELECT (1)' }] } },
  })
  const major = String(Math.floor(catalog.serverVersionNumber / 10_000))
  expect(told(compared)).toEqual([
    ['major version of PostgreSQL', major, '12', ''],
    ['encoding of the database', catalog.encoding, 'SQL_ASCII', ''],
  ])
  expect(compared.notes.join()).toContain('of functions and views only the presence is compared')
})

test('tables that are much larger in one are told, and are no difference', async () => {
  const { catalog } = await readSide(production, LIMITS)
  const rows = (estimatedRows: number) => ({
    ...catalog,
    tables: catalog.tables.map((one) => ({ ...one, estimatedRows })),
  })
  const of = (a: number, b: number) =>
    compare(production, production, { a: { catalog: rows(a) }, b: { catalog: rows(b) } })
  expect((await of(12, 4_000_000)).sizes).toContainEqual({ table: 'users', a: 12, b: 4_000_000 })
  expect((await of(12, 4_000_000)).differences).toEqual([])
  expect((await of(500_000, 4_000_000)).sizes).toEqual([])
  expect((await of(0, 9000)).sizes).toEqual([])
  expect(await textOf(await of(12, 4_000_000))).toMatch(/users +12 +4,000,000/)
})

test('a replay that fails is a note, and the comparison is told without it', async () => {
  const [step] = workspace.order
  const broken = {
    ...step!,
    id: 'core/002_rooms',
    name: '002_rooms',
    render: { ...step!.render, up: { statements: [{ sql: 'nonsense', parameters: [] }], dynamic: false } },
  }
  const order = [step!, broken]
  const [a, b] = await Promise.all([readSide(staging, LIMITS), readSide(production, LIMITS)])
  const compared = await compareSides({
    a: { ...a, variable: undefined },
    b: { ...b, variable: undefined },
    workspace: { ...workspace, order },
    baseline: new Set(),
  })
  expect(compared.notes.join('\n')).toContain(
    'Which differences the pending migrations make is not known, since they could not be replayed: ',
  )
  expect(told(compared)).toContainEqual(['table rooms', '1 column', null, ''])
})

test('a difference that a baseline accepts is counted and not listed, and one that is gone is counted', async () => {
  const first = await compare()
  const baseline = new Set([...first.differences.map(({ id }) => id), 'f'.repeat(16)])
  const again = await compare(staging, production, { baseline })
  expect(again.differences.every(({ known }) => known)).toBe(true)
  expect(comparedDocument(again).summary).toMatchObject({ equal: false, passed: true, known: 5, baselineGone: 1 })
  const text = await textOf(again)
  expect(text).toContain('5 differences known from the baseline and not listed below.')
  expect(text).toContain('1 of the baseline no longer found')
  expect(text).not.toContain('core/003_names')
})

describe('formats', () => {
  test('JSON is what the published schema says', async () => {
    const schema = JSON.parse(readFileSync(new URL('../schemas/audit-compare.schema.json', import.meta.url), 'utf8'))
    const validate = new Ajv({ allErrors: true, strictTypes: false, formats: { 'date-time': true } }).compile(schema)
    const document = JSON.parse(await textOf(await compare(), 'json'))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    expect(validate({ ...document, differences: [{}] })).toBe(false)
    expect(document.differences[2]).toMatchObject({ kind: 'table', in: 'a', madeBy: ['core/002_rooms'] })
  })

  test('names that would break out of a page, a table or a terminal do not', async () => {
    const compared = await after(`create table "${HOSTILE.replaceAll('"', '""')}" (id int)`)
    const html = await textOf(compared, 'html')
    expect(html).not.toContain('<img src=x')
    expect(html).toContain('&lt;img src=x')
    const markdown = await textOf(compared, 'markdown')
    // Inside a code span that its own backticks cannot end.
    expect(markdown).toMatch(/\| `` [^|]*<img src=x[^\n]* `` \| `1 column` \| - \|$/m)
    expect(markdown).toContain('# staging compared with production')
    expect(await textOf(compared)).not.toContain('\u001b')
  })

  test('two long texts are shown where they begin to differ', async () => {
    const same = 'x'.repeat(400)
    const body = (end: string) => `create function f() returns text language sql as $$ select '${same}${end}' $$`
    await using one = await testDatabase()
    await using other = await testDatabase()
    await one.client.query(body('one'))
    await other.client.query(body('other'))
    const compared = await compare(await client(one), await client(other))
    const text = await textOf(compared)
    expect(text).toMatch(/\.\.\. x{39}one'/)
    expect(text).toMatch(/\.\.\. x{39}other'/)
    expect(compared.differences[0]!.a).toContain(same)
  })
})

test.each([
  ['STAGING_URL', 'PRODUCTION_URL', 'staging', 'production'],
  ['DATABASE_URL', 'PROD_DATABASE_URL', 'app', 'prod'],
  ['DATABASE_URL_EU_WEST', 'DATABASE_DSN', 'eu west', 'app'],
  [undefined, undefined, 'db1:5432/app', 'db2:5432/app'],
])('are called by their variables, else by what differs: %s, %s', (one, other, a, b) => {
  const target = (host: string) => ({ host, port: 5432, database: 'app', user: 'me' })
  expect(sideNames({ target: target('db1'), variable: one }, { target: target('db2'), variable: other })).toEqual({
    a,
    b,
  })
})
