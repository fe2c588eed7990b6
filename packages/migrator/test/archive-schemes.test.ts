/** The naming schemes of other tools, in real folders: what `archive` makes of each. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { archive as move, planArchive } from '../src/archive/archive.ts'
import { archiveReport } from '../src/archive/report.ts'
import { plainPaint } from '../src/report/output.ts'

let folder: string
let from: string
let to: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'veza-schemes-')))
  from = join(folder, 'migrations')
  to = join(folder, 'archive')
  mkdirSync(from)
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Each file has its own name as its content. */
function write(names: readonly string[], where = from): void {
  for (const name of names) {
    mkdirSync(dirname(join(where, name)), { recursive: true })
    writeFileSync(join(where, name), `-- ${name}`)
  }
}

const treeOf = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()

/** Archives `names`, asserts that each of `moved` arrived whole, and returns the manifest. */
function archived(names: readonly string[], moved = names) {
  write(names)
  const plan = planArchive({ from, to })
  expect(move(plan).sort()).toEqual([...moved].sort())
  for (const name of moved) expect(readFileSync(join(to, name), 'utf8')).toBe(`-- ${name}`)
  expect(treeOf(to)).toEqual(['manifest.json', ...moved].sort())
  expect(treeOf(from)).toEqual(names.filter((name) => !moved.includes(name)).sort())
  const { schemes, duplicates, gapRanges, gaps, jumps, unpaired, files } = plan.manifest
  expect(JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8'))).toEqual(plan.manifest)
  return {
    schemes: schemes.map((one) => `${one.files} ${one.scheme}`),
    order: files.map(({ name }) => name),
    duplicates: duplicates.map((one) => `${one.version}: ${one.titles.join(', ')}`),
    gaps: gapRanges.map((one) => `${one.from} to ${one.to}`),
    gapCount: gaps.length,
    jumps,
    unpaired,
  }
}
const QUIET = { duplicates: [], gaps: [], gapCount: 0, jumps: [], unpaired: [] }

const said = (dryRun = true): string => {
  const plan = planArchive({ from, to })
  const { lines } = archiveReport({ plan, moved: [], dryRun, to: 'archive' })
  return lines({ paint: plainPaint, width: undefined }).join('\n')
}

test('a long gap is one range in the text, and each of its numbers in the JSON', () => {
  write(['001_users.sql', '002_roles.sql', '999_tracks.sql'])
  expect(said()).toContain('numbers that no file has: 3 to 998\n')
  const { manifest } = planArchive({ from, to })
  expect(manifest.gapRanges).toEqual([{ scheme: 'number', from: 3, to: 998 }])
  expect(manifest.gaps).toHaveLength(996)
})

describe('a folder of one scheme', () => {
  test('timestamps: in the order of time, whatever their digits, and without gaps', () => {
    const names = [
      '20240101_users.sql',
      '20240101120000_roles.sql',
      '2024-01-31_rooms.sql',
      '20240201120000123_tracks.sql',
      '20240301120000_likes.up.sql',
      '20240301120000_likes.down.sql',
    ]
    expect(archived(names)).toEqual({ ...QUIET, schemes: ['6 timestamp'], order: names })
  })

  test('timestamps in seconds and milliseconds since 1970, and one that two files have', () => {
    const names = ['1700000000_users.sql', '1700000100_roles.sql', '1700000100_rooms.sql', '1700000000000_tracks.sql']
    expect(archived(names)).toEqual({
      ...QUIET,
      schemes: ['4 timestamp'],
      order: names,
      duplicates: ['1700000100: roles, rooms'],
    })
  })

  test('Flyway: versions, undo and repeatable files', () => {
    const names = [
      'V1__users.sql',
      'V1.2__roles.sql',
      'V1_3__rooms.sql',
      'U1.3__a_rooms_undone.sql',
      'V1.10__tracks.sql',
      'V2__likes.sql',
      'R__views.sql',
    ]
    expect(archived(names)).toEqual({ ...QUIET, schemes: ['7 flyway'], order: names })
  })

  test('Flyway: one version in two spellings, an undo of nothing, and whole numbers with a gap', () => {
    expect(archived(['V1__a.sql', 'V01.0__b.sql', 'U7__gone.sql'])).toMatchObject({
      duplicates: ['1: a, b'],
      unpaired: ['U7__gone.sql'],
      gaps: [],
    })
    rmSync(to, { recursive: true })
    expect(archived(['V1__a.sql', 'V2__b.sql', 'V9__c.sql'])).toMatchObject({ gaps: ['3 to 8'] })
  })

  test('pairs of golang-migrate and sqlx: an up without its down, and the reverse', () => {
    const names = [
      '000001_users.up.sql',
      '000001_users.down.sql',
      '000002_roles.up.sql',
      '000003_rooms.down.sql',
      '000004_tracks.UP.SQL',
      '000004_tracks.down.sql',
    ]
    expect(archived(names)).toEqual({
      ...QUIET,
      schemes: ['6 number'],
      order: names,
      unpaired: ['000002_roles.up.sql', '000003_rooms.down.sql'],
    })
  })

  test('Postgrator, in both orders of its words; pairs by the number alone', () => {
    const names = [
      '001.do.users.sql',
      '001.undo.sql',
      '002_roles.do.sql',
      '002_roles.undo.sql',
      '003.do.sql',
      '005.do.rooms.sql',
      '005.do.tracks.sql',
      '005.undo.rooms.sql',
    ]
    expect(archived(names)).toEqual({
      ...QUIET,
      schemes: ['8 postgrator'],
      order: names,
      duplicates: ['005: rooms, tracks'],
      gaps: ['4 to 4'],
      gapCount: 1,
      unpaired: ['003.do.sql'],
    })
  })

  test('Prisma: a folder each, which goes when it is empty; what else is in it stays', () => {
    const names = [
      '0_init/migration.sql',
      '20240101120000_roles/migration.sql',
      '20240201120000_rooms/migration.sql',
      '20240201120000_rooms/down.sql',
      '20240201120000_rooms/notes.md',
      'migration_lock.toml',
    ]
    expect(archived(names, names.slice(0, 4))).toEqual({
      ...QUIET,
      schemes: ['4 prisma'],
      order: names.slice(0, 4),
    })
    expect(readdirSync(from).sort()).toEqual(['20240201120000_rooms', 'migration_lock.toml'])
  })

  test('Diesel: up.sql and down.sql in a folder', () => {
    const names = [
      '00000000000000_diesel_initial_setup/up.sql',
      '00000000000000_diesel_initial_setup/down.sql',
      '2024-01-01-000000_users/up.sql',
      '2024-01-01-000000_users/down.sql',
      '2024-01-02-000000_roles/up.sql',
    ]
    expect(archived(names)).toEqual({
      ...QUIET,
      schemes: ['5 diesel'],
      order: names,
      unpaired: ['2024-01-02-000000_roles/up.sql'],
    })
    expect(readdirSync(from)).toEqual([])
  })

  test('Drizzle: its journal and snapshots stay, and the reason is said', () => {
    archived(['0000_users.sql', '0001_roles.sql', 'meta/_journal.json'], ['0000_users.sql', '0001_roles.sql'])
    expect(said()).toContain("left where they are (Drizzle's journal and snapshots): meta")
  })
})

test.each([
  ['goose', '-- +goose Up\n-- Who there is.\ncreate table users ();\n-- +goose Down\ndrop table users;'],
  ['dbmate', '-- migrate:up\n\n-- Who there is.\ncreate table users ();\n-- migrate:down\n'],
])('the marks of %s are not what a file is about', (_tool, content) => {
  writeFileSync(join(from, '00001_users.sql'), content)
  expect(planArchive({ from, to }).files[0]).toMatchObject({ about: 'Who there is.', direction: 'single' })
})

test('several schemes in one folder: grouped, counted and told; each has its own gaps and duplicates', () => {
  const names = [
    '001_users.sql',
    '002_roles.sql',
    '20240131120000_rooms.sql',
    'V2__tracks.sql',
    '20240131120000_likes/migration.sql',
  ]
  write(names)
  const text = said()
  expect(text).toContain('named by number, as 001_users.sql (golang-migrate, goose, Drizzle): 2 files')
  expect(text).toContain('named by timestamp, as 20240131120000_users.sql (Rails, dbmate, Supabase, sqlx): 1 file')
  expect(text).toContain('several naming schemes in one folder')
  expect(archived(names)).toEqual({
    ...QUIET,
    schemes: ['2 number', '1 timestamp', '1 flyway', '1 prisma'],
    order: names,
  })
})

test('what is no SQL migration stays, each with its reason', () => {
  write([
    '001_users.sql',
    '0001_initial.py',
    '1975ea83b712_add_roles.py',
    '20240131120000_rooms.rb',
    '00002_code.go',
    '20240131120000_x.ts',
    'seed.sql',
    'README.md',
    'v2/001_x.sql',
  ])
  symlinkSync(join(from, '001_users.sql'), join(from, '003_link.sql'))
  mkdirSync(join(from, '004_empty'))
  expect(said().split('\n').slice(2)).toMatchInlineSnapshot(`
    [
      "left where they are: 004_empty, README.md",
      "left where they are (Alembic revisions are Python, not SQL; alembic upgrade head --sql prints their SQL): 1975ea83b712_add_roles.py",
      "left where they are (Django migrations are Python, not SQL; manage.py sqlmigrate APP NUMBER prints the SQL of one): 0001_initial.py",
      "left where they are (Rails migrations are Ruby, not SQL; bin/rails db:schema:dump writes what they make): 20240131120000_rooms.rb",
      "left where they are (SQL files whose names follow no known scheme): seed.sql",
      "left where they are (folders with SQL files; archive each by itself with --from): v2",
      "left where they are (links; the file that one leads to is not moved): 003_link.sql",
      "left where they are (migrations in Go, not SQL): 00002_code.go",
      "left where they are (migrations in JavaScript or TypeScript, not SQL): 20240131120000_x.ts",
      "1 file would go to archive; manifest.json there lists 1.",
    ]
  `)
  move(planArchive({ from, to }))
  expect(treeOf(to)).toEqual(['001_users.sql', 'manifest.json'])
  expect(existsSync(join(from, '004_empty'))).toBe(true)
})

describe('nothing is lost or overwritten', () => {
  test('where a file or a link stands in place of a folder of the archive', () => {
    write(['20240101_users/migration.sql'])
    mkdirSync(to)
    for (const block of [
      () => writeFileSync(join(to, '20240101_users'), 'mine'),
      () => symlinkSync(join(from, '20240101_users'), join(to, '20240101_users')),
    ]) {
      block()
      expect(() => planArchive({ from, to })).toThrow('already has other files with these names; nothing was moved')
      rmSync(join(to, '20240101_users'))
    }
    expect(treeOf(from)).toEqual(['20240101_users/migration.sql'])
  })

  test('another file in the folder of the same migration stays as it is', () => {
    write(['20240101_users/migration.sql'])
    write(['20240101_users/notes.md'], to)
    move(planArchive({ from, to }))
    expect(treeOf(to)).toEqual(['20240101_users/migration.sql', '20240101_users/notes.md', 'manifest.json'])
  })

  test('a run that was killed at any step, also between a file and its folder, is finished by the next', () => {
    const names = ['20240101_users/migration.sql', '20240102_roles/migration.sql', '20240103_rooms/migration.sql']
    write(names)
    move(planArchive({ from, to }))
    // As if killed: the first copied and not removed, the second removed and its folder left, the third not yet begun.
    write([names[0]!, names[2]!])
    mkdirSync(join(from, '20240102_roles'))
    rmSync(join(to, '20240103_rooms'), { recursive: true })
    expect(planArchive({ from, to }).others).toEqual([])
    move(planArchive({ from, to }))
    expect(readdirSync(from)).toEqual([])
    expect(treeOf(to)).toEqual([...names, 'manifest.json'])
  })

  test('a manifest that names a path outside is refused', () => {
    write(['001_users.sql'])
    move(planArchive({ from, to }))
    const manifest = JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8'))
    for (const name of ['../outside/migration.sql', '1_x/../../up.sql', '/1_x/up.sql']) {
      writeFileSync(join(to, 'manifest.json'), JSON.stringify({ ...manifest, files: [{ ...manifest.files[0], name }] }))
      expect(() => planArchive({ from, to })).toThrow('does not list archived files')
    }
  })

  test('a manifest of an earlier version, without schemes, is read and completed', () => {
    write(['001_users.sql'])
    move(planArchive({ from, to }))
    const { schemes: _s, gapRanges: _g, files, ...rest } = JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8'))
    const earlier = files.map(({ scheme: _scheme, version: _version, ...file }: Record<string, unknown>) => file)
    writeFileSync(join(to, 'manifest.json'), JSON.stringify({ ...rest, files: earlier }))
    write(['003_roles.sql'])
    move(planArchive({ from, to }))
    expect(JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8'))).toMatchObject({
      schemes: [{ scheme: 'number', files: 2 }],
      files: [
        { name: '001_users.sql', scheme: 'number', version: '001' },
        { name: '003_roles.sql', scheme: 'number', version: '003' },
      ],
      gapRanges: [{ from: 2, to: 2 }],
    })
  })

  test('names that a terminal would obey, of the greatest length, of several lines, and of no encoding', () => {
    const names = ['001_a\u001b[31mred.sql', '002_two\nlines.sql', `003_${'x'.repeat(247)}.sql`, '004_-rf $(x) %00.sql']
    expect(archived(names).order).toEqual(names)
    rmSync(to, { recursive: true })
    write(['001_users.sql'])
    const undecodable = Buffer.concat([Buffer.from(join(from, '002_')), Buffer.from([0xff]), Buffer.from('.sql')])
    writeFileSync(undecodable, 'kept')
    expect(said()).toContain('left where they are (names that are not UTF-8): 002_')
    move(planArchive({ from, to }))
    expect(readFileSync(undecodable, 'utf8')).toBe('kept')
    expect(treeOf(to)).toEqual(['001_users.sql', 'manifest.json'])
  })

  test('a link that has the name of an unfinished copy is not followed', () => {
    write(['001_users.sql'])
    move(planArchive({ from, to }))
    const hash = createHash('sha256').update('002_roles.sql').digest('hex').slice(0, 16)
    const other = join(folder, 'precious')
    writeFileSync(other, 'kept')
    symlinkSync(other, join(to, `.${hash}.part`))
    write(['002_roles.sql'])
    move(planArchive({ from, to }))
    expect(readFileSync(other, 'utf8')).toBe('kept')
    expect(readFileSync(join(to, '002_roles.sql'), 'utf8')).toBe('-- 002_roles.sql')
  })
})
