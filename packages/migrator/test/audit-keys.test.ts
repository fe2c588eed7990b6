/** What stands beside the findings: every table’s key and domain, and what a change of a key drags along. */
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { beforeAll, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import type { AuditReport } from '../src/audit/report.ts'
import { connect } from '../src/database/connect.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

let report: AuditReport

beforeAll(async () => {
  await using database = await testDatabase()
  await database.client.query(`
    create table users (id bigserial primary key, uuid uuid not null unique, session_uuid uuid, guid uuid);
    create table tracks (id serial primary key, user_id bigint not null references users);
    create table track_stems (track_id int references tracks, part int, user_id bigint references users, primary key (track_id, part));
    create table stem_mixes (id uuid primary key, track_id int, part int, foreign key (track_id, part) references track_stems);
    create table weather (at date primary key);
    create table gifts (id uuid primary key, user_id bigint references users, giver_user_id bigint);
    create table oauth_tokens (id uuid primary key);
    create table oauth_scopes (id uuid primary key, oauth_token_id uuid references oauth_tokens);
    create table page_versions (id uuid primary key);
    create table a (id int primary key, b_id int);
    create table b (id int primary key, a_id int references a);
    alter table a add foreign key (b_id) references b;
    create table loose (n int);
    create table measured (id uuid, at date, primary key (id, at)) partition by range (at);
    create table measured_1 partition of measured for values from ('2026-01-01') to ('2026-02-01');
    create table rooms (id int primary key)`)
  using v1 = v1Workspace()
  const workspace = await openWorkspace(v1.root, { edited: 'accept' })
  const client = await connect(database.url, 'test')
  try {
    report = await audit({
      client,
      workspace,
      limits: { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 },
      baseline: new Set(),
    })
  } finally {
    await client.end()
  }
})

const keyOf = (name: string) => report.keys.find(({ table }) => table === name)!

test('every table is there, with the key that it has and the one that V1 asks for', () => {
  expect(report.keys.map(({ table, current, target, isRight }) => [table, current, target, isRight])).toEqual([
    ['a', 'id integer', 'id uuid', false],
    ['b', 'id integer', 'id uuid', false],
    ['gifts', 'id uuid', 'id uuid', true],
    ['loose', 'none', 'id uuid', false],
    ['measured', '(id uuid, at date)', '(id uuid, at date)', true],
    ['oauth_scopes', 'id uuid', 'id uuid', true],
    ['oauth_tokens', 'id uuid', 'id uuid', true],
    ['page_versions', 'id uuid', 'id uuid', true],
    ['rooms', 'id integer', 'id uuid', false],
    ['stem_mixes', 'id uuid', 'id uuid', true],
    ['track_stems', '(track_id integer, part integer)', 'id uuid', false],
    ['tracks', 'id integer', 'id uuid', false],
    ['users', 'id bigint', 'id uuid', false],
    ['weather', 'at date', 'id uuid', false],
  ])
})

test('a change of a key drags along what references it, and what references that', () => {
  expect(keyOf('users').drags).toEqual([
    { table: 'gifts', column: 'user_id', type: 'bigint', isDeclared: true },
    { table: 'track_stems', column: 'user_id', type: 'bigint', isDeclared: true },
    { table: 'tracks', column: 'user_id', type: 'bigint', isDeclared: true },
    { table: 'gifts', column: 'giver_user_id', type: 'bigint', isDeclared: false },
  ])
  expect(keyOf('tracks').drags).toEqual([
    { table: 'track_stems', column: 'track_id', type: 'integer', isDeclared: true },
    { table: 'stem_mixes', column: 'track_id', type: 'integer', isDeclared: true },
  ])
  expect(keyOf('a').drags).toEqual([{ table: 'b', column: 'a_id', type: 'integer', isDeclared: true }])
})

test('a uuid beside the number is named; one that refers elsewhere is none', () => {
  expect(keyOf('users').uuids).toEqual([
    { column: 'uuid', unique: true, notNull: true },
    { column: 'guid', unique: false, notNull: false },
  ])
})

test('a domain is known, guessed for a reason, or not said', () => {
  const domainOf = (table: string) => report.domainsByTable.get(table)
  expect(domainOf('users')).toEqual({ domain: 'core', guessedFrom: null })
  // tracks is core's, and what references it in V1 is mostly of streaming; of users that cannot be said.
  expect(domainOf('track_stems')).toEqual({
    domain: 'streaming',
    guessedFrom: 'it references tracks, as tables of streaming do in V1',
  })
  expect(domainOf('stem_mixes')).toEqual({
    domain: 'streaming',
    guessedFrom: 'a foreign key joins it with track_stems',
  })
  expect(domainOf('gifts')).toBeUndefined()
  expect(domainOf('oauth_tokens')?.guessedFrom).toBe('V1 has the word token in names of auth only')
  // Any domain can have versions, and a word is no reason for a further guess.
  for (const table of ['page_versions', 'oauth_scopes']) expect(domainOf(table)).toBeUndefined()
  for (const table of ['weather', 'loose', 'a']) expect(domainOf(table)).toBeUndefined()
})

test('rows can be copied after those that they reference, and a circle is opened once', () => {
  const { tables, circular } = report.copying
  const after = (one: string, other: string) => expect(tables.indexOf(one)).toBeGreaterThan(tables.indexOf(other))
  after('tracks', 'users')
  after('track_stems', 'tracks')
  after('stem_mixes', 'track_stems')
  expect(circular).toEqual(['a'])
  expect([...tables].sort()).toEqual(report.keys.map(({ table }) => table))
})
