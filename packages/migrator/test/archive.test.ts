import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand, startCommand } from './command.ts'

let folder: string
let from: string
let to: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'veza-archive-'))
  from = join(folder, 'migrations')
  to = join(folder, 'archive')
  mkdirSync(from)
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (files: Readonly<Record<string, string>>, where = from) => {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(where, name), content)
}
const archive = (...args: string[]) => runCommand(['archive', '--from', from, '--to', to, ...args])
const hash = (content: string) => createHash('sha256').update(content).digest('hex')
const manifest = () => JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8'))

const LEGACY = {
  '001_users.sql': '-- The users.\ncreate table users ();',
  '002_roles.up.sql': '/* Roles. */ create table roles ();',
  '002_roles.down.sql': 'drop table roles;',
  '004_tracks.sql': 'create table tracks ();',
  '004_playlists.sql': '------\n\n-- Playlists.\ncreate table playlists ();',
  '010_rooms.up.sql': '',
}

test('moves numbered files, pairs and single ones, and lists them in their order with hash and first comment', async () => {
  write({ ...LEGACY, 'README.md': 'Notes.' })
  const { exitCode } = await archive()
  expect(exitCode).toBe(0)
  expect(readdirSync(from)).toEqual(['README.md'])
  for (const [name, content] of Object.entries(LEGACY)) expect(readFileSync(join(to, name), 'utf8')).toBe(content)
  expect(
    manifest().files.map(({ order, name, about }: { order: number; name: string; about: string | null }) => [
      order,
      name,
      about,
    ]),
  ).toEqual([
    [1, '001_users.sql', 'The users.'],
    [2, '002_roles.up.sql', 'Roles.'],
    [3, '002_roles.down.sql', null],
    [4, '004_playlists.sql', 'Playlists.'],
    [5, '004_tracks.sql', null],
    [6, '010_rooms.up.sql', null],
  ])
  expect(manifest().files[0]).toMatchObject({ sha256: hash(LEGACY['001_users.sql']), number: 1, direction: 'single' })
})

test('notes numbers that are used twice, that are missing, and halves without the other', async () => {
  write(LEGACY)
  const { stdout } = await archive()
  expect(manifest()).toMatchObject({
    duplicates: [{ number: 4, titles: ['playlists', 'tracks'] }],
    gaps: [3, 5, 6, 7, 8, 9],
    unpaired: ['010_rooms.up.sql'],
  })
  expect(stdout).toContain('number 4 is used twice: playlists, tracks')
  expect(stdout).toContain('numbers that no file has: 3, 5, 6, 7, 8, 9')
})

test('--dry-run shows it and touches nothing', async () => {
  write(LEGACY)
  const { stdout, exitCode } = await archive('--dry-run')
  expect(exitCode).toBe(0)
  expect(stdout).toContain('6 files would go to')
  expect(existsSync(to)).toBe(false)
  expect(readdirSync(from).sort()).toEqual(Object.keys(LEGACY).sort())
})

describe('refuses', () => {
  test('when a file of the same name is there, and moves none', async () => {
    write(LEGACY)
    mkdirSync(to)
    write({ '001_users.sql': LEGACY['001_users.sql'] }, to)
    const { exitCode, stderr } = await archive()
    expect(exitCode).toBe(2)
    expect(stderr).toContain('- 001_users.sql')
    expect(readdirSync(from)).toHaveLength(6)
    expect(readdirSync(to)).toEqual(['001_users.sql'])
  })

  test('a folder without numbered files, one that is not there, and one into itself', async () => {
    write({ 'notes.sql': '' })
    expect((await archive()).stderr).toContain('holds no numbered SQL migration')
    expect((await runCommand(['archive', '--from', join(folder, 'none'), '--to', to])).stderr).toContain(
      'does not exist',
    )
    expect((await runCommand(['archive', '--from', from, '--to', from])).stderr).toContain('are the same folder')
  })
})

test('a second batch joins the manifest of the first', async () => {
  write({ '001_users.sql': 'a' })
  await archive()
  write({ '002_roles.sql': 'b' })
  expect((await archive()).exitCode).toBe(0)
  expect(manifest().files.map(({ name }: { name: string }) => name)).toEqual(['001_users.sql', '002_roles.sql'])
  expect(manifest().gaps).toEqual([])
})

test('a run that is killed half-way loses nothing, and the next one finishes it', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [
      `${String(index + 1).padStart(3, '0')}_step.sql`,
      `-- Step ${index}.\n`,
    ]),
  )
  write(files)
  mkdirSync(to)
  const { child, finished } = startCommand(['archive', '--from', from, '--to', to])
  const watcher = watch(to, (_event, name) => {
    if (name !== null && /^0[2-9]\d_step\.sql$/.test(name)) child.kill('SIGKILL')
  })
  await finished
  watcher.close()
  const there = (name: string) =>
    [from, to].some((place) => existsSync(join(place, name)) && readFileSync(join(place, name), 'utf8') === files[name])
  expect(Object.keys(files).filter((name) => !there(name))).toEqual([])

  expect((await archive()).exitCode).toBe(0)
  expect(readdirSync(from)).toEqual([])
  expect(manifest().files).toHaveLength(400)
  for (const [name, content] of Object.entries(files)) expect(readFileSync(join(to, name), 'utf8')).toBe(content)
})
