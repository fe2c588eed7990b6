/** What a team has to touch: a migration is one file and one line, a domain is one folder. On a copy of the repository's packages. */
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { LOCKFILE } from '../src/workspace/lockfile.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { callCommand } from './command.ts'
import { migrationSource, REPOSITORY } from './fixture-workspace.ts'
import { failureOf, idsOf, migrate } from './runs.ts'

interface Copy extends Disposable {
  readonly root: string
  write(path: string, text: string): void
  /** Paths that are new or changed since the copy was made. */
  changed(): string[]
  read(path: string): string
}

function copyOfRepository(): Copy {
  const root = mkdtempSync(join(tmpdir(), 'veza-copy-'))
  for (const path of [
    'package.json',
    'tsconfig.base.json',
    LOCKFILE,
    ...globSync('packages/*-schema', { cwd: REPOSITORY }),
  ]) {
    const filter = (source: string) => !/\/(node_modules|dist)$/.test(source)
    cpSync(join(REPOSITORY, path), join(root, path), { recursive: true, filter })
  }
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction')
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const contents = () =>
    new Map(
      globSync(['packages/**', '*.*'], { cwd: root })
        .filter((path) => statSync(join(root, path)).isFile())
        .map((path) => [path, read(path)]),
    )
  const before = contents()
  return {
    root,
    read,
    write: (path, text) => {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), text)
    },
    changed: () => [...contents()].flatMap(([path, text]) => (before.get(path) === text ? [] : [path])).sort(),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

const notes = migrationSource('001_notes', {
  about: 'what one writes down',
  up: [
    'create table chat_notes (id uuid primary key default uuid_v7(), user_id uuid references users on delete cascade)',
  ],
  down: ['drop table chat_notes'],
})

test('a migration more touches its folder and one line of migrations.lock', async () => {
  using copy = copyOfRepository()
  const { order, domains } = await openWorkspace(copy.root)
  const { name, path } = domains.at(-1)!
  const number = String(order.filter(({ domain }) => domain === name).length + 1).padStart(3, '0')
  const file = `${path}/src/migrations/${number}_notes.ts`
  copy.write(file, notes)
  expect(await failureOf(openWorkspace(copy.root))).toMatchObject({
    name: 'UnlockedMigrationError',
    ids: [`${name}/${number}_notes`],
  })

  const before = copy.read(LOCKFILE)
  const lock = await callCommand(['lock', '--workspace', copy.root])
  expect(lock).toMatchObject({ exitCode: 0, stderr: '' })
  expect(lock.stdout).toBe(`appended  ${name}/${number}_notes\nmigrations.lock has ${order.length + 1} migrations.\n`)
  expect(copy.changed()).toEqual([LOCKFILE, file].sort())
  expect(copy.read(LOCKFILE).startsWith(before)).toBe(true)
  expect(copy.read(LOCKFILE).slice(before.length)).toMatch(new RegExp(`^${name}/${number}_notes [0-9a-f]{64}\n$`))
})

test('a domain more is a folder with a tag and a dependency: plan shows it, and up applies it', async () => {
  using copy = copyOfRepository()
  const total = (await openWorkspace(copy.root)).order.length
  copy.write(
    'packages/chat2-schema/package.json',
    JSON.stringify({
      name: '@veza/chat2-schema',
      version: '0.0.0',
      type: 'module',
      nx: { tags: ['kind:domain'] },
      dependencies: { '@veza/core-schema': '0.0.0' },
    }),
  )
  copy.write('packages/chat2-schema/src/migrations/001_notes.ts', notes)
  expect(await callCommand(['lock', '--workspace', copy.root])).toMatchObject({ exitCode: 0 })
  const { exitCode, stdout } = await callCommand(['plan', '--workspace', copy.root])
  expect(exitCode).toBe(0)
  expect(stdout).toContain('chat2  needs core\n')
  expect(stdout).toMatch(new RegExp(`^ +${total + 1} {2}chat2/001_notes +what one writes down$`, 'm'))
  expect(copy.changed()).toEqual([
    LOCKFILE,
    'packages/chat2-schema/package.json',
    'packages/chat2-schema/src/migrations/001_notes.ts',
  ])

  await using db = await testDatabase({ migrated: true })
  expect(idsOf(await migrate(db.url, copy.root))).toEqual(['chat2/001_notes'])
  expect(existsSync(join(REPOSITORY, 'packages/chat2-schema'))).toBe(false)
})

test('lock says when there is nothing to record, and lock --check refuses without writing', async () => {
  using copy = copyOfRepository()
  expect((await callCommand(['lock', '--workspace', copy.root])).stdout).toMatch(
    /^migrations\.lock is up to date: \d+ migrations\.\n$/,
  )
  copy.write(
    'packages/chat2-schema/package.json',
    JSON.stringify({ name: '@veza/chat2-schema', nx: { tags: ['kind:domain'] } }),
  )
  copy.write('packages/chat2-schema/src/migrations/001_notes.ts', notes)
  const before = copy.read(LOCKFILE)
  const { exitCode, stdout } = await callCommand(['lock', '--check', '--workspace', copy.root])
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/^appended {2}chat2\/001_notes\nmigrations\.lock would have \d+ migrations\.\n$/)
  expect(copy.read(LOCKFILE)).toBe(before)
})
