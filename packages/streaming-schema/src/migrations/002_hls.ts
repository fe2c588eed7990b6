import {
  bigint,
  currentTimestamp,
  dropTables,
  index,
  integer,
  numeric,
  oneOf,
  record,
  references,
  smallint,
  text,
  timestamptz,
  uniqueIndex,
} from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'HLS streams and the queue of the transcoder that makes them'

const quality = oneOf('lossless', 'high', 'medium', 'low', 'mobile')

export async function up(db: Kysely<any>): Promise<void> {
  await record(db, 'hls_streams', 'A track in one quality, cut into segments for HTTP live streaming.', {
    columns: {
      track_id: references('tracks', 'cascade').notNull(),
      quality: quality.notNull(),
      codec: oneOf('mp3', 'aac', 'opus', 'flac', 'ogg', 'wav').notNull(),
      bitrate_kbps: integer().notNull().check('bitrate_kbps > 0').comment('Bit rate in kilobits per second.'),
      bandwidth_kbps: integer()
        .check('bandwidth_kbps > 0')
        .comment('Peak bandwidth that the playlist announces, in kilobits per second.'),
      sample_rate: integer().check('sample_rate > 0').comment('Samples per second, in hertz.'),
      channels: smallint().check('channels > 0').comment('Number of audio channels: 1 = mono, 2 = stereo.'),
      playlist_path: text(),
      target_duration_seconds: integer()
        .notNull()
        .default(10)
        .check('target_duration_seconds > 0')
        .comment('Longest segment in seconds (EXT-X-TARGETDURATION).'),
      segment_count: integer().notNull().default(0).check('segment_count >= 0'),
      total_size_bytes: bigint().check('total_size_bytes >= 0').comment('Size of all segments together, in bytes.'),
      status: oneOf('pending', 'processing', 'ready', 'failed').notNull().default('pending'),
      error_message: text(),
      ready_at: timestamptz(),
    },
    unique: [['track_id', 'quality']],
    checks: { ready: `status <> 'ready' OR playlist_path IS NOT NULL` },
    indexes: { status: index('status').where(`status IN ('pending', 'processing', 'failed')`) },
  })

  await record(db, 'hls_transcode_queue', 'A transcoding job: which track, in which quality, how far.', {
    columns: {
      track_id: references('tracks', 'cascade').notNull(),
      requested_by: references('users', 'set null'),
      quality: quality.comment('NULL = every quality.'),
      priority: smallint()
        .notNull()
        .default(5)
        .check('priority BETWEEN 1 AND 10')
        .comment('From 1 to 10; the highest is taken first.'),
      status: oneOf('pending', 'processing', 'completed', 'failed', 'cancelled').notNull().default('pending'),
      progress_percent: numeric(5, 2)
        .notNull()
        .default(0)
        .check('progress_percent BETWEEN 0 AND 100')
        .comment('Done, in percent from 0 to 100.'),
      retry_count: integer().notNull().default(0).check('retry_count >= 0'),
      max_retries: integer().notNull().default(3).check('max_retries >= 0'),
      available_at: timestamptz().notNull().default(currentTimestamp).comment('Not taken before this instant.'),
      locked_by: text(100).comment('The worker that has the job.'),
      locked_at: timestamptz(),
      started_at: timestamptz(),
      completed_at: timestamptz().check('completed_at >= started_at'),
      error_message: text(),
    },
    indexes: {
      claim: index('priority desc', 'available_at').where(`status = 'pending'`),
      live: uniqueIndex('track_id', `coalesce(quality, '')`).where(`status IN ('pending', 'processing')`),
      track_id: index('track_id'),
      requested_by: index('requested_by'),
      locked_at: index('locked_at').where(`status = 'processing'`),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'hls_transcode_queue', 'hls_streams')
}
