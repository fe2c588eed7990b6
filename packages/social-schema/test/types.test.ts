/** What social's types say, and how they compose with those of core. Checked by `tsc`. */
import type { CoreDatabase } from '@veza/core-schema'
import {
  type NewPlaylistCollaborator,
  type NewRoom,
  PLAYLIST_COLLABORATOR_STATUS_VALUES,
  type PlaylistCollaborator,
  type Room,
  type SocialDatabase,
  type SocialTables,
} from '@veza/social-schema'
import type { Kysely } from 'kysely'
import { expect, expectTypeOf, test } from 'vitest'

test('social owns its tables and sees those of core', () => {
  expectTypeOf<'playlist_collaborators' | 'rooms'>().toExtend<keyof SocialTables>()
  expectTypeOf<keyof SocialTables & keyof CoreDatabase>().toEqualTypeOf<never>()
  expectTypeOf<SocialDatabase>().toExtend<SocialTables & CoreDatabase>()
})

test('a collaborator is pending with write permission unless said otherwise', () => {
  expectTypeOf<{ playlist_id: string; user_id: string }>().toExtend<NewPlaylistCollaborator>()
  expectTypeOf<{ playlist_id: string; user_id: string; status: 'nonsense' }>().not.toExtend<NewPlaylistCollaborator>()
  expectTypeOf<'read' | 'write' | 'admin'>().toExtend<PlaylistCollaborator['permission']>()
  expectTypeOf<string>().not.toExtend<PlaylistCollaborator['permission']>()
  expect(PLAYLIST_COLLABORATOR_STATUS_VALUES).toContain('pending')
})

test('a room needs a name, and may have lost its creator', () => {
  expectTypeOf<{ name: string }>().toExtend<NewRoom>()
  expectTypeOf<Record<never, never>>().not.toExtend<NewRoom>()
  expectTypeOf<Room['creator_id']>().toEqualTypeOf<string | null>()
})

test('a follow is joined with its playlist and its user', () => {
  const followers = (db: Kysely<SocialDatabase>) =>
    db
      .selectFrom('playlist_follows')
      .innerJoin('playlists', 'playlists.id', 'playlist_follows.playlist_id')
      .innerJoin('users', 'users.id', 'playlist_follows.user_id')
      .select(['playlists.name', 'users.username'])
      .execute()
  expectTypeOf<Awaited<ReturnType<typeof followers>>[number]>().toEqualTypeOf<{ name: string; username: string }>()
})
