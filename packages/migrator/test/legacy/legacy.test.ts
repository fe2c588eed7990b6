/**
 * The audit of a database as it was before V1: schema.sql beside this file has each fault, and each is found, and nothing else. It is
 * held against V1's migrations, since the tables of later ones would all be missing from it.
 */
import { readFileSync } from 'node:fs'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../../src/audit/audit.ts'
import type { AuditReport } from '../../src/audit/report.ts'
import { connect } from '../../src/database/connect.ts'
import { rules } from '../../src/rules/list.ts'
import { openWorkspace } from '../../src/workspace/workspace.ts'

const BIGINT_TABLES: Readonly<Record<string, readonly string[]>> = {
  auth: ['email_verification_tokens', 'password_reset_tokens', 'refresh_tokens', 'user_sessions'],
  social: ['playlist_collaborators', 'playlist_follows', 'rooms'],
  streaming: [
    'bitrate_adaptation_logs',
    'hls_streams',
    'hls_transcode_queue',
    'playback_analytics',
    'track_comments',
    'track_history',
    'track_likes',
    'track_plays',
    'track_shares',
    'track_versions',
  ],
}
const bigintTables = Object.values(BIGINT_TABLES).flat()
const UNKNOWN = ['Mood Board', 'genres', 'import_rows', 'measurements', 'track_genres']
const RANDOM_UUIDS = ['Mood Board', 'measurements', 'playlists', 'tracks', 'users']
const everyTable = [...bigintTables, ...UNKNOWN, 'playlists', 'tracks', 'users']

let database: TestDatabase
let report: AuditReport

beforeAll(async () => {
  database = await testDatabase()
  await database.client.query(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'))
  using v1 = v1Workspace()
  const workspace = await openWorkspace(v1.root, { edited: 'accept' })
  const client = await connect(database.url, 'test')
  const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 }
  report = await audit({ client, workspace, limits, baseline: new Set() })
  await client.end()
})
afterAll(async () => {
  await database?.drop()
})

/** `error users.email: what was found`, sorted. */
const found = (rule: string): string[] =>
  report.findings
    .filter((finding) => finding.rule === rule)
    .map(
      ({ severity, table, column, found: what }) => `${severity} ${[table, column].filter(Boolean).join('.')}: ${what}`,
    )
    .sort()

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'pk-uuid': [
    ...bigintTables.map((table) => `error ${table}.id: id bigint from sequence ${table}_id_seq`),
    ...RANDOM_UUIDS.map((table) => `warning ${table}.id: DEFAULT gen_random_uuid()`),
    'error genres.id: id integer from sequence genres_id_seq',
    'error import_rows: no primary key',
    'error track_genres: PRIMARY KEY (track_id, genre_id)',
  ],
  'fk-on-delete': [
    'error Mood Board.user_id: "Mood Board_user_id_fkey" on (user_id): ON DELETE SET NULL on a NOT NULL column',
    'error track_likes.user_id: track_likes_user_id_fkey on (user_id): no ON DELETE',
  ],
  'fk-type-match': ['error track_genres.genre_id: bigint, references genres.id integer'],
  'fk-index': [
    'error Mood Board.user_id: no index begins with it',
    'error track_genres.genre_id: no index begins with it',
    'error track_likes.track_id: no index begins with it',
    'error tracks.uploader_id: only a partial index, tracks_uploader',
  ],
  'reference-without-fk': ['error playlists.owner_id: uuid without a foreign key'],
  'reference-dangling': ['warning measurements.sensor_id: uuid, and there is no table for sensor'],
  'timestamp-tz': ['error tracks.created_at: timestamp without time zone'],
  'timestamp-not-null': ['error Mood Board.createdAt: NULL is allowed', 'error tracks.updated_at: NULL is allowed'],
  'timestamp-default': ['error users.created_at: DEFAULT now()'],
  'updated-at-trigger': [
    'error playlists.updated_at: no trigger',
    'error tracks.updated_at: no trigger',
    'warning users.updated_at: trigger users_touch calls public.touch_updated_at()',
  ],
  'soft-delete': [
    ...['playlist_collaborators', 'playlist_follows', 'playlists', 'track_likes', 'track_shares', 'track_versions'].map(
      (table) => `error ${table}.deleted_at: no such column`,
    ),
    'error tracks.deleted_at: is_deleted boolean',
    'error rooms.name: rooms_name is unique over deleted rows too',
    'warning users.email: users_email_key is unique over deleted rows too',
  ],
  secret: ['error refresh_tokens.token: token text', 'error users.password: password text'],
  'closed-list': ['error Mood Board.mood: enum mood'],
  'text-type': ['warning playlists.name: character varying(255)'],
  'event-table': ['error track_plays.event_id: track_plays_event_id_key is unique on (event_id)'],
  scope: ['warning : schema reporting has tables or views'],
  naming: [
    ...everyTable
      .filter((table) => table !== 'import_rows' && table !== 'track_genres' && table !== 'Mood Board')
      .map((table) => `warning ${table}.id: primary key ${table}_pkey`),
    'warning Mood Board.id: primary key "Mood Board_pkey"',
    'warning track_genres: primary key track_genres_pkey',
    'warning Mood Board: table "Mood Board"',
    'warning Mood Board.createdAt: column "createdAt"',
    'warning Mood Board.user_id: foreign key "Mood Board_user_id_fkey"',
    ...['refresh_tokens.user_id', 'track_comments.parent_id', 'track_genres.genre_id', 'track_genres.track_id'].map(
      (column) => `warning ${column}: foreign key ${column.replace('.', '_')}_fkey`,
    ),
    ...['track_likes.track_id', 'track_likes.user_id', 'tracks.uploader_id'].map(
      (column) => `warning ${column}: foreign key ${column.replace('.', '_')}_fkey`,
    ),
    'warning genres.name: check genres_name_check',
    'warning genres.name: index genres_by_name',
    'warning refresh_tokens.user_id: index refresh_tokens_user_id_idx',
    'warning rooms.name: index rooms_name',
    'warning track_comments.parent_id: index track_comments_parent_id_idx',
    'warning track_likes: unique track_likes_user_id_track_id_key',
    'warning tracks.uploader_id: index tracks_uploader',
    'warning users.email: unique users_email_key',
  ],
  comment: [
    ...everyTable.map((table) => `warning ${table}: no comment`),
    'warning import_rows.duration_ms: no comment, and it holds a unit',
    'warning import_rows.payload: no comment, and it holds JSON',
  ],
  'duplicate-index': ['warning genres.name: genres_name is the same as genres_by_name'],
  'prefix-index': [
    'warning import_rows.line: idx_import_rows_line (line) is the beginning of idx_import_rows_line_duration (line, duration_ms)',
  ],
  'duplicate-constraint': [
    'warning import_rows.price: check chk_import_rows_price_again is the same as chk_import_rows_price',
  ],
  'invalid-object': ['error genres.name: constraint genres_name_check is NOT VALID'],
  'sequence-left': ['warning : sequence invoice_numbers, owned by no column'],
  'inexact-amount': ['error import_rows.price: double precision'],
  'json-type': ['warning import_rows.source: json'],
  'unlogged-table': ['warning import_rows: UNLOGGED'],
  'epoch-number': ['warning import_rows.received_ms: bigint, an instant by its name'],
  'list-without-check': ['warning import_rows.status: text, and no CHECK lists its values'],
  'frozen-default': ["error import_rows.loaded: DEFAULT '2024-05-17 12:13:14.567+00'::timestamp with time zone"],
  'nullable-flag': ['warning import_rows.is_done: NULL is allowed, with DEFAULT false'],
  'id-list': ['warning import_rows.track_ids: text: ids in one text'],
  'natural-key': ['warning users.username: no unique index has it'],
  'autovacuum-off': ['warning import_rows: WITH (autovacuum_enabled=off)'],
}

/** Rules whose faults the ancestor of V1 did not have: rules-access.test.ts and rules-tables.test.ts have them. */
const ELSEWHERE = [
  'row-security',
  'policy-bypassed',
  'security-definer',
  'public-grant',
  'owner-differs',
  'fk-partly-null',
  'fk-cycle',
  'inherited-table',
  'key-runs-out',
  'replica-identity',
  'wide-table',
  'extension-removed',
  'untrusted-extension',
]

test('every rule has a fault here, but for those that have it elsewhere and find nothing here', () => {
  const here = rules.map(({ name }) => name).filter((name) => !ELSEWHERE.includes(name))
  expect(Object.keys(EXPECTED)).toEqual(here)
  expect(ELSEWHERE.flatMap(found)).toEqual([])
})

test.each(Object.keys(EXPECTED))('%s finds exactly its faults', (rule) => {
  expect(found(rule)).toEqual([...EXPECTED[rule]!].sort())
})

test('the seventeen tables with bigint keys come out as a table, by domain, with what V1 has instead', () => {
  expect(bigintTables).toHaveLength(17)
  expect(report.gap.primaryKeys).toEqual(
    Object.entries(BIGINT_TABLES).flatMap(([domain, tables]) =>
      tables.map((table) => ({ domain, table, current: 'id bigint', target: 'id uuid' })),
    ),
  )
})

describe('the gap to V1', () => {
  test('names the tables that are missing, and those that V1 does not know', () => {
    expect(report.gap.missingTables).toEqual(
      [
        'audit_logs',
        'permissions',
        'playlist_tracks',
        'role_permissions',
        'roles',
        'user_preferences',
        'user_roles',
      ].map((table) => ({ table, domain: 'core' })),
    )
    expect(report.gap.unknownTables.map(({ table }) => table)).toEqual(UNKNOWN)
  })

  test('says per common table what differs, in V1’s own words', () => {
    const { differences } = report.gap.tables.find(({ table }) => table === 'playlists')!
    const of = (kind: string, name: string) => differences.find((one) => one.kind === kind && one.name === name)
    expect(of('column', 'name')).toMatchObject({
      change: 'changed',
      found: 'character varying(255) NOT NULL',
      expected: 'text NOT NULL',
    })
    expect(of('column', 'deleted_at')).toMatchObject({ change: 'missing', expected: 'timestamp with time zone' })
    expect(of('constraint', 'fk_playlists_owner_id')).toMatchObject({
      change: 'missing',
      expected: 'FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE',
    })
    expect(of('constraint', 'pk_playlists')).toMatchObject({
      change: 'changed',
      found: 'playlists_pkey: PRIMARY KEY (id)',
      expected: 'pk_playlists: PRIMARY KEY (id)',
    })
    expect(differences.filter(({ name }) => name === 'updated_at')).toEqual([])
  })

  test('compares views, functions, types and sequences too', () => {
    expect(report.gap.others.map(({ kind, name, change }) => `${kind} ${name} ${change}`)).toEqual([
      'view recent_tracks added',
      'function set_updated_at() missing',
      'function touch_updated_at() added',
      'function uuid_v7() missing',
      'type mood added',
      'sequence invoice_numbers added',
    ])
  })
})

test('owners come from the replayed plan, and what V1 does not know has none', () => {
  const owners = Map.groupBy(report.findings, ({ owner }) => owner)
  expect([...owners.keys()].sort()).toEqual(['auth', 'core', 'social', 'streaming', null].sort())
  expect(new Set(owners.get(null)!.map(({ table }) => table))).toEqual(new Set([...UNKNOWN, null]))
})

test('the chat schema is the chat server’s: reported as such, and no finding', () => {
  expect(report.notes).toContain('Schema chat (1 relation) belongs to the chat server and was not audited.')
  expect(report.findings.filter(({ found: what }) => what.includes('chat'))).toEqual([])
})

test('without a history there is no drift to speak of', () => {
  expect(report.drift).toBeNull()
})
