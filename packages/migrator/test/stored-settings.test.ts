/** Settings that a role or a database begins its sessions with change nothing of what the migrator says and does. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callCommand } from './command.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'

/** Each default is written in another way under one of the settings below. */
const TELLING = `create table telling (id int primary key, at timestamptz default '2020-02-03 04:05+02', day date default '2020-02-03',
  lasts interval default '1 day 2 hours', bytes bytea default '\\x00ff', price money default '1.5', ratio float8 default 0.1,
  slashes text check (slashes ~ '^\\d+\\\\$'))`

const SETTINGS = {
  DateStyle: ['German', 'SQL, DMY', 'Postgres, YMD', 'ISO, DMY'],
  standard_conforming_strings: ['off'],
  escape_string_warning: ['off'],
  backslash_quote: ['off'],
  IntervalStyle: ['iso_8601', 'sql_standard', 'postgres_verbose'],
  bytea_output: ['escape'],
  lc_messages: ['C'],
  lc_monetary: ['C.UTF-8', 'en_US.UTF-8'],
  extra_float_digits: ['-15', '3'],
  TimeZone: ['Asia/Kathmandu', 'America/Caracas'],
  quote_all_identifiers: ['on'],
  client_encoding: ['LATIN1'],
  search_path: ['', 'nowhere', '"$user", pg_catalog'],
  row_security: ['off'],
  transform_null_equals: ['on'],
  xmlbinary: ['hex'],
  default_transaction_isolation: ['serializable'],
  default_transaction_deferrable: ['on'],
  client_min_messages: ['debug1'],
}

let workspace: FixtureWorkspace
let db: TestDatabase
let role: string
let url: string

beforeAll(async () => {
  workspace = await fixtureWorkspace({ core: { migrations: { '001_telling': { up: [TELLING] } } } })
  db = await testDatabase()
  role = `reader_${db.name.slice(-12)}`
  const own = new URL(db.url)
  own.username = role
  own.password = 'role'
  url = own.href
  await db.client.query(`create role ${role} login password 'role'`)
  await callCommand(['up', '--database-url', db.url, '--workspace', workspace.root])
  await db.client.query(`grant select on migration_history to ${role}`)
})
afterAll(async () => {
  await db.client.query(`drop owned by ${role} cascade; drop role ${role}`)
  await db.drop()
  workspace[Symbol.dispose]()
})

const VERBS = [
  ['status', '--drift'],
  ['status', '--check'],
  ['audit'],
  ['up', '--dry-run'],
  ['down', '--steps', '1', '--dry-run'],
  ['baseline', '--dry-run', '--reason', 'a test'],
]

/** What every verb that reads says. Only the moment differs from one to the next. */
async function said(of: string): Promise<string[]> {
  const all: string[] = []
  for (const verb of VERBS) {
    const { exitCode, stdout, stderr } = await callCommand([
      ...verb,
      '--json',
      '--database-url',
      of,
      '--workspace',
      workspace.root,
    ])
    all.push(`${verb.join(' ')}: ${exitCode} ${stdout.replace(/"(auditedAt|checkedAt|runId)": ".*?"/g, '')}${stderr}`)
  }
  return all
}

/** The first value of each setting, then the second of each, and so on. */
const ROUNDS = Array.from({ length: Math.max(...Object.values(SETTINGS).map(({ length }) => length)) }, (_, at) =>
  Object.entries(SETTINGS).map(([name, values]) => [name, values[at % values.length]!] as const),
)

/** Not every server has every setting, nor every locale. */
async function store(of: string, settings: (typeof ROUNDS)[number]): Promise<void> {
  for (const [name, value] of settings) {
    const text = name === 'search_path' ? value || "''" : `'${value}'`
    await db.client.query(`alter ${of} set ${name} = ${text}`).catch(() => {})
  }
}

/**
 * The URL of sessions that begin with these settings, as they would if they were stored for the role; a stored one would be drift. Not every
 * server has every setting, nor every locale, and the role may not set all of them.
 */
async function beginningWith(settings: (typeof ROUNDS)[number]): Promise<string> {
  const known: string[] = []
  await db.client.query(`set role ${role}`)
  for (const [name, value] of settings) {
    const { rows } = await db.client
      .query(`select set_config($1, $2, false)`, [name, value])
      .catch(() => ({ rows: [] }))
    if (rows.length > 0) known.push(`-c ${name}=${value.replaceAll(/[\\\s]/g, '\\$&')}`)
  }
  await db.client.query('reset role; reset all')
  // URLSearchParams writes a space as +, which means itself here.
  return `${url}?options=${encodeURIComponent(known.join(' '))}`
}

test.each(ROUNDS)(
  'whatever a role begins its sessions with, each verb says the same: %j and more',
  async (...round) => {
    const expected = await said(url)
    expect(expected[0]).toMatch(/^status --drift: 0 /)
    expect(await said(await beginningWith(round))).toEqual(expected)
  },
)

test.each(ROUNDS)(
  'whatever a database begins its sessions with, migrations make the same: %j and more',
  async (...round) => {
    await using other = await testDatabase()
    const place = ['--database-url', other.url, '--workspace', workspace.root]
    await store(`database ${other.name}`, round)
    expect(await callCommand(['up', ...place])).toMatchObject({ exitCode: 0 })
    await db.client.query(`alter database ${other.name} reset all`)
    expect(await callCommand(['status', '--drift', ...place])).toMatchObject({ exitCode: 0 })
  },
)
