/** What an audit recommends, from what it found: the steps, their order, and commands that survive any name. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import type { AuditReport } from '../src/audit/report.ts'
import { recommendationSection } from '../src/audit/sections/recommendation.ts'
import { shellWord } from '../src/audit/shell.ts'
import { connect } from '../src/database/connect.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

/** One for all audits of this file: V1 is rendered once, and the scratch server has its cluster already. */
const files = v1Workspace()
afterAll(() => files[Symbol.dispose]())

async function auditOf(options: { readonly migrated?: 'v1'; readonly sql?: string }): Promise<AuditReport> {
  await using database = await testDatabase(options.migrated === undefined ? {} : { migrated: options.migrated })
  if (options.sql !== undefined) await database.client.query(options.sql)
  const workspace = await openWorkspace(files.root, { edited: 'accept' })
  const client = await connect(database.url, 'test')
  const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 }
  try {
    return await audit({ client, workspace, limits, baseline: new Set() })
  } finally {
    await client.end()
  }
}

const stepsOf = (report: AuditReport) =>
  recommendationSection(report).blocks.flatMap((block) => (block.kind === 'steps' ? block.steps : []))

const wordsOf = (words: readonly (string | { code?: string; strong?: string })[]) =>
  words.map((one) => (typeof one === 'string' ? one : (one.code ?? one.strong))).join('')

const titlesOf = (report: AuditReport) => stepsOf(report).map(({ words }) => wordsOf(words).split(/[:,]/)[0])

const commandsOf = (report: AuditReport) => stepsOf(report).flatMap(({ commands = [] }) => commands)

test('an older database gets the clean slate, from the secrets to the switch', async () => {
  const report = await auditOf({ sql: readFileSync(new URL('legacy/schema.sql', import.meta.url), 'utf8') })
  expect(titlesOf(report)).toEqual([
    'Close today what lets people in or shows secrets',
    'Stop changes by hand',
    'Archive the old migrations',
    'Build V1 in an empty database',
    'Keep everything before anything moves',
    'Export 5 tables that V1 does not know',
    'Decide about 4 columns that V1’s tables do not have',
    'Give the rows of 17 tables their new key once',
    'Copy the rows in this order',
    'Switch',
    'Keep it so',
  ])
  expect(commandsOf(report)).toContain(
    `pg_dump --data-only --table 'public."Mood Board"' --file public._Mood_Board_.sql "$OLD_URL"`,
  )
})

test('rows are copied in the order of V1’s foreign keys, also where the old tables have none', async () => {
  const report = await auditOf({
    sql: 'create table user_sessions (id bigserial primary key); create table users (id bigserial primary key)',
  })
  const order = report.copying.tables
  expect(order.indexOf('user_sessions')).toBeGreaterThan(order.indexOf('users'))
})

test('a key that changes gets a table of old and new keys, with the uuid that is there already', async () => {
  const report = await auditOf({
    sql: `create table users (id bigserial primary key, public_id uuid not null unique);
      create table tracks (id bigserial primary key);
      create table user_roles (user_id bigint references users, role text, primary key (user_id, role));
      insert into users select i, gen_random_uuid() from generate_series(1, 3) i; analyze users`,
  })
  const mapping = commandsOf(report).filter((command) => command.includes('AS new_id'))
  expect(mapping.map((command) => /'(.*)'/.exec(command)![1])).toEqual([
    'CREATE TABLE moving.tracks AS SELECT id, gen_random_uuid() AS new_id FROM public.tracks',
    'CREATE TABLE moving.user_roles AS SELECT user_id, role, gen_random_uuid() AS new_id FROM public.user_roles',
    'CREATE TABLE moving.users AS SELECT id, public_id AS new_id FROM public.users',
  ])
  const copy = await testDatabase()
  try {
    await copy.client.query(`create schema moving; create table tracks (id bigserial primary key);
      create table users (id bigserial primary key, public_id uuid); create table user_roles (user_id bigint, role text)`)
    for (const command of mapping) await copy.client.query(/'(.*)'/.exec(command)![1]!)
  } finally {
    await copy.drop()
  }
})

test('a database with nothing of V1 is asked about first', async () => {
  const report = await auditOf({ sql: 'create table weather (at date primary key)' })
  const [first] = recommendationSection(report).blocks
  expect(first).toEqual({ kind: 'paragraph', words: [expect.stringMatching(/^None of V1’s \d+ tables is here\. /)] })
})

test('a database that the migrator built is corrected by migrations', async () => {
  const report = await auditOf({ migrated: 'v1', sql: 'alter table users alter created_at set default now()' })
  expect(titlesOf(report)).toEqual([
    'Write a migration for what was changed by hand (1 object)',
    'Correct first drift (1)',
    'Accept what stays',
  ])
})

test('V1 itself needs nothing', async () => {
  const report = await auditOf({ migrated: 'v1' })
  expect(recommendationSection(report).blocks).toEqual([
    { kind: 'paragraph', words: ['Nothing to do: keep the audit in CI, so that it stays so.'] },
  ])
})

test.each(['users', `it's`, '"; $(touch x) `id` \\', 'a b', '-n', '$HOME', '*'])(
  '%s is one word of a shell',
  (name) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(name)}`, 'sh'], { encoding: 'utf8' })).toBe(
      name === '-n' ? '-n' : name,
    )
  },
)
