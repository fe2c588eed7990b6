/** What a team has to touch: a migration is one file and one line, a domain is one folder. On a copy of the repository's packages. */
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testDatabase } from '@veza/tools/test-database'
import { type WorkspaceCopy, workspaceCopy } from '@veza/tools/workspace-copy'
import { expect, test } from 'vitest'
import { LOCKFILE } from '../src/workspace/lockfile.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { callCommand } from './command.ts'
import { migrationSource, REPOSITORY } from './fixture-workspace.ts'
import { failureOf, idsOf, migrate } from './runs.ts'

interface Copy extends WorkspaceCopy {
  write(path: string, text: string): void
  /** Paths that are new or changed since the copy was made. */
  changed(): string[]
  read(path: string): string
}

function copyOfRepository(): Copy {
  const copy = workspaceCopy()
  const { root } = copy
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const contents = () =>
    new Map(
      globSync(['packages/**', '*.*'], { cwd: root })
        .filter((path) => statSync(join(root, path)).isFile())
        .map((path) => [path, read(path)]),
    )
  const before = contents()
  return {
    ...copy,
    read,
    write: (path, text) => {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), text)
    },
    changed: () => [...contents()].flatMap(([path, text]) => (before.get(path) === text ? [] : [path])).sort(),
  }
}

/** A name that no team takes: the repository may have any other. */
const NEW_DOMAIN = 'imaginary'
const NEW_FOLDER = `packages/${NEW_DOMAIN}-schema`

const notes = migrationSource('001_notes', {
  about: 'what one writes down',
  up: [
    'create table imaginary_notes (id uuid primary key default uuid_v7(), user_id uuid references users on delete cascade)',
  ],
  down: ['drop table imaginary_notes'],
})

test('a migration more touches its folder and one line of migrations.lock', async () => {
  using copy = copyOfRepository()
  const { order, domains } = await openWorkspace(copy.root)
  const { name, path } = domains.findLast(({ dependencies }) => dependencies.includes('core'))!
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
    `${NEW_FOLDER}/package.json`,
    JSON.stringify({
      name: `@veza/${NEW_DOMAIN}-schema`,
      version: '0.0.0',
      type: 'module',
      nx: { tags: ['kind:domain'] },
      dependencies: { '@veza/core-schema': '0.0.0' },
    }),
  )
  copy.write(`${NEW_FOLDER}/src/migrations/001_notes.ts`, notes)
  expect(await callCommand(['lock', '--workspace', copy.root])).toMatchObject({ exitCode: 0 })
  const { exitCode, stdout } = await callCommand(['plan', '--workspace', copy.root])
  expect(exitCode).toBe(0)
  expect(stdout).toContain(`${NEW_DOMAIN}  needs core\n`)
  expect(stdout).toMatch(new RegExp(`^ +${total + 1} {2}${NEW_DOMAIN}/001_notes +what one writes down$`, 'm'))
  expect(copy.changed()).toEqual([LOCKFILE, `${NEW_FOLDER}/package.json`, `${NEW_FOLDER}/src/migrations/001_notes.ts`])

  await using db = await testDatabase({ migrated: true })
  expect(idsOf(await migrate(db.url, copy.root))).toEqual([`${NEW_DOMAIN}/001_notes`])
  expect(existsSync(join(REPOSITORY, NEW_FOLDER))).toBe(false)
})

test('lock says when there is nothing to record, and lock --check refuses without writing', async () => {
  using copy = copyOfRepository()
  expect((await callCommand(['lock', '--workspace', copy.root])).stdout).toMatch(
    /^migrations\.lock is up to date: \d+ migrations\.\n$/,
  )
  copy.write(
    `${NEW_FOLDER}/package.json`,
    JSON.stringify({ name: `@veza/${NEW_DOMAIN}-schema`, nx: { tags: ['kind:domain'] } }),
  )
  copy.write(`${NEW_FOLDER}/src/migrations/001_notes.ts`, notes)
  const before = copy.read(LOCKFILE)
  const { exitCode, stdout } = await callCommand(['lock', '--check', '--workspace', copy.root])
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(
    new RegExp(`^appended {2}${NEW_DOMAIN}/001_notes\nmigrations\\.lock would have \\d+ migrations\\.\n$`),
  )
  expect(copy.read(LOCKFILE)).toBe(before)
})
