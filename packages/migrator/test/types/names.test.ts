import { describe, expect, test } from 'vitest'
import { TypeNames } from '../../src/types/names.ts'

describe('names in TypeScript', () => {
  test('a table has the name of its rows in the singular', () => {
    expect(new TypeNames([]).forTable('user_sessions')).toEqual({
      table: 'UserSessionsTable',
      row: 'UserSession',
      insert: 'NewUserSession',
      update: 'UserSessionUpdate',
    })
  })

  test.each([
    ['playback_analytics', 'PlaybackAnalytics'],
    ['track_history', 'TrackHistory'],
    ['hls_transcode_queue', 'HlsTranscodeQueue'],
    ['user_statuses', 'UserStatus'],
    ['categories', 'Category'],
    ['2fa_codes', '_2faCode'],
  ])('a row of %s is a %s', (table, row) => {
    expect(new TypeNames([]).forTable(table).row).toBe(row)
  })

  test('a list is named by its table and column', () => {
    expect(new TypeNames([]).forList('tracks', 'file_format')).toEqual({
      type: 'TrackFileFormat',
      values: 'TRACK_FILE_FORMAT_VALUES',
    })
  })

  test('a list whose name is a table already takes the word of its own table', () => {
    const names = new TypeNames([])
    expect(names.forTable('track_statuses').row).toBe('TrackStatus')
    expect(names.forList('tracks', 'status').type).toBe('TracksStatus')
  })

  test('a table whose singular is taken keeps its plural, and then gets a number', () => {
    const names = new TypeNames(['Timestamp'])
    expect(names.forTable('timestamps').row).toBe('Timestamps')
    expect(names.forTable('Timestamps')).toMatchObject({ table: 'Timestamps2Table', row: 'Timestamp2' })
  })
})
