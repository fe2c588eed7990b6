import {
  bigint,
  boolean,
  dropTables,
  index,
  integer,
  live,
  oneOf,
  references,
  resource,
  sha256,
  text,
  uniqueIndex,
} from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'the versions of a track'

export async function up(db: Kysely<any>): Promise<void> {
  await resource(db, 'track_versions', 'A state of a track with a file of its own: original, edit, remix or master.', {
    columns: {
      track_id: references('tracks', 'cascade').notNull(),
      version_number: integer().notNull().check('version_number >= 1').comment('Counted per track, from 1.'),
      version_type: oneOf('original', 'edit', 'remix', 'master').notNull().default('original'),
      label: text(100),
      changelog: text(),
      file_path: text().notNull(),
      original_filename: text(255),
      file_size: bigint().check('file_size > 0').comment('Size of the file in bytes.'),
      mime_type: text(100),
      checksum: sha256('SHA-256 of the file, in lower-case hex.'),
      duration_seconds: integer().check('duration_seconds > 0').comment('Length in seconds; NULL = not yet known.'),
      bitrate_kbps: integer().check('bitrate_kbps > 0').comment('Bit rate in kilobits per second.'),
      sample_rate: integer().check('sample_rate > 0').comment('Samples per second, in hertz.'),
      is_current: boolean().notNull().default(false).comment('True for the version that is played; one per track.'),
      created_by: references('users', 'set null'),
    },
    unique: [['track_id', 'version_number']],
    indexes: {
      current: uniqueIndex('track_id').where(`is_current AND ${live}`),
      created_by: index('created_by'),
    },
  })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'track_versions')
}
