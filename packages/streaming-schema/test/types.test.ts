/** What streaming's types say, and how they compose with those of core. Checked by `tsc`. */
import type { CoreDatabase } from '@veza/core-schema'
import type { JsonValue } from '@veza/core-schema/column-types'
import {
  HLS_STREAM_QUALITY_VALUES,
  type HlsStream,
  type HlsTranscodeQueue,
  type NewHlsStream,
  type NewPlaybackAnalytics,
  type NewTrackComment,
  type PlaybackAnalytics,
  type StreamingDatabase,
  type StreamingTables,
  type TrackHistory,
} from '@veza/streaming-schema'
import type { Kysely } from 'kysely'
import { expect, expectTypeOf, test } from 'vitest'

test('streaming owns its tables and sees those of core', () => {
  expectTypeOf<'hls_streams' | 'track_plays' | 'track_likes'>().toExtend<keyof StreamingTables>()
  expectTypeOf<keyof StreamingTables & keyof CoreDatabase>().toEqualTypeOf<never>()
  expectTypeOf<StreamingDatabase>().toExtend<StreamingTables & CoreDatabase>()
})

test('a column with a default may be left out, one without may not', () => {
  expectTypeOf<{ track_id: string; quality: 'high'; codec: 'aac'; bitrate_kbps: number }>().toExtend<NewHlsStream>()
  expectTypeOf<{ track_id: string; quality: 'high'; codec: 'aac' }>().not.toExtend<NewHlsStream>()
  expectTypeOf<{
    track_id: string
    quality: 'nonsense'
    codec: 'aac'
    bitrate_kbps: number
  }>().not.toExtend<NewHlsStream>()
  expectTypeOf<{ track_id: string }>().toExtend<NewPlaybackAnalytics>()
  expectTypeOf<{ track_id: string; user_id: string; content: string }>().toExtend<NewTrackComment>()
})

test('the same list is null where its column may be', () => {
  expectTypeOf<'lossless' | 'high' | 'mobile'>().toExtend<HlsStream['quality']>()
  expectTypeOf<string>().not.toExtend<HlsStream['quality']>()
  expectTypeOf<'lossless' | 'high' | 'mobile' | null>().toExtend<HlsTranscodeQueue['quality']>()
  expect(HLS_STREAM_QUALITY_VALUES).toEqual(expect.arrayContaining(['lossless', 'high', 'mobile']))
})

test('counters and measures are strings, JSON may be any value', () => {
  expectTypeOf<PlaybackAnalytics['played_ms']>().toEqualTypeOf<string>()
  expectTypeOf<PlaybackAnalytics['completion_percent']>().toEqualTypeOf<string>()
  expectTypeOf<TrackHistory['old_value']>().toEqualTypeOf<JsonValue | null>()
})

test('a comment is joined with its author', () => {
  const comments = (db: Kysely<StreamingDatabase>) =>
    db
      .selectFrom('track_comments')
      .innerJoin('users', 'users.id', 'track_comments.user_id')
      .select(['content', 'username'])
  expectTypeOf(comments).returns.toHaveProperty('execute')
  // @ts-expect-error: a session is of auth
  const sessions = (db: Kysely<StreamingDatabase>) => db.selectFrom('user_sessions')
  expectTypeOf(sessions).parameter(0).toEqualTypeOf<Kysely<StreamingDatabase>>()
})
