/** The Nx targets `types`, in a copy of the repository: what is up to date comes from the cache, and what is not is never hidden by it. */
import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { discover } from '../../src/workspace/discover.ts'
import { buildGraph } from '../../src/workspace/graph.ts'
import { REPOSITORY } from '../fixture-workspace.ts'

const LEFT_OUT = new Set(['node_modules', '.git', '.nx', '.veza', 'dist'])
const AUTH = 'packages/auth-schema/src'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'veza-nx-'))
  cpSync(REPOSITORY, root, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) })
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function nx(...args: string[]): Promise<{ failed: boolean; stdout: string }> {
  const bin = join(REPOSITORY, 'node_modules/.bin')
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: process.env.HOME, NX_DAEMON: 'false', NO_COLOR: '1', CI: '1' }
  const command = [join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js'), ...args]
  return promisify(execFile)(process.execPath, command, { cwd: root, env }).then(
    ({ stdout }) => ({ failed: false, stdout }),
    ({ stdout, stderr }) => ({ failed: true, stdout: `${stdout}${stderr}` }),
  )
}

const { order: domains, closure } = buildGraph(discover(REPOSITORY))
/** What `cached` answers when only these domains were generated again. */
const allBut = (...again: readonly string[]) => Object.fromEntries(domains.map((name) => [name, !again.includes(name)]))

/** Of each domain, whether its types came from the cache. */
async function cached(): Promise<Record<string, boolean>> {
  const { stdout } = await nx(
    'run-many',
    '-t',
    'types',
    '-p',
    'tag:kind:domain',
    '--parallel=1',
    '--output-style=static',
  )
  const tasks = [...stdout.matchAll(/^> nx run (\w+)-schema:types(.*)$/gm)]
  return Object.fromEntries(tasks.map(([, name, rest]) => [name, /cache/.test(rest as string)]))
}

test('types are generated again only where migrations have changed, and a stale file is not hidden by the cache', async () => {
  expect(domains.length).toBeGreaterThan(3)
  expect(await cached()).toEqual(allBut(...domains))
  expect(await cached()).toEqual(allBut())

  appendFileSync(join(root, AUTH, 'migrations/001_sessions.ts'), '// a comment\n')
  expect(await cached()).toEqual(allBut(...domains.filter((name) => closure(name).has('auth'))))

  expect((await nx('run', 'migrator:types', '--output-style=static', '--', '--check')).failed).toBe(false)
  const file = join(root, AUTH, 'tables.generated.ts')
  writeFileSync(file, readFileSync(file, 'utf8').replace('ip_address: string | null', 'ip_address: string'))
  const check = await nx('run', 'migrator:types', '--output-style=static', '--', '--check')
  expect(check.stdout).toContain(
    'table user_sessions, column ip_address: here `ip_address: string`; the migrations build `ip_address: string | null`',
  )
  expect(check.failed).toBe(true)
}, 300_000)
