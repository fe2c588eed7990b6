/** What a terminal would obey is shown as an escape, wherever it comes from. */
import { describe, expect, test } from 'vitest'
import { bulleted } from '../src/errors.ts'
import { printableJson, printableLine, printableLines } from '../src/printable.ts'

describe('a character that a terminal obeys is an escape', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
    ['\u009b31m', '\\x9b31m'],
    ['over\rwritten', 'over\\x0dwritten'],
    ['back\b', 'back\\x08'],
    ['\u0000\u007f', '\\x00\\x7f'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u2066isolated\u2069', '\\u2066isolated\\u2069'],
    ['one\u2028two', 'one\\u2028two'],
  ])('%j', (text, shown) => {
    expect(printableLine(text)).toBe(shown)
    expect(printableLines(text)).toBe(shown)
  })

  test('and letters of any language, emoji and tabs are what they are', () => {
    const text = 'Ä é 漢字 عربي עברית 🎵\t|'
    expect(printableLine(text)).toBe(text)
  })
})

test('a line feed belongs to a text of several lines, and is an escape in one line', () => {
  expect(printableLines('one\ntwo')).toBe('one\ntwo')
  expect(printableLine('one\nerror  two')).toBe('one\\nerror  two')
  expect(bulleted(['table a\nb'])).toBe('  - table a\\nb')
})

test('JSON has them as its own escapes, so that it is read back as it was', () => {
  const value = { name: 'a\u001b\u009b\u007f\u202e\u2028\n\t漢' }
  const json = printableJson(value)
  expect(json).toBe('{\n  "name": "a\\u001b\\u009b\\u007f\\u202e\\u2028\\n\\t漢"\n}')
  expect(JSON.parse(json)).toEqual(value)
})
