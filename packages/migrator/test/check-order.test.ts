import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ProofFinding } from '../src/check/finding.ts'
import { historyFindings } from '../src/check/history.ts'
import { orderFindings } from '../src/check/order.ts'
import { whatEdited } from '../src/workspace/edit.ts'
import { LOCKFILE } from '../src/workspace/lockfile.ts'
import { readBase } from '../src/workspace/main-branch.ts'
import { planRenumber, renumberFiles } from '../src/workspace/renumber.ts'
import { likelyOrder, survey } from '../src/workspace/survey.ts'
import { type FixtureWorkspace, fileOf, fixtureWorkspace, migrationSource } from './fixture-workspace.ts'
import { commitAll, git, initialise } from './git-repository.ts'

const one = (name: string) => ({ up: [`create table ${name} (id int)`], down: [`drop table ${name}`] })
const domains = {
  core: { migrations: { '001_users': one('users'), '002_roles': one('roles') } },
  auth: { dependencies: ['core'], migrations: { '001_sessions': one('sessions') } },
}
const core = (name: string) => `packages/core-schema/src/migrations/${name}.ts`

/** As `check` puts them together, without the database. */
async function order(root: string, ref?: string): Promise<ProofFinding[]> {
  const found = survey(root)
  const base = readBase(root, ref)
  const known = 'missing' in base ? [] : base.lines.map(({ id }) => id)
  const rendered = await likelyOrder(found)
  return [
    ...orderFindings({
      survey: found,
      rendered,
      base: known,
      editOf: (migration, line) => whatEdited(found, migration, line),
    }),
    ...('missing' in base ? [] : historyFindings(base, found.lines, found.graph)),
  ]
}

const lock = (workspace: FixtureWorkspace) => readFileSync(join(workspace.root, LOCKFILE), 'utf8')
const ids = (workspace: FixtureWorkspace) =>
  lock(workspace)
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0])

function editLock(workspace: FixtureWorkspace, edit: (lines: string[]) => readonly string[]): void {
  workspace.write(LOCKFILE, `${edit(lock(workspace).trim().split('\n')).join('\n')}\n`)
}

/** With all files committed as `main`, which is also what a clone calls origin/main. */
async function repository(): Promise<FixtureWorkspace> {
  const workspace = await fixtureWorkspace(domains)
  initialise(workspace)
  git(workspace.root, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
  return workspace
}

describe('migrations.lock', () => {
  test('that holds every migration once has no finding', async () => {
    using workspace = await fixtureWorkspace(domains)
    expect(await order(workspace.root)).toEqual([])
  })

  test('that lacks a migration is told which, with the command', async () => {
    using workspace = await fixtureWorkspace(domains)
    editLock(workspace, (lines) => lines.slice(0, -1))
    expect(await order(workspace.root)).toEqual([
      {
        rule: 'order/missing-line',
        severity: 'error',
        message: 'auth/001_sessions is missing from migrations.lock.',
        remedy: 'Record it with: npx nx run migrator:lock',
        file: 'packages/auth-schema/src/migrations/001_sessions.ts',
        migration: 'auth/001_sessions',
      },
    ])
  })

  test('that names a file which is not there is told which', async () => {
    using workspace = await fixtureWorkspace(domains)
    workspace.remove(fileOf('core', '002_roles'))
    expect(await order(workspace.root)).toEqual([
      {
        rule: 'order/line-without-file',
        severity: 'error',
        message: `migrations.lock line 2 names core/002_roles, but there is no file ${core('002_roles')}.`,
        remedy:
          'Restore the file. If no database has the migration, drop the line with: npx nx run migrator:lock --update',
        file: LOCKFILE,
        migration: 'core/002_roles',
      },
    ])
  })

  test('is told of a file under another name by what the file renders', async () => {
    using workspace = await fixtureWorkspace(domains)
    workspace.remove(fileOf('core', '002_roles'))
    workspace.writeDomain('core', { migrations: { '002_ranks': { ...one('roles') } } })
    expect(await order(workspace.root)).toEqual([
      {
        rule: 'order/renumbered',
        severity: 'error',
        message: `core/002_roles, line 2 of migrations.lock, is now called core/002_ranks: ${core('002_ranks')} renders the same SQL.`,
        remedy:
          'Give the file its old name back, since a database that has it knows it as core/002_roles. ' +
          'If no database has it, record the new name with: npx nx run migrator:lock --update',
        file: core('002_ranks'),
        migration: 'core/002_ranks',
      },
    ])
  })

  test('in an order that the graph forbids is told both lines', async () => {
    using workspace = await fixtureWorkspace(domains)
    editLock(workspace, ([users, roles, sessions]) => [sessions!, users!, roles!])
    expect(await order(workspace.root)).toEqual([
      {
        rule: 'order/wrong-order',
        severity: 'error',
        message:
          'migrations.lock has auth/001_sessions on line 1, before core/001_users on line 2, which it builds on.',
        remedy:
          'If no database has auth/001_sessions yet, move the line of core/001_users above it. ' +
          'Otherwise put the lines back in the order in which they were appended.',
        file: LOCKFILE,
        migration: 'auth/001_sessions',
      },
    ])
  })

  test('with the marks of a conflict and a line twice is told of each line, and of nothing else', async () => {
    using workspace = await fixtureWorkspace(domains)
    editLock(workspace, (lines) => [lines[0]!, '<<<<<<< HEAD', ...lines.slice(1), lines[1]!])
    expect((await order(workspace.root)).map(({ rule, message }) => [rule, message])).toEqual([
      ['order/unreadable-line', 'migrations.lock line 2 is not "<domain>/<nnn>_<words> <sha256>": "<<<<<<< HEAD".'],
      ['order/line-twice', 'migrations.lock names core/002_roles twice, on the lines 3 and 5.'],
    ])
  })

  test('says all that is wrong at once', async () => {
    using workspace = await fixtureWorkspace(domains)
    workspace.remove(fileOf('core', '002_roles'))
    workspace.writeDomain('core', { migrations: { '002_ranks': one('ranks'), '004_gap': one('gap') } })
    editLock(workspace, ([users, roles]) => [users!, roles!, `auth/001_sessions ${'0'.repeat(64)}`])
    expect((await order(workspace.root)).map(({ rule }) => rule)).toEqual([
      'order/number-gap',
      'order/line-without-file',
      'order/missing-line',
      'order/missing-line',
      'order/edited',
    ])
  })
})

describe('an old migration that renders other SQL', () => {
  const remedy =
    'If any database may have it, undo the edit and write a new migration. ' +
    'If none has, record the new SQL with: npx nx run migrator:lock --update'
  const helped = `import { sql } from 'kysely'
import { name } from '../names.ts'
export const about = 'x'
export const up = (db: any) => sql.raw(\`create table \${name} (id int)\`).execute(db)
export const down = (db: any) => sql.raw(\`drop table \${name}\`).execute(db)
`
  async function withHelper(): Promise<FixtureWorkspace> {
    const workspace = await fixtureWorkspace({ core: { migrations: {} } })
    workspace.write('.gitignore', 'node_modules\n')
    workspace.write('packages/core-schema/src/names.ts', "export const name = 'users'\n")
    workspace.writeDomain('core', { migrations: { '001_users': helped } })
    git(workspace.root, 'init', '--quiet')
    return workspace
  }
  // The checksum of what nothing renders: the file itself cannot be edited under a process that has imported it.
  const stale = (workspace: FixtureWorkspace) => workspace.write(LOCKFILE, `core/001_users ${'0'.repeat(64)}\n`)

  test('because its file was edited is told so', async () => {
    using workspace = await withHelper()
    stale(workspace)
    commitAll(workspace, 'recorded')
    workspace.write(fileOf('core', '001_users'), `${helped}// edited\n`)
    expect(await order(workspace.root)).toEqual([
      {
        rule: 'order/edited',
        severity: 'error',
        message: `core/001_users renders other SQL than migrations.lock recorded on line 1: ${core('001_users')} has been edited.`,
        remedy,
        file: core('001_users'),
        migration: 'core/001_users',
      },
    ])
  })

  test('because a helper was edited is told both', async () => {
    using workspace = await withHelper()
    stale(workspace)
    commitAll(workspace, 'recorded')
    workspace.write('packages/core-schema/src/names.ts', "export const name = 'people'\n")
    expect(await order(workspace.root)).toEqual([
      {
        rule: 'order/edited-helper',
        severity: 'error',
        message:
          'core/001_users renders other SQL than migrations.lock recorded on line 1: ' +
          `${core('001_users')} is as it was, but packages/core-schema/src/names.ts, which it uses, has been edited.`,
        remedy,
        file: core('001_users'),
        migration: 'core/001_users',
      },
    ])
  })

  test('and was never committed is told both as possible', async () => {
    using workspace = await withHelper()
    stale(workspace)
    expect((await order(workspace.root)).map(({ message }) => message)).toEqual([
      `core/001_users renders other SQL than migrations.lock recorded on line 1: ${core('001_users')}, or what it uses (packages/core-schema/src/names.ts), has been edited.`,
    ])
  })
})

describe('a line that stands on the main branch', () => {
  test('may not be removed', async () => {
    using workspace = await repository()
    workspace.remove(fileOf('auth', '001_sessions'))
    editLock(workspace, (lines) => lines.slice(0, -1))
    expect(await order(workspace.root)).toEqual([
      {
        rule: 'history/removed-line',
        severity: 'error',
        message: 'migrations.lock no longer has auth/001_sessions, which origin/main has.',
        remedy: 'Put the line back: git show origin/main:migrations.lock',
        file: LOCKFILE,
        migration: 'auth/001_sessions',
      },
    ])
  })

  test('may not record other SQL, although file and line agree', async () => {
    using workspace = await repository()
    editLock(workspace, (lines) =>
      lines.map((line) => (line.startsWith('auth') ? `auth/001_sessions ${'0'.repeat(64)}` : line)),
    )
    commitAll(workspace, 'as it was')
    git(workspace.root, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
    await workspace.lock({ update: true })
    expect(await order(workspace.root)).toEqual([
      {
        rule: 'history/edited-line',
        severity: 'error',
        message: 'migrations.lock line 3 records other SQL for auth/001_sessions than origin/main does.',
        remedy: 'Databases may have it as it is there: undo the edit, restore the line, and write a new migration.',
        file: LOCKFILE,
        migration: 'auth/001_sessions',
      },
    ])
  })

  test('may not change places, and lock --renumber puts it back', async () => {
    using workspace = await repository()
    editLock(workspace, ([users, roles, sessions]) => [users!, sessions!, roles!])
    expect((await order(workspace.root)).map(({ rule, message }) => [rule, message])).toEqual([
      [
        'history/moved-line',
        'migrations.lock has auth/001_sessions on line 2, before core/002_roles on line 3; on origin/main it stands behind it.',
      ],
    ])
    renumberFiles(planRenumber(workspace.root, undefined))
    expect(await order(workspace.root)).toEqual([])
  })

  test('may not get a new line before it that it builds on, and lock --renumber moves that', async () => {
    using workspace = await repository()
    workspace.writeDomain('core', { migrations: { '003_late': one('late') } })
    await workspace.lock()
    editLock(workspace, ([users, roles, sessions, late]) => [users!, roles!, late!, sessions!])
    expect((await order(workspace.root)).map(({ rule, message }) => [rule, message])).toEqual([
      [
        'history/new-line-before',
        'migrations.lock has the new core/003_late on line 3, before auth/001_sessions on line 4, which builds on core and is on origin/main already.',
      ],
    ])
    const planned = planRenumber(workspace.root, undefined)
    expect(planned).toMatchObject({ moved: 1, renamed: [], differs: true })
    renumberFiles(planned)
    expect(ids(workspace)).toEqual(['core/001_users', 'core/002_roles', 'auth/001_sessions', 'core/003_late'])
    expect(await order(workspace.root)).toEqual([])
  })

  test('is looked for where --base says, and a commit that git does not know is refused', async () => {
    using workspace = await repository()
    expect(readBase(workspace.root, 'HEAD')).toMatchObject({ ref: 'HEAD', lines: [{ id: 'core/001_users' }, {}, {}] })
    expect(() => readBase(workspace.root, 'nowhere')).toThrow(
      '--base got "nowhere"; it takes a commit that git knows here.',
    )
  })
})

describe('two branches that each append', () => {
  /** main gets what `ours` does, the branch what `theirs` does; then the branch is merged. */
  async function merged(
    ours: (workspace: FixtureWorkspace) => void,
    theirs: (workspace: FixtureWorkspace) => void,
  ): Promise<FixtureWorkspace> {
    const workspace = await repository()
    git(workspace.root, 'checkout', '--quiet', '-b', 'feature')
    theirs(workspace)
    await workspace.lock()
    commitAll(workspace, 'theirs')
    git(workspace.root, 'checkout', '--quiet', 'main')
    ours(workspace)
    await workspace.lock()
    commitAll(workspace, 'ours')
    git(workspace.root, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
    git(workspace.root, 'merge', '--quiet', '--no-edit', 'feature')
    return workspace
  }
  const add = (domain: 'core' | 'auth', name: string) => (workspace: FixtureWorkspace) =>
    workspace.write(fileOf(domain, name), migrationSource(name, one(name.slice(4))))

  test('are merged by git, keep both lines, and pass', async () => {
    using workspace = await merged(add('core', '003_tags'), add('auth', '002_tokens'))
    expect(ids(workspace)).toEqual([
      'core/001_users',
      'core/002_roles',
      'auth/001_sessions',
      'core/003_tags',
      'auth/002_tokens',
    ])
    expect(await order(workspace.root)).toEqual([])
  })

  test('and collide in one domain: the later file is named, and lock --renumber renumbers it', async () => {
    using workspace = await merged(add('core', '003_tags'), add('core', '003_genres'))
    expect(await order(workspace.root)).toEqual([
      {
        rule: 'order/number-twice',
        severity: 'error',
        message: `The domain core has two migrations with the number 003: ${core('003_genres')} and ${core('003_tags')}.`,
        remedy: `Rename ${core('003_genres')}, which came later, to 004_genres.ts and record it with: npx nx run migrator:lock --renumber`,
        file: core('003_genres'),
        migration: 'core/003_genres',
      },
    ])
    renumberFiles(planRenumber(workspace.root, undefined))
    expect(existsSync(join(workspace.root, core('004_genres')))).toBe(true)
    expect(existsSync(join(workspace.root, core('003_genres')))).toBe(false)
    expect(ids(workspace)).toEqual([
      'core/001_users',
      'core/002_roles',
      'auth/001_sessions',
      'core/003_tags',
      'core/004_genres',
    ])
    expect(await order(workspace.root)).toEqual([])
    expect(planRenumber(workspace.root, undefined).differs).toBe(false)
  })

  test('and collide with several files: all of the branch move up, none of the main branch', async () => {
    const theirs = (workspace: FixtureWorkspace) => {
      add('core', '003_genres')(workspace)
      add('core', '004_moods')(workspace)
    }
    using workspace = await merged(add('core', '003_tags'), theirs)
    const { renamed } = planRenumber(workspace.root, undefined)
    expect(renamed.map(({ file, id }) => [file.id, id])).toEqual([
      ['core/003_genres', 'core/004_genres'],
      ['core/004_moods', 'core/005_moods'],
    ])
    renumberFiles(planRenumber(workspace.root, undefined))
    expect(await order(workspace.root)).toEqual([])
  })
})

test('lock --renumber refuses a lock file with lines that it cannot read, which would be lost', async () => {
  using workspace = await fixtureWorkspace(domains)
  editLock(workspace, (lines) => ['=======', ...lines])
  expect(() => planRenumber(workspace.root, undefined)).toThrow('migrations.lock line 1 is not')
  renameSync(join(workspace.root, LOCKFILE), join(workspace.root, 'kept'))
  expect(planRenumber(workspace.root, undefined).renamed).toEqual([])
})
