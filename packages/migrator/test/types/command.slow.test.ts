import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../command.ts'
import { type FixtureWorkspace, fixtureWorkspace } from '../fixture-workspace.ts'

const USERS = 'packages/core-schema/src/tables.generated.ts'

let workspace: FixtureWorkspace

beforeAll(async () => {
  workspace = await fixtureWorkspace({
    core: { migrations: { '001_users': { up: ['create table users (id uuid primary key, email text)'] } } },
    auth: {
      dependencies: ['core'],
      migrations: {
        '001_sessions': { up: ['create table sessions (id uuid primary key, user_id uuid references users)'] },
      },
    },
    chat: { dependencies: ['core'], migrations: { '001_rooms': { up: ['create table rooms (id uuid primary key)'] } } },
  })
})
afterAll(() => workspace?.[Symbol.dispose]())

const types = (...args: string[]) => runCommand(['types', ...args], { cwd: workspace.root })
const read = (path: string) => readFileSync(join(workspace.root, path), 'utf8')

test('types writes what is missing, leaves alone what is there, and --check tells what differs', async () => {
  const missing = await types('--check')
  expect(missing.stdout).toContain(`${USERS} is missing\n`)
  expect(missing.stdout).toContain('9 of 9 generated files differ. Write them with: npx nx run migrator:types\n')
  expect(missing.exitCode).toBe(1)

  const one = await types('--domain', 'auth-schema')
  expect(one.stdout).toMatch(
    /^auth {3}1 table {3}wrote packages\/auth-schema\/src\/tables\.generated\.ts, packages\/auth-schema\/src\/index\.ts, packages\/auth-schema\/schema\.sql\nGenerated from 2 migrations in .*\n$/,
  )
  const alone = read('packages/auth-schema/src/tables.generated.ts')

  const all = await types()
  expect(all.exitCode, all.stderr).toBe(0)
  expect(all.stdout).toMatch(
    /^core {3}1 table {3}wrote .*\nauth {3}1 table {3}unchanged\nchat {3}1 table {3}wrote .*\n/,
  )
  expect(read('packages/auth-schema/src/tables.generated.ts')).toBe(alone)
  const { mtimeMs } = statSync(join(workspace.root, USERS))

  const again = JSON.parse((await types('--json')).stdout)
  expect(again.domains.map(({ name, written }: any) => [name, written])).toEqual([
    ['core', []],
    ['auth', []],
    ['chat', []],
  ])
  expect(statSync(join(workspace.root, USERS)).mtimeMs).toBe(mtimeMs)
  expect((await types('--check')).exitCode).toBe(0)

  workspace.write(USERS, read(USERS).replace('email: string | null', 'email: string'))
  const stale = await types('--check')
  expect(stale.stdout).toBe(`${USERS} is stale
  table users, column email: here \`email: string\`; the migrations build \`email: string | null\`
1 of 9 generated files differ. Write them with: npx nx run migrator:types
`)
  expect(stale.exitCode).toBe(1)
}, 120_000)

test('a domain that is not there is wrong use', async () => {
  const { exitCode, stderr } = await types('--domain', 'billing')
  expect(stderr).toBe('error  There is no domain "billing". The domains are: auth, chat, core.\n')
  expect(exitCode).toBe(2)
}, 60_000)
