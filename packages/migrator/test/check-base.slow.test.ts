/** What `check` knows of the main branch in real clones: whole, shallow, of one branch, of another main, refused; and what it says where it knows nothing. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Base, type NoBase, readBase } from '../src/workspace/main-branch.ts'
import { adding, checkWorkspace, core, findings, useScratchServer } from './check-workspace.ts'
import { callCommand } from './command.ts'
import { type FixtureWorkspace, fileOf, migrationSource } from './fixture-workspace.ts'
import { commitAll, git, initialise, withRemote } from './git-repository.ts'

useScratchServer()
afterEach(() => vi.unstubAllEnvs())

/** V1 on main, a commit more on main, and a branch with two commits from V1. All of it is in the remote. */
async function published(): Promise<{ workspace: FixtureWorkspace; remote: string } & Disposable> {
  const workspace = await checkWorkspace({ core })
  initialise(workspace)
  const remote = withRemote(workspace)
  git(workspace.root, 'checkout', '--quiet', '-b', 'feature')
  for (const words of ['first', 'second']) {
    workspace.write('NOTES', words)
    commitAll(workspace, words)
  }
  git(workspace.root, 'push', '--quiet', 'origin', 'feature')
  git(workspace.root, 'checkout', '--quiet', 'main')
  workspace.write('MORE', '')
  commitAll(workspace, 'more')
  git(workspace.root, 'push', '--quiet', 'origin', 'main')
  git(workspace.root, 'checkout', '--quiet', 'feature')
  return {
    workspace,
    remote: remote.folder,
    [Symbol.dispose]: () => {
      workspace[Symbol.dispose]()
      remote[Symbol.dispose]()
    },
  }
}

interface Clone extends Disposable {
  readonly root: string
}

function clone(remote: string, ...options: readonly string[]): Clone {
  const root = mkdtempSync(join(tmpdir(), 'veza-clone-'))
  // Through file://, since git ignores --depth for a path.
  git(root, 'clone', '--quiet', ...options, pathToFileURL(remote).href, '.')
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}

/** Without a base, the reason is this; and the command that the remedy names gives one. */
function expectMended(root: string, missing: string, command: string): void {
  const found = readBase(root, undefined) as NoBase
  expect(found.missing).toBe(missing)
  expect(found.remedy).toContain(command)
  execFileSync('/bin/sh', ['-c', command], { cwd: root, stdio: 'pipe' })
  expect(readBase(root, undefined)).toMatchObject({ ref: 'origin/main', lines: [{ id: 'core/001_conventions' }, {}] })
}

describe('the main branch', () => {
  test('is known in a clone: what counts is the commit where the branch left it', async () => {
    using there = await published()
    using whole = clone(there.remote, '--branch', 'feature')
    const fork = git(whole.root, 'rev-parse', 'origin/main~1')
    expect(readBase(whole.root, undefined)).toMatchObject({ ref: 'origin/main', commit: fork, lines: [{}, {}] })
  })

  test('has no lines where it has no migrations.lock yet, which is known all the same', async () => {
    using there = await published()
    const { root } = there.workspace
    git(root, 'rm', '--quiet', 'migrations.lock')
    git(root, 'commit', '--quiet', '--message', 'no plan')
    expect(readBase(root, 'HEAD')).toMatchObject({ ref: 'HEAD', lines: [] })
  })

  test('is fetched into a clone of one branch', async () => {
    using there = await published()
    using single = clone(there.remote, '--branch', 'feature', '--single-branch')
    expectMended(single.root, 'there is no origin/main in this clone', 'git fetch origin main:refs/remotes/origin/main')
  })

  test('is fetched into a shallow clone of one branch, with the history that it needs', async () => {
    using there = await published()
    using shallow = clone(there.remote, '--branch', 'feature', '--depth', '1')
    expectMended(
      shallow.root,
      'there is no origin/main in this clone',
      'git fetch --unshallow origin main:refs/remotes/origin/main',
    )
  })

  test('is reached in a shallow clone of all branches once the rest of the history is there', async () => {
    using there = await published()
    using shallow = clone(there.remote, '--branch', 'feature', '--depth', '1', '--no-single-branch')
    expectMended(
      shallow.root,
      'the clone is shallow and ends before the commit where this branch left origin/main',
      'git fetch --unshallow',
    )
  })

  test('is known where HEAD is detached, as in CI', async () => {
    using there = await published()
    using detached = clone(there.remote, '--branch', 'feature')
    git(detached.root, 'checkout', '--quiet', '--detach')
    expect(readBase(detached.root, undefined)).toMatchObject({ ref: 'origin/main' })
  })

  test('may be called otherwise: the remedy gives the commit where this branch left it', async () => {
    using there = await published()
    git(there.remote, 'branch', '-m', 'main', 'trunk')
    using other = clone(there.remote)
    git(other.root, 'checkout', '--quiet', '-b', 'mine', 'origin/feature')
    const found = readBase(other.root, undefined) as NoBase
    expect(found.missing).toBe('there is no origin/main, since the main branch of origin is called origin/trunk')
    expect(found.remedy).toBe(
      'Name the commit where this branch left it (--base "$(git merge-base HEAD origin/trunk)").',
    )
    const commit = git(other.root, 'merge-base', 'HEAD', 'origin/trunk')
    expect((readBase(other.root, commit) as Base).lines).toHaveLength(2)
  })

  test('is not known without a remote, without a commit, without common history, or without git', async () => {
    using there = await published()
    const { root } = there.workspace
    const why = (from = root) => (readBase(from, undefined) as NoBase).missing
    git(root, 'checkout', '--quiet', '--orphan', 'unborn')
    expect(why()).toBe('the current branch has no commit yet')
    commitAll(there.workspace, 'all over')
    expect(why()).toBe('HEAD and origin/main have no commit in common')
    git(root, 'remote', 'remove', 'origin')
    expect(why()).toBe('there is no origin/main, since this repository has no remote called origin')
    vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1')
    expect(readBase(root, undefined)).toEqual({
      missing: 'git refuses to answer, since the repository belongs to another user',
      remedy: `If you trust it, tell git so (git config --global --add safe.directory ${root}).`,
    })
    vi.stubEnv('PATH', join(root, 'nothing'))
    expect(why()).toBe('git is not installed')
    vi.unstubAllEnvs()
    rmSync(join(root, '.git'), { recursive: true })
    expect(why()).toBe('this is no git repository')
  })

  test('whose file cannot be read is no base: an empty one would make every migration new', async () => {
    using there = await published()
    const { root } = there.workspace
    const blob = git(root, 'rev-parse', 'HEAD:migrations.lock')
    rmSync(join(root, '.git/objects', blob.slice(0, 2), blob.slice(2)))
    expect((readBase(root, 'HEAD') as NoBase).missing).toMatch(/^git cannot show migrations\.lock of HEAD \(.*\)$/)
  })
})

describe('a renamed column of a migration that main has', () => {
  const named = (column: string) =>
    migrationSource('003_label', {
      up: [`alter table users add column ${column} text`],
      down: [`alter table users drop column ${column}`],
    })

  /** main has `label`; a process of its own has never seen the file, so it may be edited. */
  async function edited(): Promise<FixtureWorkspace> {
    const workspace = await checkWorkspace({ core: adding(core, { '003_label': named('label') }) })
    initialise(workspace)
    git(workspace.root, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
    const other = await checkWorkspace({ core: adding(core, { '003_label': named('title') }) })
    git(other.root, 'init', '--quiet')
    git(other.root, 'fetch', '--quiet', workspace.root, 'refs/remotes/origin/main:refs/remotes/origin/main')
    workspace[Symbol.dispose]()
    git(other.root, 'update-ref', 'HEAD', 'refs/remotes/origin/main')
    expect((await callCommand(['types', '--workspace', other.root])).exitCode).toBe(0)
    return other
  }

  test('is found with a base; without one, in CI, that there is none is an error in every format', async () => {
    using workspace = await edited()
    const { root } = workspace
    const check = (env: Record<string, string>, ...args: readonly string[]) =>
      callCommand(['check', ...args, '--workspace', root], env)
    expect((await findings(root)).map(({ rule }) => rule)).toEqual(['history/edited-line'])

    git(root, 'update-ref', '-d', 'refs/remotes/origin/main')
    const message =
      'The main branch is not known here: there is no origin/main, since this repository has no remote called origin. So nothing tells ' +
      'whether a line of migrations.lock was edited or removed, nor which migrations are new and have to be safe on tables in use.'
    const remedy = 'Name the commit that stands for it: --base REF. Or say that there is none: --no-base.'
    const outside = await check({})
    expect(outside.exitCode).toBe(0)
    expect(outside.stdout).toContain(
      '\n  - history        not checked: there is no origin/main, since this repository has no',
    )
    expect(outside.stdout).toContain('\n  - safety         not checked: nothing tells which of 3 migrations are new\n')
    expect(outside.stdout).toContain(`\nwarning  history/no-base\n  ${message}\n  ${remedy}\n`)
    expect(outside.stdout).toMatch(
      /\nProven but for what was not checked \(history, safety\): 0 errors, 1 warning\.\n$/,
    )

    const inCi = await check({ CI: 'true' })
    expect(inCi.exitCode).toBe(1)
    expect(inCi.stdout).toContain('\n  x history        not checked: ')
    expect(inCi.stdout).toContain('\nerror  history/no-base\n')
    expect(inCi.stdout).toContain(' The environment variable CI is set, so that is an error.\n')
    expect(JSON.parse((await check({ CI: '1' }, '--json')).stdout)).toMatchObject({
      proven: false,
      unchecked: ['history', 'safety'],
      findings: [{ rule: 'history/no-base', severity: 'error', remedy }],
    })
    expect((await check({ CI: 'true' }, '--format', 'github')).stdout).toMatch(
      /^::error title=history\/no-base::The main branch is not known here: .*\n::notice title=safety\/not-checked::.*\n$/,
    )
    const sarif = JSON.parse((await check({ CI: 'true' }, '--format', 'sarif')).stdout)
    expect(sarif.runs[0].results).toMatchObject([{ ruleId: 'history/no-base', level: 'error' }])
    expect(sarif.runs[0].invocations[0].toolExecutionNotifications.map((one: any) => one.descriptor.id)).toEqual([
      'history/not-checked',
      'safety/not-checked',
    ])
    for (const CI of ['', '0', 'false']) expect((await check({ CI })).exitCode).toBe(0)
  }, 120_000)

  test('passes knowingly with --no-base, which is said, and is held against --base REF', async () => {
    using workspace = await edited()
    const { root } = workspace
    const env = { CI: 'true' }
    const without = await callCommand(['check', '--no-base', '--workspace', root], env)
    expect(without.exitCode).toBe(0)
    expect(without.stdout).toContain('\n  - history        not checked: --no-base says to do without the main branch\n')
    expect(without.stdout).toMatch(
      /\nProven but for what was not checked \(history, safety\): 0 errors, 0 warnings\.\n$/,
    )
    expect((await callCommand(['check', '--no-base', '--format', 'github', '--workspace', root], env)).stdout).toBe(
      '::notice title=history/not-checked::Not checked: history, since --no-base says to do without the main branch.\n' +
        '::notice title=safety/not-checked::Not checked: safety, since nothing tells which of 3 migrations are new.\n',
    )
    const base = git(root, 'rev-parse', 'HEAD')
    git(root, 'update-ref', '-d', 'refs/remotes/origin/main')
    const held = await callCommand(['check', '--base', base, '--json', '--workspace', root], env)
    expect(JSON.parse(held.stdout).findings.map(({ rule }: any) => rule)).toEqual(['history/edited-line'])
    for (const both of [
      ['--base', base, '--no-base'],
      ['--no-base', '--base', base],
    ]) {
      const { exitCode, stderr } = await callCommand(['check', ...both, '--workspace', root], env)
      expect(exitCode).toBe(2)
      expect(stderr).toBe('error  --base and --no-base cannot be used together: give only one of them.\n')
    }
  }, 120_000)
})

test('a conflict that git waits for is judged with the side that lock --renumber keeps', async () => {
  const later = (name: string) => ({ up: [`create table ${name} (id int)`], down: [`drop table ${name}`] })
  using workspace = await checkWorkspace({ core })
  initialise(workspace)
  git(workspace.root, 'checkout', '--quiet', '-b', 'feature')
  for (const [branch, name] of [
    ['feature', '003_genres'],
    ['main', '003_tags'],
  ] as const) {
    git(workspace.root, 'checkout', '--quiet', branch)
    workspace.write(fileOf('core', name), migrationSource(name, later(name.slice(4))))
    await workspace.lock()
    commitAll(workspace, name)
  }
  git(workspace.root, 'update-ref', 'refs/remotes/origin/main', 'main')
  git(workspace.root, 'checkout', '--quiet', 'feature')
  git(workspace.root, 'merge', '--quiet', '--no-commit', 'main')
  const twice = (await findings(workspace.root)).find(({ rule }) => rule === 'order/number-twice')
  expect(twice?.remedy).toContain(
    'Rename packages/core-schema/src/migrations/003_genres.ts, which came later, to 004_genres.ts',
  )
})
