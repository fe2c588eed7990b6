import { createHash } from 'node:crypto'
import fs, {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { archive as move, planArchive } from '../src/archive/archive.ts'
import { runCommand, startCommand } from './command.ts'

let folder: string
let from: string
let to: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'veza-archive-')))
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
    duplicates: [{ scheme: 'number', number: 4, version: '004', titles: ['playlists', 'tracks'] }],
    gaps: [3, 5, 6, 7, 8, 9],
    gapRanges: [
      { scheme: 'number', from: 3, to: 3 },
      { scheme: 'number', from: 5, to: 9 },
    ],
    unpaired: ['010_rooms.up.sql'],
  })
  expect(stdout).toContain('number 4 is used twice: playlists, tracks')
  expect(stdout).toContain('numbers that no file has: 3, 5 to 9\n')
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
    expect((await archive()).stderr).toContain('has no SQL migration in it whose name follows a known scheme')
    expect((await runCommand(['archive', '--from', join(folder, 'none'), '--to', to])).stderr).toContain(
      'does not exist',
    )
    expect((await runCommand(['archive', '--from', from, '--to', from])).stderr).toContain('are the same folder')
  })
})

describe('never takes one folder for two', () => {
  const stays = () => expect(readdirSync(from).sort()).toEqual(Object.keys(LEGACY).sort())

  test('a link to the source, and a way round to it', async () => {
    write(LEGACY)
    symlinkSync(from, to)
    const { exitCode, stderr } = await archive()
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('are the same folder')])
    stays()
    symlinkSync(folder, join(folder, 'around'))
    const around = join(folder, 'around', 'migrations')
    expect((await runCommand(['archive', '--from', from, '--to', around])).exitCode).toBe(2)
    stays()
  })

  test('one inside the other, there or not yet, by a link or not', async () => {
    write(LEGACY)
    symlinkSync(from, join(folder, 'link'))
    for (const inner of [join(from, 'legacy'), join(folder, 'link', 'a', 'b')]) {
      const { exitCode, stderr } = await runCommand(['archive', '--from', from, '--to', inner])
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('is inside')])
    }
    expect((await runCommand(['archive', '--from', from, '--to', folder])).stderr).toContain('is inside')
    stays()
  })

  test('a file that is the same under both names is not removed', () => {
    write({ '001_users.sql': 'a' })
    const plan = planArchive({ from, to })
    mkdirSync(to)
    linkSync(join(from, '001_users.sql'), join(to, '001_users.sql'))
    expect(() => move(plan)).toThrow('but the same file; nothing was removed')
    expect(readFileSync(join(from, '001_users.sql'), 'utf8')).toBe('a')
    rmSync(join(to, '001_users.sql'))
    symlinkSync(join(from, '001_users.sql'), join(to, '001_users.sql'))
    expect(() => move(plan)).toThrow('but the same file; nothing was removed')
    expect(readFileSync(join(from, '001_users.sql'), 'utf8')).toBe('a')
  })
})

test('refuses files where folders are meant', async () => {
  write({ '001_users.sql': 'a' })
  const file = join(from, '001_users.sql')
  const dangling = join(folder, 'dangling')
  symlinkSync(join(folder, 'nothing'), dangling)
  const cases = [
    [from, join(dangling, 'below'), 'is a link whose target does not exist'],
    [file, to, 'is not a folder'],
    [from, file, 'is a file'],
    [from, join(file, 'below'), 'is a file'],
  ] as const
  for (const [source, target, says] of cases) {
    const { exitCode, stderr } = await runCommand(['archive', '--from', source, '--to', target])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(says)])
  }
  expect(readFileSync(file, 'utf8')).toBe('a')
})

test.each([
  ['no JSON', '{', 'cannot be read as JSON'],
  ['another shape', '{"version":1,"name":"an app"}', 'does not list archived files'],
  ['other files', '{"version":1,"files":[{"name":"a"}]}', 'does not list archived files'],
  ['another version', '{"version":2,"files":[]}', 'has no "version": 1'],
  ['no version', '{"files":[]}', 'has no "version": 1'],
  ['a list', '[]', 'does not list archived files'],
])('a manifest.json that is not ours stays as it is: %s', async (_what, content, says) => {
  write({ '001_users.sql': 'a' })
  mkdirSync(to)
  write({ 'manifest.json': content }, to)
  const { exitCode, stderr } = await archive()
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(says)])
  expect(readFileSync(join(to, 'manifest.json'), 'utf8')).toBe(content)
  expect(readdirSync(from)).toEqual(['001_users.sql'])
})

test('every folder that it makes is synced, and the one above it', () => {
  write({ '001_users.sql': 'a' })
  const deep = join(folder, 'a', 'b')
  const names = new Map<number, string>()
  const synced: string[] = []
  const open = fs.openSync
  const sync = fs.fsyncSync
  vi.spyOn(fs, 'openSync').mockImplementation((path, ...rest) => {
    const handle = open(path, ...rest)
    names.set(handle, String(path))
    return handle
  })
  vi.spyOn(fs, 'fsyncSync').mockImplementation((handle) => {
    synced.push(names.get(handle)!)
    sync(handle)
  })
  syncBuiltinESMExports()
  try {
    move(planArchive({ from, to: deep }))
  } finally {
    vi.restoreAllMocks()
    syncBuiltinESMExports()
  }
  expect(synced.slice(0, 3)).toEqual([deep, join(folder, 'a'), folder])
})

test('counts what it moved: a file that changed since the plan stays', () => {
  write({ '001_users.sql': 'a', '002_roles.sql': 'b' })
  const plan = planArchive({ from, to })
  write({ '002_roles.sql': 'changed' })
  expect(move(plan)).toEqual(['001_users.sql'])
  expect(readdirSync(from)).toEqual(['002_roles.sql'])
  expect(move(planArchive({ from, to }))).toEqual(['002_roles.sql'])
  expect(readFileSync(join(to, '002_roles.sql'), 'utf8')).toBe('changed')
})

test('one number in two spellings is a number that is used twice', async () => {
  write({ '001_users.sql': 'a', '01_users.sql': 'b' })
  await archive()
  expect(manifest().duplicates).toEqual([{ scheme: 'number', number: 1, version: '001', titles: ['users', 'users'] }])
})

test('a gap too long to list is a jump, and dates have none', async () => {
  write({
    '3_users.sql': 'a',
    '2000_roles.sql': 'b',
    '2002_rooms.sql': 'c',
    '20240101_x.sql': 'd',
    '20250101_y.sql': 'e',
  })
  const { stdout } = await archive()
  expect(manifest()).toMatchObject({ gaps: [2001], jumps: [{ after: 3, before: 2000 }] })
  expect(stdout).toContain('numbers jump from 3 to 2000')
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
