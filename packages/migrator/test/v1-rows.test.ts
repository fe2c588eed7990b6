/**
 * Rows in a database at V1's last migration: every table takes one, keeps updated_at, follows its references when they are deleted, and refuses
 * what the page says it refuses. Each test is a transaction that is rolled back.
 */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { columnsOf } from './v1/expected-tables.ts'
import { spec } from './v1/parse-spec.ts'
import { insertRow, type Row } from './v1/rows.ts'
import { samplesOf } from './v1/samples.ts'

const CHECK_VIOLATION = '23514'
const UNIQUE_VIOLATION = '23505'
/** ON DELETE RESTRICT: a code of its own from PostgreSQL 18 on. */
const RESTRICTED = ['23001', '23503']

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase({ migrated: 'v1' })
})
afterAll(async () => {
  await database?.drop()
})
beforeEach(async () => {
  await database.client.query('begin')
})
afterEach(async () => {
  await database.client.query('rollback')
})

const insert = (table: string, values?: Row) => insertRow(database.client, table, values)
const query = async (text: string, values: unknown[] = []): Promise<any[]> =>
  (await database.client.query(text, values)).rows

/** Undoes what it tries; answers PostgreSQL's error, or undefined. */
async function refusal(attempt: () => Promise<unknown>): Promise<{ code: string; constraint?: string } | undefined> {
  await query('savepoint attempt')
  const error = await attempt().then(
    () => undefined,
    ({ code, constraint }) => ({ code, constraint }),
  )
  await query('rollback to attempt')
  return error
}

describe.each(spec.tables)('$name', (table) => {
  const { name, kind, columns } = table

  test('takes a row and gives it an id and its times', async () => {
    const row = await insert(name)
    expect(row.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/)
    const [now] = await query('select CURRENT_TIMESTAMP as at')
    expect(row.created_at).toEqual(now.at)
    expect(row.updated_at).toEqual(kind === 'append-only' ? undefined : now.at)
    expect(row.deleted_at).toBe(kind === 'resource' ? null : undefined)
  })

  if (kind !== 'append-only') {
    test('moves updated_at with every update, whatever the update says', async () => {
      const { id } = await insert(name, { updated_at: '2001-01-01' })
      const [updated] = await query(
        `update ${name} set updated_at = '2002-02-02' where id = $1 returning updated_at = CURRENT_TIMESTAMP as moved`,
        [id],
      )
      expect(updated).toEqual({ moved: true })
    })
  }

  for (const { name: column, references } of columns) {
    if (references === undefined) continue
    const { table: target, onDelete } = references
    test(`${column}: a delete in ${target} is followed by ${onDelete}`, async () => {
      const parent = await insert(target)
      const row = await insert(name, { [column]: parent.id })
      const remove = () => query(`delete from ${target} where id = $1`, [parent.id])
      if (onDelete === 'RESTRICT') {
        expect(RESTRICTED).toContain((await refusal(remove))?.code)
        return
      }
      await remove()
      const left = await query(`select ${column} as reference from ${name} where id = $1`, [row.id])
      expect(left).toEqual(onDelete === 'CASCADE' ? [] : [{ reference: null }])
    })

    test(`${column}: refuses what is not in ${target}`, async () => {
      const stranger = '00000000-0000-7000-8000-000000000000'
      expect(await refusal(() => insert(name, { [column]: stranger }))).toEqual({
        code: '23503',
        constraint: `fk_${name}_${column}`,
      })
    })
  }

  for (const column of columns.filter(({ checks }) => checks.length > 0)) {
    test(`${column.name}: refuses what its check forbids, accepts what is at its edge`, async () => {
      const samples = column.checks.map(samplesOf)
      for (const value of samples.flatMap(({ refused }) => refused)) {
        expect(await refusal(() => insert(name, { [column.name]: value })), `refuses ${JSON.stringify(value)}`).toEqual(
          {
            code: CHECK_VIOLATION,
            constraint: `chk_${name}_${column.name}`,
          },
        )
      }
      for (const value of samples.flatMap(({ accepted }) => accepted)) {
        const error = await refusal(() => insert(name, { [column.name]: value }))
        expect(error, `accepts ${JSON.stringify(value)}`).toBeUndefined()
      }
    })
  }

  test('refuses NULL where the page says NOT NULL', async () => {
    for (const { name: column, notNull } of columnsOf(table)) {
      const error = await refusal(() => insert(name, { [column]: null }))
      expect(error?.code, column).toBe(notNull ? '23502' : undefined)
    }
  })

  for (const unique of [
    ...columns.filter((column) => column.unique).map((column) => [column.name]),
    ...table.uniques,
  ]) {
    test(`refuses a second row with the same ${unique.join(' and ')}`, async () => {
      const first = await insert(name)
      const same = Object.fromEntries(unique.map((column) => [column, first[column]]))
      expect(await refusal(() => insert(name, same))).toEqual({
        code: UNIQUE_VIOLATION,
        constraint: `uq_${name}_${unique.join('_')}`,
      })
    })
  }
})

describe('conditions over several columns', () => {
  test.each<[table: string, constraint: string, refused: Row, accepted: Row]>([
    [
      'user_sessions',
      'chk_user_sessions_revoked',
      { revoked_reason: 'manual', revoked_at: null },
      { revoked_reason: null, revoked_at: '2998-01-01' },
    ],
    [
      'hls_streams',
      'chk_hls_streams_ready',
      { status: 'ready', playlist_path: null },
      { status: 'pending', playlist_path: null },
    ],
    [
      'track_shares',
      'chk_track_shares_direct_recipient',
      { channel: 'direct', recipient_id: null },
      { channel: 'repost', recipient_id: null },
    ],
    [
      'track_shares',
      'chk_track_shares_link_token',
      { channel: 'link', share_token: null },
      { channel: 'direct', share_token: null },
    ],
    [
      'track_shares',
      'chk_track_shares_link_token',
      { channel: 'embed', share_token: null },
      { channel: 'repost', share_token: null },
    ],
  ])('%s: %s', async (table, constraint, refused, accepted) => {
    expect(await refusal(() => insert(table, refused))).toEqual({ code: CHECK_VIOLATION, constraint })
    expect(await refusal(() => insert(table, accepted))).toBeUndefined()
  })

  test('nobody shares a track with themselves', async () => {
    const { id } = await insert('users')
    expect(await refusal(() => insert('track_shares', { user_id: id, recipient_id: id }))).toEqual({
      code: CHECK_VIOLATION,
      constraint: 'chk_track_shares_recipient_id',
    })
  })

  test('no comment replies to itself', async () => {
    const { id } = await insert('track_comments')
    const reply = () => query('update track_comments set parent_id = id where id = $1', [id])
    expect(await refusal(reply)).toEqual({ code: CHECK_VIOLATION, constraint: 'chk_track_comments_parent_id' })
  })
})

describe('uniqueness among live rows', () => {
  test.each<[index: string, table: string, values: Row]>([
    ['uq_users_email', 'users', { email: 'Twin@Example.org' }],
    ['uq_users_username', 'users', { username: 'Twin' }],
    ['uq_rooms_name', 'rooms', { name: 'Twin' }],
  ])('%s knows no case, and forgets the deleted', async (constraint, table, values) => {
    const lower = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value).toLowerCase()]))
    const { id } = await insert(table, values)
    expect(await refusal(() => insert(table, lower))).toEqual({ code: UNIQUE_VIOLATION, constraint })
    await query(`update ${table} set deleted_at = CURRENT_TIMESTAMP where id = $1`, [id])
    expect(await refusal(() => insert(table, lower))).toBeUndefined()
  })

  test.each<[index: string, table: string, columns: readonly string[]]>([
    ['uq_playlist_tracks_entry', 'playlist_tracks', ['playlist_id', 'track_id']],
    ['uq_track_likes_user_track', 'track_likes', ['user_id', 'track_id']],
    ['uq_playlist_collaborators_member', 'playlist_collaborators', ['playlist_id', 'user_id']],
    ['uq_playlist_follows_user_playlist', 'playlist_follows', ['user_id', 'playlist_id']],
  ])('%s keeps one of a pair, and forgets the deleted', async (constraint, table, columns) => {
    const first = await insert(table)
    const same = Object.fromEntries(columns.map((column) => [column, first[column]]))
    expect(await refusal(() => insert(table, same))).toEqual({ code: UNIQUE_VIOLATION, constraint })
    await query(`update ${table} set deleted_at = CURRENT_TIMESTAMP where id = $1`, [first.id])
    expect(await refusal(() => insert(table, same))).toBeUndefined()
  })

  test('a track has one current version', async () => {
    const { track_id, id } = await insert('track_versions', { is_current: true })
    const second = () => insert('track_versions', { track_id, version_number: 2, is_current: true })
    expect(await refusal(second)).toEqual({ code: UNIQUE_VIOLATION, constraint: 'uq_track_versions_current' })
    await query('update track_versions set is_current = false where id = $1', [id])
    expect(await refusal(second)).toBeUndefined()
  })

  test('a track waits once for each quality, and once for every quality', async () => {
    for (const quality of ['high', null]) {
      const { track_id, id } = await insert('hls_transcode_queue', { quality })
      const second = () => insert('hls_transcode_queue', { track_id, quality })
      expect(await refusal(second)).toEqual({ code: UNIQUE_VIOLATION, constraint: 'uq_hls_transcode_queue_live' })
      expect(await refusal(() => insert('hls_transcode_queue', { track_id, quality: 'low' }))).toBeUndefined()
      await query(`update hls_transcode_queue set status = 'completed' where id = $1`, [id])
      expect(await refusal(second)).toBeUndefined()
    }
  })
})

test('a user’s delete takes what is theirs and leaves what only names them', async () => {
  const { id } = await insert('users')
  const { id: track_id } = await insert('tracks', { uploader_id: id })
  await insert('track_likes', { track_id })
  await insert('track_comments', { track_id })
  const log = await insert('audit_logs', { user_id: id })
  await query('delete from users where id = $1', [id])
  expect(await query('select from tracks where id = $1', [track_id])).toEqual([])
  expect(await query('select from track_likes where track_id = $1', [track_id])).toEqual([])
  expect(await query('select user_id from audit_logs where id = $1', [log.id])).toEqual([{ user_id: null }])
})
