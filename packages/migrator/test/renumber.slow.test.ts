/**
 * `lock --renumber` in real repositories, in the middle of a merge, a rebase and a cherry-pick and after them: what main has published is
 * never renamed, the second try changes nothing, and what comes out passes `check`.
 *
 *     V1 ─── tags ────────── main      003_tags
 *       └─── genres ──────── feature   003_genres, which has to become 004_genres
 */
import { readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LOCKFILE } from '../src/workspace/lockfile.ts'
import { unfinished } from '../src/workspace/unfinished.ts'
import { adding, checkWorkspace, core, findings, table, useScratchServer } from './check-workspace.ts'
import { callCommand, runCommand } from './command.ts'
import { type FixtureWorkspace, fileOf, migrationSource } from './fixture-workspace.ts'
import { commitAll, git, initialise, type Remote, tryGit, withRemote } from './git-repository.ts'

useScratchServer()

interface Team extends Disposable {
  readonly workspace: FixtureWorkspace
  readonly root: string
}

/** V1 is on main. `origin: false` has no remote. */
async function team({ origin = true, union = true } = {}): Promise<Team> {
  const workspace = await checkWorkspace({ core })
  initialise(workspace, { union })
  const remote: Remote | undefined = origin ? withRemote(workspace) : undefined
  return {
    workspace,
    root: workspace.root,
    [Symbol.dispose]: () => {
      workspace[Symbol.dispose]()
      remote?.[Symbol.dispose]()
    },
  }
}

/** One commit with a migration and its line; `conflict` gives a file that every branch writes otherwise. */
async function migrate({ workspace }: Team, name: string, { conflict = false } = {}): Promise<void> {
  const words = name.slice(4)
  workspace.write(fileOf('core', name), migrationSource(name, { up: table(words), down: [`drop table ${words}`] }))
  if (conflict) workspace.write('NOTES', `${name}\n`)
  await workspace.lock()
  commitAll(workspace, `core: ${words}`)
}

/** As drawn above. Leaves feature checked out, and main pushed where there is an origin. */
async function diverged(options: { origin?: boolean; union?: boolean; conflict?: boolean } = {}): Promise<Team> {
  const there = await team(options)
  git(there.root, 'checkout', '--quiet', '-b', 'feature')
  await migrate(there, '003_genres', options)
  git(there.root, 'checkout', '--quiet', 'main')
  await migrate(there, '003_tags', options)
  if (options.origin !== false) git(there.root, 'push', '--quiet')
  git(there.root, 'checkout', '--quiet', 'feature')
  return there
}

/** The clone of somebody who fetched nothing but the feature branch: main's tip is there, and nothing says that it is main's. */
function forgetMain({ root }: Team): void {
  git(root, 'config', '--unset-all', 'remote.origin.fetch')
  git(root, 'update-ref', '-d', 'refs/remotes/origin/main')
  git(root, 'branch', '--quiet', '-D', 'main')
}

const lock = ({ root }: Team, ...args: readonly string[]) => callCommand(['lock', ...args, '--workspace', root])
const numbered = ({ root }: Team): string[] =>
  readdirSync(join(root, 'packages/core-schema/src/migrations'))
    .filter((name) => !/^00[12]_/.test(name))
    .sort()
const lines = ({ root }: Team): string[] =>
  readFileSync(join(root, LOCKFILE), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0] as string)
    .slice(2)

/** The branch's own migration stands behind main's, under the next number; another try changes nothing; all of it is proven. */
async function expectSettled(there: Team, ...own: readonly string[]): Promise<void> {
  const names = ['003_tags', ...(own.length === 0 ? ['004_genres'] : own)]
  expect(numbered(there)).toEqual(names.map((name) => `${name}.ts`))
  expect(lines(there)).toEqual(names.map((name) => `core/${name}`))
  expect(await lock(there, '--check')).toMatchObject({ exitCode: 0, stderr: '' })
  const again = await lock(there, '--renumber')
  expect(again).toMatchObject({
    exitCode: 0,
    stdout: `migrations.lock is up to date: ${2 + names.length} migrations.\n`,
  })
  expect(await findings(there.root)).toEqual([])
}

const folder = 'packages/core-schema/src/migrations'
const renamed = `renamed   ${folder}/003_genres.ts to ${folder}/004_genres.ts\n`

describe('main merged into a branch', () => {
  test('in the middle of a conflict: only what the branch brought is renamed', async () => {
    using there = await diverged({ conflict: true })
    expect(tryGit(there.root, 'merge', 'main').status).toBe(1)
    expect(lines(there)).toEqual(['core/003_genres', 'core/003_tags'])
    expect(await lock(there, '--renumber')).toEqual({
      exitCode: 0,
      stderr: '',
      stdout:
        `${renamed}moved     1 new line to the end\n` +
        "Whatever else names a migration by its old id is left as it is: git grep -nE 'core/003_genres'\n" +
        'migrations.lock is up to date: 4 migrations.\n',
    })
    await expectSettled(there)
    commitAll(there.workspace, 'merge main')
    await expectSettled(there)
  })

  test('without a conflict, after the merge was committed', async () => {
    using there = await diverged()
    git(there.root, 'merge', '--quiet', '--no-edit', 'main')
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    await expectSettled(there)
  })

  test('from the remote, by git pull on a main that is ahead of it', async () => {
    using there = await diverged({ conflict: true })
    git(there.root, 'branch', '--quiet', '--force', 'main', 'feature')
    git(there.root, 'checkout', '--quiet', 'main')
    expect(tryGit(there.root, 'pull', '--no-rebase').status).toBe(1)
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    await expectSettled(there)
  })

  test('with a conflict in migrations.lock that was resolved with the lines of the branch alone: those of main come back', async () => {
    using there = await diverged({ union: false })
    expect(tryGit(there.root, 'merge', 'main').status).toBe(1)
    git(there.root, 'checkout', '--quiet', '--ours', LOCKFILE)
    const { stdout } = await lock(there, '--renumber')
    expect(stdout).toContain(renamed)
    expect(stdout).toContain('restored  the line of core/003_tags, as the main branch has it\n')
    await expectSettled(there)
  })

  test('can still be aborted, as after any change by hand', async () => {
    using there = await diverged({ conflict: true })
    tryGit(there.root, 'merge', 'main')
    await lock(there, '--renumber')
    git(there.root, 'add', '--all')
    git(there.root, 'merge', '--abort')
    expect(git(there.root, 'status', '--porcelain')).toBe('')
    expect(numbered(there)).toEqual(['003_genres.ts'])
    expect(lines(there)).toEqual(['core/003_genres'])
  })
})

describe('main that this clone does not know as main', () => {
  test('merged in: nothing is renamed until somebody says which side it is', async () => {
    using there = await diverged({ conflict: true })
    forgetMain(there)
    git(there.root, 'fetch', '--quiet', 'origin', 'main')
    expect(tryGit(there.root, 'merge', 'FETCH_HEAD').status).toBe(1)
    const refused = await lock(there, '--renumber')
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toMatchInlineSnapshot(`
      "error  Nothing was renamed: it is not known which of these came first, and a database may have either under its name:
               - packages/core-schema/src/migrations/003_genres.ts
               - packages/core-schema/src/migrations/003_tags.ts
             HEAD has one of them and MERGE_HEAD the other, and as far as this clone knows neither side is the main branch.
             Name the side that is: npx nx run migrator:lock --renumber --base HEAD, or --base MERGE_HEAD.
      "
    `)
    expect(JSON.parse((await lock(there, '--renumber', '--json')).stdout)).toMatchObject({
      error: {
        code: 'UndecidedOrderError',
        files: [`${folder}/003_genres.ts`, `${folder}/003_tags.ts`],
        doubt: { kind: 'two sides', other: 'MERGE_HEAD' },
      },
    })
    expect(numbered(there)).toEqual(['003_genres.ts', '003_tags.ts'])
    // The same where the conflict in migrations.lock was resolved with one side alone: a file without a line is not new for that.
    there.workspace.write(LOCKFILE, `${git(there.root, 'show', 'HEAD:migrations.lock')}\n`)
    expect(await lock(there, '--renumber')).toMatchObject({ exitCode: 2, stdout: '' })
    expect((await lock(there, '--renumber', '--base', 'MERGE_HEAD')).stdout).toContain(renamed)
    git(there.root, 'fetch', '--quiet', 'origin', 'main:refs/remotes/origin/main')
    await expectSettled(there)
  })

  test('merged in and committed: the same, and fetching main decides it', async () => {
    using there = await diverged()
    forgetMain(there)
    git(there.root, 'fetch', '--quiet', 'origin', 'main')
    git(there.root, 'merge', '--quiet', '--no-edit', 'FETCH_HEAD')
    expect((await lock(there, '--renumber')).stderr).toMatchInlineSnapshot(`
      "error  Nothing was renamed: it is not known which of these came first, and a database may have either under its name:
               - packages/core-schema/src/migrations/003_genres.ts
               - packages/core-schema/src/migrations/003_tags.ts
             They were added on two branches that have been merged, and as far as this clone knows neither is the main branch.
             Name the commit of the main branch before the merge, such as HEAD^1 or HEAD^2: npx nx run migrator:lock --renumber --base REF
      "
    `)
    git(there.root, 'fetch', '--quiet', 'origin', 'main:refs/remotes/origin/main')
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    await expectSettled(there)
  })

  test('since the last fetch was long ago: it says to fetch first', async () => {
    using there = await diverged()
    const tip = git(there.root, 'rev-parse', 'main')
    git(there.root, 'update-ref', 'refs/remotes/origin/main', 'main~1')
    git(there.root, 'branch', '--quiet', '-D', 'main')
    git(there.root, 'merge', '--quiet', '--no-edit', tip)
    const { exitCode, stderr } = await lock(there, '--renumber')
    expect(exitCode).toBe(2)
    expect(stderr).toMatchInlineSnapshot(`
      "error  Nothing was renamed: it is not known which of these came first, and a database may have either under its name:
               - packages/core-schema/src/migrations/003_genres.ts
               - packages/core-schema/src/migrations/003_tags.ts
             They were added on two branches that have been merged, and as far as this clone knows neither is the main branch.
             Run git fetch and try again. If origin/main is up to date and has neither, this keeps the one whose line stands first: npx nx run migrator:lock --renumber --base origin/main
      "
    `)
    git(there.root, 'fetch', '--quiet')
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    await expectSettled(there)
  })
})

describe('a branch merged into main', () => {
  test('in the middle of a conflict', async () => {
    using there = await diverged({ conflict: true })
    git(there.root, 'checkout', '--quiet', 'main')
    expect(tryGit(there.root, 'merge', 'feature').status).toBe(1)
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    await expectSettled(there)
  })

  test('which is not pushed yet, in the middle and afterwards', async () => {
    for (const conflict of [true, false]) {
      using there = await diverged({ conflict, origin: false })
      git(there.root, 'checkout', '--quiet', 'main')
      expect(tryGit(there.root, 'merge', '--no-edit', 'feature').status).toBe(conflict ? 1 : 0)
      expect((await lock(there, '--renumber')).stdout).toContain(renamed)
      await expectSettledWithoutOrigin(there)
    }
  })
})

/** As expectSettled, but that check has no base. */
async function expectSettledWithoutOrigin(there: Team): Promise<void> {
  expect(numbered(there)).toEqual(['003_tags.ts', '004_genres.ts'])
  expect(lines(there)).toEqual(['core/003_tags', 'core/004_genres'])
  expect(await lock(there, '--renumber', '--check')).toMatchObject({ exitCode: 0, stderr: '' })
  expect((await findings(there.root)).map(({ rule }) => rule)).toEqual(['history/no-base'])
}

describe('a branch rebased onto main', () => {
  test('and stopped at a conflict in migrations.lock, whose lines have to be kept first', async () => {
    using there = await diverged({ union: false })
    expect(tryGit(there.root, 'rebase', 'main').status).toBe(1)
    const refused = await lock(there, '--renumber')
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain(
      'If a merge left conflict markers there, remove them and keep the lines of both sides.',
    )
    expect(numbered(there)).toEqual(['003_genres.ts', '003_tags.ts'])
    const kept = readFileSync(join(there.root, LOCKFILE), 'utf8').replaceAll(/^[<=>].*\n/gm, '')
    there.workspace.write(LOCKFILE, kept)
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    await expectSettled(there)
    git(there.root, 'add', '--all')
    git(there.root, 'rebase', '--continue')
    await expectSettled(there)
  })

  test('and stopped at any other conflict, main being known by nothing but the rebase', async () => {
    using there = await diverged({ conflict: true })
    forgetMain(there)
    git(there.root, 'fetch', '--quiet', 'origin', 'main')
    expect(tryGit(there.root, 'rebase', 'FETCH_HEAD').status).toBe(1)
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    git(there.root, 'add', '--all')
    git(there.root, 'rebase', '--continue')
    git(there.root, 'fetch', '--quiet', 'origin', 'main:refs/remotes/origin/main')
    await expectSettled(there)
  })

  test("with git's other way of rebasing, by patches", async () => {
    using there = await diverged({ conflict: true })
    expect(tryGit(there.root, 'rebase', '--apply', 'main').status).toBe(1)
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    await expectSettled(there)
  })

  test('without a conflict, afterwards', async () => {
    using there = await diverged()
    git(there.root, 'rebase', '--quiet', 'main')
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    await expectSettled(there)
  })

  test('commit by commit: the lines that a later commit brings back under their old number follow', async () => {
    using there = await diverged({ conflict: true })
    await migrate(there, '004_moods')
    expect(tryGit(there.root, 'rebase', 'main').status).toBe(1)
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    git(there.root, 'add', '--all')
    git(there.root, 'rebase', '--continue')
    expect(numbered(there)).toEqual(['003_tags.ts', '004_genres.ts', '004_moods.ts'])
    expect(await lock(there, '--renumber')).toMatchObject({ exitCode: 0 })
    await expectSettled(there, '004_genres', '005_moods')
  })
})

describe('a commit of a branch, cherry-picked', () => {
  test('onto a branch of main: in the middle of a conflict and afterwards', async () => {
    for (const conflict of [true, false]) {
      using there = await diverged({ conflict })
      git(there.root, 'checkout', '--quiet', '-b', 'hotfix', 'main')
      expect(tryGit(there.root, 'cherry-pick', 'feature').status).toBe(conflict ? 1 : 0)
      expect((await lock(there, '--renumber')).stdout).toContain(renamed)
      await expectSettled(there)
    }
  })

  test('sent as a patch comes behind what is there', async () => {
    using there = await diverged({ conflict: true })
    const [patch] = git(
      there.root,
      'format-patch',
      '--quiet',
      '-1',
      '--output-directory',
      '.git/patches',
      'feature',
    ).split('\n')
    expect(patch).toBe('')
    git(there.root, 'checkout', '--quiet', '-b', 'hotfix', 'main')
    expect(tryGit(there.root, 'am', '--3way', '.git/patches/0001-core-genres.patch').status).toBe(128)
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    await expectSettled(there)
  })

  test('of main onto a branch: what the branch has gives way', async () => {
    using there = await diverged({ conflict: true })
    expect(tryGit(there.root, 'cherry-pick', 'main').status).toBe(1)
    expect((await lock(there, '--renumber')).stdout).toContain(renamed)
    await expectSettled(there)
  })
})

test('a revert that stops comes behind what is there, and what git waits for is known by its kind', async () => {
  using there = await diverged({ conflict: true })
  expect(unfinished(there.root)).toBeUndefined()
  await migrate(there, '004_moods', { conflict: true })
  expect(tryGit(there.root, 'revert', '--no-edit', 'HEAD~1').status).toBe(1)
  expect(unfinished(there.root)).toEqual({ kind: 'revert' })
  // Of the branch's own two the first is gone: the gap closes.
  expect((await lock(there, '--renumber')).stdout).toContain(
    `renamed   ${folder}/004_moods.ts to ${folder}/003_moods.ts\n`,
  )
  git(there.root, 'reset', '--quiet', '--hard')
  git(there.root, 'clean', '--quiet', '-fd')

  const tip = git(there.root, 'rev-parse', 'main')
  tryGit(there.root, 'merge', 'main')
  expect(unfinished(there.root)).toEqual({ kind: 'merge', others: [tip] })
  git(there.root, 'merge', '--abort')
  tryGit(there.root, 'cherry-pick', 'main')
  expect(unfinished(there.root)).toEqual({ kind: 'cherry-pick', others: [tip] })
  git(there.root, 'cherry-pick', '--abort')
  for (const backend of ['--merge', '--apply']) {
    tryGit(there.root, 'rebase', backend, 'main')
    expect(unfinished(there.root)).toEqual({ kind: 'rebase', onto: tip })
    git(there.root, 'rebase', '--abort')
  }
})

describe('without an origin', () => {
  test('the local main counts, merged in or rebased onto', async () => {
    for (const words of [
      ['merge', '--quiet', '--no-edit', 'main'],
      ['rebase', '--quiet', 'main'],
    ]) {
      using there = await diverged({ origin: false })
      git(there.root, ...words)
      expect((await lock(there, '--renumber')).stdout).toContain(renamed)
      await expectSettledWithoutOrigin(there)
    }
  })

  test('two branches, neither of which is main, are left as they are', async () => {
    using there = await diverged({ origin: false, conflict: true })
    git(there.root, 'branch', '--quiet', '-m', 'main', 'other')
    expect(tryGit(there.root, 'merge', 'other').status).toBe(1)
    expect(await lock(there, '--renumber')).toMatchObject({ exitCode: 2, stdout: '' })
    expect(numbered(there)).toEqual(['003_genres.ts', '003_tags.ts'])
  })

  test('and without git, nothing tells which of two lines came first', async () => {
    using workspace = await checkWorkspace({ core: adding(core, { '003_tags': { up: table('tags') } }) })
    const there = { workspace, root: workspace.root, [Symbol.dispose]: () => {} }
    workspace.write(fileOf('core', '003_genres'), migrationSource('003_genres', { up: table('genres') }))
    // A file without a line is new for certain.
    expect((await lock(there, '--renumber', '--check')).stdout).toContain(renamed)
    workspace.write(LOCKFILE, `${readFileSync(join(there.root, LOCKFILE), 'utf8')}core/003_genres ${'0'.repeat(64)}\n`)
    expect((await lock(there, '--renumber')).stderr).toMatchInlineSnapshot(`
      "error  Nothing was renamed: it is not known which of these came first, and a database may have either under its name:
               - packages/core-schema/src/migrations/003_genres.ts
               - packages/core-schema/src/migrations/003_tags.ts
             Nothing tells what the main branch has: this is no git repository.
             Run it in a clone, not in a copy of its files. As long as that is so, rename by hand the one that no database has, and its line in migrations.lock.
      "
    `)
  })
})

describe('a second try', () => {
  test('finishes what a first one left half-way: files renamed, lines not', async () => {
    using there = await diverged({ conflict: true })
    tryGit(there.root, 'merge', 'main')
    renameSync(join(there.root, fileOf('core', '003_genres')), join(there.root, fileOf('core', '004_genres')))
    const { stdout } = await lock(there, '--renumber')
    expect(stdout).toContain('followed  the line of core/003_genres is now that of core/004_genres, as its file is\n')
    await expectSettled(there)
  })

  test('removes a line that a merge brought twice, unless the two say different things', async () => {
    using there = await diverged()
    const before = readFileSync(join(there.root, LOCKFILE), 'utf8')
    const last = before.trim().split('\n').at(-1) as string
    there.workspace.write(LOCKFILE, `${before}${last.replace(/\w{64}$/, '0'.repeat(64))}\n`)
    expect((await lock(there, '--renumber')).stderr).toContain('migrations.lock names core/003_genres twice')
    there.workspace.write(LOCKFILE, `${before}${last}\n`)
    expect((await lock(there, '--renumber')).stdout).toContain('removed   the second line of core/003_genres\n')
    expect(readFileSync(join(there.root, LOCKFILE), 'utf8')).toBe(before)
  })

  test('lets two files trade names where their lines say so', async () => {
    using there = await diverged()
    const file = (name: string) => join(there.root, fileOf('core', name))
    const more = { up: table('more'), down: ['drop table more'] }
    there.workspace.write(fileOf('core', '004_genres'), migrationSource('004_genres', more))
    await there.workspace.lock()
    const before = [file('003_genres'), file('004_genres')].map((path) => readFileSync(path, 'utf8'))
    const [first, second, third, fourth] = readFileSync(join(there.root, LOCKFILE), 'utf8').trim().split('\n')
    there.workspace.write(LOCKFILE, `${[first, second, fourth, third].join('\n')}\n`)
    // In a process of its own: this one has imported both files under their old names.
    const traded = await runCommand(['lock', '--renumber', '--workspace', there.root])
    expect(traded).toMatchObject({ exitCode: 0, stderr: '' })
    expect([file('004_genres'), file('003_genres')].map((path) => readFileSync(path, 'utf8'))).toEqual(before)
    expect(numbered(there)).toEqual(['003_genres.ts', '004_genres.ts'])
    expect(await runCommand(['lock', '--renumber', '--check', '--workspace', there.root])).toMatchObject({
      exitCode: 0,
    })
  })
})

describe('what main has published', () => {
  test('is not renamed either when --base is mistaken', async () => {
    using there = await diverged({ conflict: true })
    tryGit(there.root, 'merge', 'main')
    expect((await lock(there, '--renumber', '--base', 'HEAD')).stderr).toMatchInlineSnapshot(`
      "error  Nothing was renamed: with --base HEAD, core/003_tags would become core/004_tags, but origin/main has it under its present name, and so may a database.
             Leave --base out, or name a commit that has this migration.
      "
    `)
    expect(JSON.parse((await lock(there, '--renumber', '--base', 'HEAD', '--json')).stdout)).toMatchObject({
      error: {
        code: 'PublishedRenamingError',
        id: 'core/003_tags',
        to: 'core/004_tags',
        on: 'origin/main',
        base: 'HEAD',
      },
    })
    expect(numbered(there)).toEqual(['003_genres.ts', '003_tags.ts'])
  })

  test('with one number twice is mended only from where it was right', async () => {
    using there = await diverged()
    git(there.root, 'checkout', '--quiet', 'main')
    git(there.root, 'merge', '--quiet', '--no-edit', 'feature')
    git(there.root, 'push', '--quiet')
    expect((await lock(there, '--renumber')).stderr).toMatchInlineSnapshot(`
      "error  Nothing was renamed: origin/main itself has two migrations with the number 003 in the domain core, and a database may have either:
               - packages/core-schema/src/migrations/003_genres.ts
               - packages/core-schema/src/migrations/003_tags.ts
             Name the last commit where the numbers were right: npx nx run migrator:lock --renumber --base REF
      "
    `)
    expect(JSON.parse((await lock(there, '--renumber', '--json')).stdout)).toMatchObject({
      error: { code: 'PublishedNumberTwiceError', domain: 'core', number: '003', on: 'origin/main' },
    })
    expect((await lock(there, '--renumber', '--base', 'main^1')).stdout).toContain(renamed)
    expect(numbered(there)).toEqual(['003_tags.ts', '004_genres.ts'])
  })
})
