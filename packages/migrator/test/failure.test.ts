import { describe, expect, test } from 'vitest'
import { excerpt } from '../src/run/failure.ts'

describe('the excerpt of a failed statement', () => {
  test('marks the place', () => {
    const sql = 'create table a (\n  id int,\n  name txt\n)'
    expect(excerpt(sql, sql.indexOf('txt') + 1)).toMatchInlineSnapshot(`
      "  create table a (
          id int,
          name txt
               ^
        )"
    `)
  })

  test('marks the first and the last character', () => {
    expect(excerpt('select 1', 1)).toBe('  select 1\n  ^')
    expect(excerpt('select 1', 9)).toBe('  select 1\n          ^')
  })

  test('shows three lines on both sides', () => {
    const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`)
    expect(excerpt(lines.join('\n'), lines.slice(0, 10).join('\n').length + 2)).toMatchInlineSnapshot(`
      "  line 7
        line 8
        line 9
        line 10
        ^
        line 11
        line 12
        line 13"
    `)
  })

  test('shows the beginning where the place is not known', () => {
    expect(excerpt('a\nb\nc\nd\ne\nf', 0)).toBe('  a\n  b\n  c\n  d')
  })

  test('cuts a long line around the mark, which stands under its character', () => {
    const sql = `${'x'.repeat(500)}!${'y'.repeat(500)}`
    const [line, mark] = excerpt(sql, 501).split('\n') as [string, string]
    expect(line[mark.indexOf('^')]).toBe('!')
    expect(line.length).toBeLessThan(180)
    expect(line).toMatch(/^ {2}\.\.\.x+!y+\.\.\.$/)
  })

  test('counts characters as the server does: one for what JavaScript holds in two', () => {
    // PostgreSQL counts code points.
    const sql = "-- 🎵🎵🎵\nselect '🎵', wrong"
    const [, line, mark] = excerpt(sql, [...sql].indexOf('w') + 1).split('\n') as [string, string, string]
    expect([...line][mark.indexOf('^')]).toBe('w')
  })
})
