/**
 * The code of a migration that ends the process, or fails where nothing awaits it: the command fails, names the migration, and nothing is
 * committed.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { testDatabase } from '@veza/tools/test-database'
import { describe, expect, test } from 'vitest'
import { type Finished, runCommand, startCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { publicObjects } from './runs.ts'

/** A migration with this code in its module, in its `up`, or in its `up` only when it runs live. */
const source = ({ module = '', render = '', live = '' }) => `
import { exit } from 'node:process'
import { Worker } from 'node:worker_threads'
import { type Kysely, sql } from 'kysely'
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
${module}
export const about = 'ends it all'
export async function up(db: Kysely<any>): Promise<void> {
  await sql\`create table half ()\`.execute(db)
  ${render}
  ${live === '' ? '' : `const { rows } = await sql\`select 1\`.execute(db)\n  if (rows.length === 0) return\n  ${live}`}
}
export const irreversible = 'it is a test'
`

async function ran(verb: readonly string[], code: Parameters<typeof source>[0]): Promise<Finished> {
  const workspace = await fixtureWorkspace({ core: { migrations: { '001_end': 'export {}' } } }, { lock: false })
  using _ = workspace
  workspace.write('packages/core-schema/src/migrations/001_end.ts', source(code))
  // Nothing could render it for a lock file, and a wrong checksum is noticed only after the rendering.
  const line = code.live === undefined ? `core/001_end ${'0'.repeat(64)}\n` : undefined
  if (line === undefined) await workspace.lock()
  else workspace.write('migrations.lock', line)
  await using db = await testDatabase()
  const finished = await runCommand([...verb, '--database-url', db.url, '--workspace', workspace.root])
  expect(await publicObjects(db.client)).toEqual([])
  return finished
}

const EXITS: readonly (readonly [code: string, call: string])[] = [
  ['process.exit(0)', 'process.exit(0)'],
  ['process.exit()', 'process.exit()'],
  ['exit(7)', 'process.exit(7)'],
  [';(process as any).reallyExit(0)', 'process.exit(0)'],
  ['process.abort()', 'process.abort()'],
  ['process.removeAllListeners(); process.exit(0)', 'process.exit(0)'],
  ["process.kill(process.pid, 'SIGKILL')", 'process.kill'],
  ["process.execve!('/bin/true', ['true'])", 'process.execve(/bin/true)'],
  ['try { process.exit(0) } catch {}', 'process.exit(0)'],
  ['setTimeout(() => process.exit(0), 1); await sleep(60_000)', 'process.exit(0)'],
  ['queueMicrotask(() => process.exit(0)); await sleep(60_000)', 'process.exit(0)'],
]

describe.concurrent('an exit', () => {
  test.each(EXITS)('at import: %s', async (code, call) => {
    const { exitCode, stdout, stderr } = await ran(['plan'], { module: code })
    expect(stderr).toContain(`error  core/001_end called ${call}`)
    expect(stderr).toContain('which would have ended the command before it was done')
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
  })

  test.each(EXITS)('while it is rendered: %s', async (code, call) => {
    const { exitCode, stderr } = await ran(['up'], { render: code })
    expect(stderr).toContain(`error  core/001_end called ${call}`)
    expect(exitCode).toBe(3)
  })

  test.each(EXITS)('live: %s', async (code, call) => {
    const { exitCode, stderr } = await ran(['up'], { live: code })
    expect(stderr).toContain(`error  core/001_end failed: it called ${call}`)
    expect(stderr).toContain('Nothing of this run was applied')
    expect(exitCode).toBe(3)
  })

  test.each([['check', '--no-base'], ['lock'], ['status'], ['sql', '--out', '/nowhere'], ['up', '--dry-run']])(
    'in %s',
    async (...verb) => {
      const { exitCode, stderr } = await ran(verb, { render: 'process.exit(0)' })
      expect(stderr).toContain('error  core/001_end called process.exit(0)')
      expect(exitCode).toBe(3)
    },
  )
})

describe.concurrent('an error that nothing awaits', () => {
  const STRAYS = [
    "setTimeout(() => { throw new Error('in a timer') }, 1); await sleep(60_000)",
    'new Worker(\'throw new Error("in a worker")\', { eval: true }); await sleep(60_000)',
    "Promise.reject(new Error('in a promise')); await sleep(60_000)",
    "process.removeAllListeners(); Promise.reject(new Error('in a promise')); await sleep(60_000)",
  ]

  test.each(STRAYS)('while it is rendered: %s', async (code) => {
    const { exitCode, stderr } = await ran(['up'], { render: code })
    expect(stderr).toMatch(/error {2}core\/001_end (failed outside|started a promise).*: in a \w+\.\n/)
    expect(exitCode).toBe(3)
  })

  test.each(STRAYS)('live: %s', async (code) => {
    const { exitCode, stderr } = await ran(['up'], { live: code })
    expect(stderr).toMatch(/error {2}core\/001_end failed: it (failed outside|started a promise).*: in a \w+\n/)
    expect(stderr).toContain('Nothing of this run was applied')
    expect(exitCode).toBe(3)
  })
})

describe.concurrent('a wait that never ends, with nothing left that could end it', () => {
  test.each([
    ['at import', { module: 'await new Promise(() => {})' }],
    ['while it is rendered', { render: 'await new Promise(() => {})' }],
  ])('%s', async (_when, code) => {
    for (const verb of ['plan', 'up']) {
      const { exitCode, stderr } = await ran([verb], code)
      expect(stderr).toBe(
        'error  core/001_end awaits something that never happens: nothing is left that could make it happen.\n',
      )
      expect(exitCode).toBe(3)
    }
  })

  test('live', async () => {
    const { exitCode, stderr } = await ran(['up'], { live: 'await new Promise(() => {})' })
    expect(stderr).toMatch(/^error {2}core\/001_end failed: it awaits something that never happens/)
    expect(stderr).toContain('Nothing of this run was applied')
    expect(exitCode).toBe(3)
  })
})

test('whoever takes even the last listener away is told of, if not by name', async () => {
  const { exitCode, stderr } = await ran(['plan'], {
    module:
      "for (const one of process.listeners('beforeExit')) process.off('beforeExit', one)\nawait new Promise(() => {})",
  })
  // Node itself has warned before that.
  expect(stderr.slice(stderr.indexOf('error  '))).toMatchInlineSnapshot(`
    "error  The process ended before the command was done: a migration, or a module that it imports, has ended it.
           What it was doing is not committed, unless this was said before. Ask: npx nx run migrator:status
    "
  `)
  expect(exitCode).toBe(3)
})

test('an event "exit" that a migration makes up is no end', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_end': source({ module: "process.emit('exit', 0)" }) } },
  })
  const { exitCode, stderr } = await runCommand(['plan', '--workspace', workspace.root])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
})

test('Ctrl-C is heard also where a migration has removed all listeners', async () => {
  const code =
    "process.removeAllListeners()\nprocess.stderr.write('listeners gone\\n')\nawait new Promise((resolve) => setTimeout(resolve, 60_000))"
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_end': 'export {}' } } }, { lock: false })
  workspace.write('packages/core-schema/src/migrations/001_end.ts', source({ module: code }))
  workspace.write('migrations.lock', `core/001_end ${'0'.repeat(64)}\n`)
  const { child, finished, said } = startCommand(['plan', '--workspace', workspace.root])
  await said(/listeners gone/)
  child.kill('SIGINT')
  const { exitCode, stderr } = await finished
  expect(stderr).toContain('error  Interrupted')
  expect(exitCode).toBe(3)
})

test('what a migration leaves behind, a timer that prints, another exit code, neither keeps nor changes anything', async () => {
  // The test itself renders it as well, to make the lock file.
  const left = `if (process.env.LEAVES) {
    setInterval(() => console.log('late'), 1)
    process.exitCode = 5
    process.on('exit', () => { process.exitCode = 6 })
  }`
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_end': source({ module: left }) } } })
  const { exitCode, stdout } = await runCommand(['plan', '--json', '--workspace', workspace.root], {
    env: { LEAVES: '1' },
  })
  expect(JSON.parse(stdout).migrations).toHaveLength(1)
  expect(exitCode).toBe(0)
})

test('nor does a thread that is blocked, as by a name server that does not answer', async () => {
  const blocked = `if (process.env.LEAVES) {
    execFileSync('mkfifo', [process.env.LEAVES])
    open(process.env.LEAVES, 'r', () => {})
  }`
  using workspace = await fixtureWorkspace({
    core: {
      migrations: {
        '001_end': `import { execFileSync } from 'node:child_process'\nimport { open } from 'node:fs'\n${source({ module: blocked })}`,
      },
    },
  })
  const { exitCode, stdout } = await runCommand(['plan', '--json', '--workspace', workspace.root], {
    env: { LEAVES: join(workspace.root, 'nobody-writes-to-this') },
  })
  expect(JSON.parse(stdout).migrations).toHaveLength(1)
  expect(exitCode).toBe(0)
})

test('no embedded server is left running', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_end': source({ live: 'process.exit(0)' }) } } })
  const { exitCode, stdout, stderr } = await runCommand(['up', '--workspace', workspace.root])
  expect(stdout).toContain('embedded PostgreSQL')
  expect(stderr).toContain('core/001_end failed: it called process.exit(0)')
  expect(exitCode).toBe(3)
  const data = resolve(workspace.root, /data in (\S+)/.exec(stdout)?.[1] as string)
  expect(existsSync(join(data, 'PG_VERSION'))).toBe(true)
  expect(existsSync(join(data, 'postmaster.pid'))).toBe(false)
})
