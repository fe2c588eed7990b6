/** Three event tables: no unique constraint but the primary key, and nothing references them, so that they can be partitioned. */
import {
  appendOnly,
  bigint,
  boolean,
  currentTimestamp,
  dropTables,
  index,
  inet,
  integer,
  jsonb,
  numeric,
  oneOf,
  record,
  references,
  text,
  timestamptz,
  uuid,
} from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'what is played: playback analytics, bit rate adaptations, plays'

const connection = oneOf('wifi', 'ethernet', 'cellular_4g', 'cellular_3g', 'cellular_2g', 'unknown')
const counter = integer().notNull().default(0)
const playbackId = uuid().comment('The row of playback_analytics it belongs to: no foreign key between event tables.')

export async function up(db: Kysely<any>): Promise<void> {
  await record(db, 'playback_analytics', 'One playback of a track, from start to end, with what happened on the way.', {
    columns: {
      track_id: references('tracks', 'cascade').notNull(),
      user_id: references('users', 'set null'),
      started_at: timestamptz().notNull().default(currentTimestamp),
      ended_at: timestamptz().check('ended_at >= started_at').comment('NULL = still open.'),
      played_ms: bigint().notNull().default(0).check('played_ms >= 0').comment('Time listened, in milliseconds.'),
      total_duration_ms: bigint()
        .check('total_duration_ms > 0')
        .comment('Length of the track when it was played, in milliseconds.'),
      completion_percent: numeric(5, 2)
        .notNull()
        .default(0)
        .check('completion_percent BETWEEN 0 AND 100')
        .comment('Share of the track that was played, in percent from 0 to 100.'),
      completed: boolean().notNull().default(false),
      skipped: boolean().notNull().default(false),
      skip_reason: oneOf('user_skip', 'network_error', 'quality_issue', 'timeout', 'other'),
      pause_count: counter.check('pause_count >= 0'),
      seek_count: counter.check('seek_count >= 0'),
      buffer_events: counter.check('buffer_events >= 0').comment('How often playback stood still to fill its buffer.'),
      buffer_ms: bigint()
        .notNull()
        .default(0)
        .check('buffer_ms >= 0')
        .comment('Time that playback stood still to fill its buffer, in milliseconds.'),
      quality_changes: counter.check('quality_changes >= 0'),
      bytes_transferred: bigint()
        .notNull()
        .default(0)
        .check('bytes_transferred >= 0')
        .comment('Bytes that the client has loaded.'),
      quality: text(20),
      platform: oneOf('web', 'mobile', 'desktop', 'embedded', 'unknown').notNull().default('unknown'),
      device_type: oneOf('desktop', 'mobile', 'tablet', 'smart_speaker', 'car_audio', 'unknown')
        .notNull()
        .default('unknown'),
      connection_type: connection.notNull().default('unknown'),
      country: text().check(`country ~ '^[A-Z]{2}$'`).comment('ISO 3166-1 country code of two letters.'),
      region: text(100),
      city: text(100),
      client_ip: inet(),
      user_agent: text(),
      referrer: text(),
      metadata: jsonb('JSON object: what else the client reports.').notNull().default('{}'),
    },
    indexes: {
      track_started: index('track_id', 'started_at desc'),
      user_started: index('user_id', 'started_at desc'),
      started_at: index('started_at'),
      open: index('updated_at').where('ended_at IS NULL'),
    },
  })

  await appendOnly(db, 'bitrate_adaptation_logs', 'A change of bit rate during a playback, and why.', {
    columns: {
      playback_id: playbackId,
      track_id: references('tracks', 'cascade').notNull(),
      user_id: references('users', 'set null'),
      from_quality: text(20),
      to_quality: text(20),
      from_bitrate_kbps: integer()
        .check('from_bitrate_kbps > 0')
        .comment('Bit rate before, in kilobits per second; NULL = the first one.'),
      to_bitrate_kbps: integer()
        .notNull()
        .check('to_bitrate_kbps > 0')
        .comment('Bit rate after, in kilobits per second.'),
      reason: oneOf(
        'initial',
        'bandwidth_drop',
        'bandwidth_rise',
        'buffer_low',
        'packet_loss',
        'user_selected',
      ).notNull(),
      bandwidth_kbps: integer()
        .check('bandwidth_kbps >= 0')
        .comment('Bandwidth that the client measured, in kilobits per second.'),
      buffer_ms: integer().check('buffer_ms >= 0').comment('Audio in the buffer, in milliseconds.'),
      packet_loss_percent: numeric(5, 2)
        .check('packet_loss_percent BETWEEN 0 AND 100')
        .comment('Packets lost, in percent from 0 to 100.'),
      latency_ms: integer().check('latency_ms >= 0').comment('Round trip to the server, in milliseconds.'),
      connection_type: connection,
    },
    indexes: {
      playback: index('playback_id', 'created_at'),
      track: index('track_id', 'created_at desc'),
      user: index('user_id', 'created_at desc'),
      created_at: index('created_at'),
    },
  })

  await appendOnly(db, 'track_plays', 'A play that counts.', {
    columns: {
      track_id: references('tracks', 'cascade').notNull(),
      user_id: references('users', 'set null'),
      playback_id: playbackId,
      playlist_id: references('playlists', 'set null'),
      source: oneOf(
        'player',
        'track_page',
        'playlist',
        'feed',
        'search',
        'embed',
        'autoplay',
        'recommendation',
        'radio',
      ),
      played_at: timestamptz().notNull().default(currentTimestamp),
      duration_listened_seconds: counter.check('duration_listened_seconds >= 0').comment('Time listened, in seconds.'),
      completed: boolean().notNull().default(false),
      ip_address: inet(),
      user_agent: text(),
    },
    indexes: {
      track_played: index('track_id', 'played_at desc'),
      user_played: index('user_id', 'played_at desc'),
      playback_id: index('playback_id'),
      playlist_id: index('playlist_id'),
      played_at: index('played_at'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'track_plays', 'bitrate_adaptation_logs', 'playback_analytics')
}
