/** What core's types say. They are checked by `tsc`, which compiles the tests; that the driver agrees is tested with the migrator. */
import {
  type CoreDatabase,
  type CoreTables,
  type NewRole,
  type NewTrack,
  TRACK_STATUS_VALUES,
  type Track,
  type TrackLicense,
  type TrackStatus,
  type TracksTable,
  type TrackUpdate,
  type User,
  type UserPreference,
} from '@veza/core-schema'
import type {
  GeneratedAlways,
  Int8,
  Interval,
  Json,
  JsonValue,
  Numeric,
  Point,
  Timestamp,
} from '@veza/core-schema/column-types'
import type { Insertable, Kysely, Selectable, Updateable } from 'kysely'
import { describe, expect, expectTypeOf, test } from 'vitest'

describe('a row that is read', () => {
  test('has each column as node-postgres gives it', () => {
    expectTypeOf<Track>().toEqualTypeOf<Selectable<TracksTable>>()
    expectTypeOf<Track['id']>().toEqualTypeOf<string>()
    expectTypeOf<Track['title']>().toEqualTypeOf<string>()
    expectTypeOf<Track['album']>().toEqualTypeOf<string | null>()
    expectTypeOf<Track['tags']>().toEqualTypeOf<string[]>()
    expectTypeOf<Track['duration_seconds']>().toEqualTypeOf<number | null>()
    expectTypeOf<Track['channels']>().toEqualTypeOf<number | null>()
    expectTypeOf<Track['file_size']>().toEqualTypeOf<string | null>()
    expectTypeOf<Track['play_count']>().toEqualTypeOf<string>()
    expectTypeOf<Track['bpm']>().toEqualTypeOf<string | null>()
    expectTypeOf<Track['is_public']>().toEqualTypeOf<boolean>()
    expectTypeOf<Track['created_at']>().toEqualTypeOf<Date>()
    expectTypeOf<Track['deleted_at']>().toEqualTypeOf<Date | null>()
    expectTypeOf<User['last_login_ip']>().toEqualTypeOf<string | null>()
    expectTypeOf<UserPreference['audio_settings']>().toEqualTypeOf<JsonValue>()
  })

  test('has a closed list as a union, with null where the column has it', () => {
    expectTypeOf<'uploading' | 'processing' | 'ready' | 'failed'>().toExtend<Track['status']>()
    expectTypeOf<string>().not.toExtend<Track['status']>()
    expectTypeOf<Track['status']>().toEqualTypeOf<TrackStatus>()
    expectTypeOf<Track['file_format']>().extract<null>().toEqualTypeOf<null>()
    expectTypeOf<'Creative Commons BY-SA'>().toExtend<TrackLicense>()
  })
})

describe('a row that is inserted', () => {
  test('needs what is NOT NULL and has no default, and nothing else', () => {
    expectTypeOf<{ uploader_id: string; title: string; artist: string; file_path: string }>().toExtend<NewTrack>()
    expectTypeOf<{ uploader_id: string; artist: string; file_path: string }>().not.toExtend<NewTrack>()
    expectTypeOf<NewTrack['status']>().toEqualTypeOf<TrackStatus | undefined>()
    expectTypeOf<NewTrack['bpm']>().toEqualTypeOf<string | number | null | undefined>()
    expectTypeOf<NewTrack['file_size']>().toEqualTypeOf<string | number | bigint | null | undefined>()
    expectTypeOf<NewTrack['created_at']>().toEqualTypeOf<Date | string | undefined>()
    expectTypeOf<NewTrack['file_format']>().not.toEqualTypeOf<string | null | undefined>()
  })

  test('does not compile with a wrong value or without a column', () => {
    const track = { uploader_id: 'id', title: 'Title', artist: 'Artist', file_path: 'a/track.flac' }
    const inserts = (db: Kysely<CoreDatabase>) => [
      db.insertInto('tracks').values({ ...track, status: 'ready' }),
      // @ts-expect-error: not one of the list
      db.insertInto('tracks').values({ ...track, status: 'nonsense' }),
      // @ts-expect-error: status cannot be null
      db.insertInto('tracks').values({ ...track, status: null }),
      // @ts-expect-error: no title
      db.insertInto('tracks').values({ uploader_id: 'id', artist: 'Artist', file_path: 'a/track.flac' }),
      // @ts-expect-error: no such column
      db.insertInto('tracks').values({ ...track, no_such_column: 5 }),
      // @ts-expect-error: no such table
      db.insertInto('user_sessions').values({}),
    ]
    expectTypeOf(inserts).parameter(0).toEqualTypeOf<Kysely<CoreDatabase>>()
    // @ts-expect-error: a role has a name
    const role: NewRole = { code: 'admin' }
    expect(role).toEqual({ code: 'admin' })
  })
})

describe('a row that is updated', () => {
  test('may have any of its columns, each of its type', () => {
    expectTypeOf<TrackUpdate>().toEqualTypeOf<Updateable<TracksTable>>()
    expectTypeOf<Record<never, never>>().toExtend<TrackUpdate>()
    expectTypeOf<{ status: 'failed' }>().toExtend<TrackUpdate>()
    expectTypeOf<{ status: 'nonsense' }>().not.toExtend<TrackUpdate>()
  })
})

describe('the helper types', () => {
  interface Row {
    id: GeneratedAlways<Int8>
    at: Timestamp | null
    price: Numeric
    data: Json
    place: Point
    lasts: Interval
  }

  test('a column that PostgreSQL alone writes is read and never written', () => {
    expectTypeOf<Selectable<Row>['id']>().toEqualTypeOf<string>()
    expectTypeOf<Insertable<Row>>().not.toHaveProperty('id')
    expectTypeOf<Updateable<Row>>().not.toHaveProperty('id')
  })

  test('a point is read as an object and written as text; an interval is written as it was read, or as text', () => {
    expectTypeOf<Selectable<Row>['place']>().toEqualTypeOf<{ x: number; y: number }>()
    expectTypeOf<Insertable<Row>['place']>().toEqualTypeOf<string>()
    expectTypeOf<Selectable<Row>['lasts']>().toExtend<Insertable<Row>['lasts']>()
    expectTypeOf<string>().toExtend<Insertable<Row>['lasts']>()
  })

  test('JSON is written as an object or as text, since the driver would make a PostgreSQL array of an array', () => {
    expectTypeOf<{ volume: number; bands: number[]; preset: null }>().toExtend<Insertable<Row>['data']>()
    expectTypeOf<string>().toExtend<Insertable<Row>['data']>()
    expectTypeOf<number[]>().not.toExtend<Insertable<Row>['data']>()
    expectTypeOf<{ at: Date }>().not.toExtend<Insertable<Row>['data']>()
  })
})

test('a list is also an array, in the order of the CHECK', () => {
  expect(TRACK_STATUS_VALUES.slice(0, 4)).toEqual(['uploading', 'processing', 'ready', 'failed'])
  expectTypeOf<(typeof TRACK_STATUS_VALUES)[number]>().toEqualTypeOf<TrackStatus>()
})

test('core builds on no other domain', () => {
  expectTypeOf<CoreDatabase>().toEqualTypeOf<CoreTables>()
  expectTypeOf<'users' | 'roles' | 'tracks' | 'playlists' | 'audit_logs'>().toExtend<keyof CoreTables>()
  expectTypeOf<keyof CoreTables & ('user_sessions' | 'track_likes' | 'rooms')>().toEqualTypeOf<never>()
})
