/** Workspace → domains: what counts as one, and what does not. What is refused stands in errors-workspace.test.ts. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { discover, findWorkspace } from '../src/workspace/discover.ts'
import { listMigrations } from '../src/workspace/load.ts'
import { fixtureWorkspace, REPOSITORY } from './fixture-workspace.ts'

const users = { up: ['create table users ()'] }
const manifest = (fields: object) => JSON.stringify({ version: '0.0.0', ...fields })

test('the domains are the tagged packages, by name, with the domains that they depend on', async () => {
  using workspace = await fixtureWorkspace({
    social: { dependencies: ['core', 'auth'], migrations: { '001_a': users } },
    core: { migrations: { '001_a': users } },
    auth: { dependencies: ['core'], migrations: { '001_a': users } },
  })
  expect(discover(workspace.root).map(({ name, path, dependencies }) => ({ name, path, dependencies }))).toEqual([
    { name: 'auth', path: 'packages/auth-schema', dependencies: ['core'] },
    { name: 'core', path: 'packages/core-schema', dependencies: [] },
    { name: 'social', path: 'packages/social-schema', dependencies: ['auth', 'core'] },
  ])
})

test('packages without the tag are none, and dependencies from outside are no edges', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': users } } })
  workspace.write('packages/web/package.json', manifest({ name: '@fixture/web', nx: { tags: ['kind:app'] } }))
  workspace.write('packages/notes.txt', 'no package')
  workspace.write(
    'packages/chat2-schema/package.json',
    manifest({
      name: '@fixture/chat2-schema',
      nx: { tags: ['team:chat', 'kind:domain'] },
      dependencies: { '@fixture/core-schema': '0.0.0', kysely: '^0.29.0', '@other/thing': '1.0.0' },
      devDependencies: { '@fixture/web': '0.0.0' },
    }),
  )
  expect(discover(workspace.root).map(({ name, dependencies }) => [name, dependencies])).toEqual([
    ['chat2', ['core']],
    ['core', []],
  ])
})

test('workspaces may be written as an object too', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': users } } })
  workspace.write('package.json', JSON.stringify({ workspaces: { packages: ['packages/*'] } }))
  expect(discover(workspace.root).map(({ name }) => name)).toEqual(['core'])
})

test('the workspace is found from any folder in it', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': users } } })
  expect(findWorkspace(join(workspace.root, 'packages/core-schema/src/migrations'))).toBe(workspace.root)
  expect(findWorkspace(import.meta.dirname)).toBe(REPOSITORY.replace(/\/$/, ''))
})

test('migrations are listed by number, not by the order of names', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: {} } }, { lock: false })
  for (let number = 1; number <= 1001; number++) {
    workspace.write(`packages/core-schema/src/migrations/${String(number).padStart(3, '0')}_a.ts`, '')
  }
  const [core] = discover(workspace.root)
  const numbers = listMigrations(core!).map(({ number }) => number)
  expect(numbers).toHaveLength(1001)
  expect(numbers.slice(-3)).toEqual([999, 1000, 1001])
})
