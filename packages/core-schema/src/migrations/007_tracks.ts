import type { Kysely } from 'kysely'
import {
  bigint,
  boolean,
  dropTables,
  index,
  integer,
  live,
  numeric,
  oneOf,
  references,
  resource,
  smallint,
  text,
  textArray,
} from '../conventions/index.ts'

export const about = 'tracks: the audio that users upload'

const formats = oneOf('mp3', 'wav', 'flac', 'ogg', 'm4a', 'aac', 'aiff', 'opus')
const licenses = oneOf(
  'All Rights Reserved',
  'Creative Commons BY',
  'Creative Commons BY-SA',
  'Creative Commons BY-NC',
  'Public Domain',
)
const counter = bigint().notNull().default(0)
const publicAndLive = `is_public AND ${live}`

export async function up(db: Kysely<any>): Promise<void> {
  await resource(db, 'tracks', 'A piece of audio that a user uploaded.', {
    columns: {
      uploader_id: references('users', 'cascade').notNull(),
      title: text(200).notNull().check('char_length(btrim(title)) >= 1'),
      artist: text(100).notNull().check('char_length(btrim(artist)) >= 1'),
      album: text(255),
      genre: text(50),
      description: text(2000),
      tags: textArray().notNull().default('{}').check('cardinality(tags) <= 10'),
      duration_seconds: integer().check('duration_seconds > 0').comment('Length in seconds; NULL = not yet known.'),
      file_path: text().notNull(),
      original_filename: text(255),
      file_size: bigint().check('file_size > 0').comment('Size of the file in bytes.'),
      mime_type: text(100),
      file_format: formats,
      bitrate_kbps: integer().check('bitrate_kbps > 0').comment('Bit rate in kilobits per second.'),
      sample_rate: integer().check('sample_rate > 0').comment('Samples per second, in hertz.'),
      channels: smallint().check('channels > 0').comment('Number of audio channels: 1 = mono, 2 = stereo.'),
      bpm: numeric(5, 2).check('bpm BETWEEN 40 AND 300').comment('Tempo in beats per minute.'),
      musical_key: text().check(`musical_key ~ '^[A-G][#b]?m?$'`).comment('Tonic with # or b, m for minor: F#m, Bb.'),
      license: licenses.notNull().default('All Rights Reserved'),
      cover_url: text(),
      waveform_url: text(),
      is_public: boolean().notNull().default(true),
      is_downloadable: boolean().notNull().default(false),
      is_explicit: boolean().notNull().default(false),
      status: oneOf('uploading', 'processing', 'ready', 'failed').notNull().default('uploading'),
      play_count: counter.check('play_count >= 0'),
      like_count: counter.check('like_count >= 0'),
      share_count: counter.check('share_count >= 0'),
      comment_count: counter.check('comment_count >= 0'),
      download_count: counter.check('download_count >= 0'),
    },
    indexes: {
      uploader_id: index('uploader_id', 'created_at desc'),
      public_recent: index('created_at desc').where(publicAndLive),
      popularity: index('play_count desc', 'created_at desc').where(publicAndLive),
      genre_bpm: index('genre', 'bpm').where(publicAndLive),
      tags: index('tags').using('gin'),
      search: index(`to_tsvector('simple', title || ' ' || artist)`).using('gin').where(live),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'tracks')
}
