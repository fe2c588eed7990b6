/** One message per fact: what `check` finds in the plan's files is said in the very words of the error that stops `up` and `lock`. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { orderFindings } from '../src/check/order.ts'
import { whatEdited } from '../src/workspace/edit.ts'
import { LOCKFILE } from '../src/workspace/lockfile.ts'
import { likelyOrder, survey } from '../src/workspace/survey.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { type FixtureWorkspace, fileOf, fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf } from './runs.ts'

const one = (name: string) => ({ up: [`create table ${name} (id int)`], down: [`drop table ${name}`] })
const domains = {
  core: { migrations: { '001_users': one('users'), '002_roles': one('roles') } },
  auth: { dependencies: ['core'], migrations: { '001_sessions': one('sessions') } },
}

/** Rule and text of all that `check` finds in the files, without a database. */
async function found(root: string): Promise<[rule: string, text: string][]> {
  const seen = survey(root)
  const findings = orderFindings({
    survey: seen,
    rendered: await likelyOrder(seen),
    base: [],
    editOf: (migration, line) => whatEdited(seen, migration, line),
  })
  return findings.map(({ rule, message, remedy }) => [rule, `${message}\n${remedy}`])
}

const editLock = (workspace: FixtureWorkspace, edit: (...lines: string[]) => readonly string[]): void => {
  const lines = readFileSync(join(workspace.root, LOCKFILE), 'utf8').trim().split('\n')
  workspace.write(LOCKFILE, `${edit(...lines).join('\n')}\n`)
}

const CASES: readonly [rule: string, error: string, spoil: (workspace: FixtureWorkspace) => void][] = [
  ['order/unreadable-line', 'LockfileSyntaxError', (it) => editLock(it, (...lines) => ['<<<<<<< HEAD', ...lines])],
  ['order/line-twice', 'LockfileDuplicateError', (it) => editLock(it, (...lines) => [...lines, lines[0]!])],
  ['order/missing-line', 'UnlockedMigrationError', (it) => editLock(it, (users, roles) => [users!, roles!])],
  ['order/line-without-file', 'LockedWithoutFileError', (it) => it.remove(fileOf('core', '002_roles'))],
  [
    'order/wrong-order',
    'LockfileOrderError',
    (it) => editLock(it, (users, roles, sessions) => [sessions!, users!, roles!]),
  ],
  [
    'order/edited',
    'EditedMigrationError',
    (it) => editLock(it, (users, roles) => [users!, roles!, `auth/001_sessions ${'0'.repeat(64)}`]),
  ],
  [
    'order/number-gap',
    'NumberGapError',
    (it) => {
      it.writeDomain('core', { migrations: { '004_gap': one('gap') } })
      editLock(it, (...lines) => [...lines, `core/004_gap ${'0'.repeat(64)}`])
    },
  ],
]

test.each(CASES)('%s says what %s says', async (rule, error, spoil) => {
  using workspace = await fixtureWorkspace(domains)
  spoil(workspace)
  const failure = await failureOf(openWorkspace(workspace.root))
  expect(failure.name).toBe(error)
  expect(await found(workspace.root)).toContainEqual([rule, failure.message])
})

test('of two files with one number, check names the one that came later; up does not know it', async () => {
  using workspace = await fixtureWorkspace(domains)
  workspace.writeDomain('core', { migrations: { '002_ranks': one('ranks') } })
  expect((await failureOf(openWorkspace(workspace.root))).message).toContain('Rename the newer one to 003_...')
  expect((await found(workspace.root))[0]).toMatchInlineSnapshot(`
    [
      "order/number-twice",
      "The domain core has two migrations with the number 002: packages/core-schema/src/migrations/002_ranks.ts and packages/core-schema/src/migrations/002_roles.ts.
    Rename packages/core-schema/src/migrations/002_ranks.ts, which came later, to 003_ranks.ts and record it with: npx nx run migrator:lock --renumber",
    ]
  `)
})

test('up names the helper that was edited, as check does', async () => {
  const migration = `import { sql } from 'kysely'
import { name } from '../names.ts'
export const about = 'x'
export const up = (db: any) => sql.raw(\`create table \${name} (id int)\`).execute(db)
export const down = (db: any) => sql.raw(\`drop table \${name}\`).execute(db)
`
  using workspace = await fixtureWorkspace({ core: { migrations: {} } })
  workspace.write('.gitignore', 'node_modules\n')
  workspace.write('packages/core-schema/src/names.ts', "export const name = 'users'\n")
  workspace.writeDomain('core', { migrations: { '001_users': migration } })
  workspace.write(LOCKFILE, `core/001_users ${'0'.repeat(64)}\n`)
  const git = (...args: readonly string[]) => {
    const identity = ['-c', 'user.name=team', '-c', 'user.email=team@example.org', '-c', 'commit.gpgsign=false']
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))
    expect(spawnSync('git', [...identity, ...args], { cwd: workspace.root, env }).status).toBe(0)
  }
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'recorded')
  workspace.write('packages/core-schema/src/names.ts', "export const name = 'people'\n")
  const failure = await failureOf(openWorkspace(workspace.root))
  expect(failure).toMatchObject({ edit: { by: 'helpers', helpers: ['packages/core-schema/src/names.ts'] } })
  expect(failure.message).toContain(
    'packages/core-schema/src/migrations/001_users.ts is as it was, ' +
      'but packages/core-schema/src/names.ts, which it uses, has been edited.',
  )
  expect(await found(workspace.root)).toEqual([['order/edited-helper', failure.message]])
})
