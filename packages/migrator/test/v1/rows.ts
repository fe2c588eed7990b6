/**
 * A row for every table: the columns that have to be given by hand. Foreign keys are filled in with new rows of their own, so that
 * no two references of a row lead to the same one.
 */
import type { Client } from 'pg'
import { spec } from './parse-spec.ts'

export type Row = Readonly<Record<string, unknown>>

const TABLES = new Map(spec.tables.map((table) => [table.name, table]))

/** `n` is another number in each call. Optional columns stand here where a condition over several columns asks for them. */
const ownValues: Readonly<Record<string, (n: number) => Row>> = {
  users: (n) => ({ username: `user_${n}`, email: `user_${n}@example.org` }),
  user_preferences: () => ({}),
  roles: (n) => ({ code: `role_${n}`, name: 'Role' }),
  permissions: (n) => ({ resource: `resource_${n}`, action: 'read' }),
  role_permissions: () => ({}),
  user_roles: () => ({}),
  audit_logs: () => ({ action: 'login' }),
  tracks: () => ({ title: 'Title', artist: 'Artist', file_path: 'a/track.flac' }),
  playlists: () => ({ name: 'Playlist' }),
  playlist_tracks: () => ({ position: 0 }),
  user_sessions: (n) => ({ token_hash: sha256(n), expires_at: '2999-01-01', revoked_at: '2998-01-01' }),
  refresh_tokens: (n) => ({ token_hash: sha256(n), expires_at: '2999-01-01' }),
  password_reset_tokens: (n) => ({ token_hash: sha256(n), expires_at: '2999-01-01' }),
  email_verification_tokens: (n) => ({ token_hash: sha256(n), expires_at: '2999-01-01', email: 'a@example.org' }),
  track_versions: () => ({ version_number: 1, file_path: 'a/track.flac' }),
  hls_streams: () => ({ quality: 'high', codec: 'aac', bitrate_kbps: 256, playlist_path: 'a/high.m3u8' }),
  hls_transcode_queue: () => ({ started_at: '2025-01-02' }),
  playback_analytics: () => ({ started_at: '2025-01-02' }),
  bitrate_adaptation_logs: () => ({ to_bitrate_kbps: 128, reason: 'bandwidth_drop' }),
  track_plays: () => ({}),
  track_history: () => ({ action: 'created' }),
  track_likes: () => ({}),
  track_comments: () => ({ content: 'Nice.' }),
  track_shares: (n) => ({ channel: 'repost', share_token: `token_${n}`.padEnd(22, '-') }),
  playlist_collaborators: () => ({}),
  playlist_follows: () => ({}),
  rooms: (n) => ({ name: `Room ${n}` }),
}

let last = 0

/** Inserts a row with these values above its own and answers it whole. References to its own table stay NULL unless given. */
export async function insertRow(client: Client, name: string, values: Row = {}): Promise<Record<string, any>> {
  const table = TABLES.get(name)
  const own = ownValues[name]
  if (table === undefined || own === undefined) throw new Error(`rows.ts has no row for the table ${name}`)
  const row: Record<string, unknown> = { ...own(++last), ...values }
  for (const { name: column, references } of table.columns) {
    if (references === undefined || references.table === name || column in row) continue
    row[column] = (await insertRow(client, references.table)).id
  }
  const columns = Object.keys(row)
  const places = columns.map((_, at) => `$${at + 1}`)
  const text =
    columns.length === 0
      ? `insert into ${name} default values returning *`
      : `insert into ${name} (${columns.join(', ')}) values (${places.join(', ')}) returning *`
  return (await client.query(text, Object.values(row))).rows[0]
}

const sha256 = (n: number) => n.toString(16).padStart(64, '0')
