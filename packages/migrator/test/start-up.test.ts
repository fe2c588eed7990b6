/** Start-up is part of the speed: `up` with nothing to do loads the engine's own files, a command line parser and the driver. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'

const HOOK = new URL('./loaded-modules.ts', import.meta.url).href

interface Loaded {
  readonly packages: readonly string[]
  /** Files of the migrator, from its `src`. */
  readonly files: readonly string[]
}

async function loadedBy(root: string, ...args: readonly string[]): Promise<Loaded> {
  const file = join(root, 'loaded-modules')
  if (existsSync(file)) rmSync(file)
  const env = { NODE_OPTIONS: `--import=${HOOK}`, LOADED_MODULES: file }
  const { exitCode, stderr } = await runCommand([...args, '--workspace', root], { env })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const urls = readFileSync(file, 'utf8').split('\n')
  const matches = (pattern: RegExp) => [...new Set(urls.flatMap((url) => pattern.exec(url)?.[1] ?? []))].sort()
  return {
    packages: matches(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//),
    files: matches(/\/migrator\/src\/(.*)$/),
  }
}

test('up with nothing pending loads no library but commander and pg, and no file of another capability', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_users': { up: ['create table users ()'] } } } })
  // Without it nothing says what is installed, and no rendering is kept.
  workspace.write('package-lock.json', '{}')
  await using db = await testDatabase()
  const up = () => loadedBy(workspace.root, 'up', '--database-url', db.url)

  const rendering = await up()
  expect(rendering.packages).toContain('kysely')

  const { packages, files } = await up()
  const ofDriver = /^(pg|postgres)(-|$)|^xtend$/
  expect(packages.filter((name) => !ofDriver.test(name))).toEqual(['commander'])
  expect(packages).toContain('pg')
  const rooms = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]))
  expect([...rooms].sort()).toEqual(['commands', 'database', 'plan', 'process', 'report', 'run', 'workspace'])
  expect(files.filter((file) => file.startsWith('commands/'))).toEqual([
    'commands/errors.ts',
    'commands/run-options.ts',
    'commands/up.ts',
    'commands/with-database.ts',
  ])
  for (const file of ['run/dry-run.ts', 'run/run-pieces.ts', 'workspace/edit.ts', 'workspace/render.ts'])
    expect(files).not.toContain(file)
})

test('a verb loads none of the others, and asking for its help loads no database', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: {} } })
  const { files, packages } = await loadedBy(workspace.root, 'plan', '--help')
  expect(files.filter((file) => file.startsWith('commands/'))).toEqual(['commands/plan.ts'])
  expect(packages).toEqual(['commander'])
})
