import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replaceFile } from '../src/workspace/replace-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'veza-replace-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the new text stands there, and nothing else', () => {
  const file = join(folder, 'a')
  replaceFile(file, 'old')
  replaceFile(file, 'new')
  expect(readFileSync(file, 'utf8')).toBe('new')
  expect(readdirSync(folder)).toEqual(['a'])
})

test('a link stays a link, and what it points to is replaced', () => {
  writeFileSync(join(folder, 'real'), 'old')
  symlinkSync('real', join(folder, 'link'))
  replaceFile(join(folder, 'link'), 'new')
  expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new')
})

test('where it cannot be replaced, the error is told and nothing is left behind', () => {
  const file = join(folder, 'a-folder')
  mkdirSync(file)
  expect(() => replaceFile(file, 'new')).toThrow()
  expect(readdirSync(folder)).toEqual(['a-folder'])
})
