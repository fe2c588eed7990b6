/** Who is let into the embedded server: whoever can read its password, and no other user of the machine. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { acquireEmbedded, type EmbeddedOptions, type EmbeddedServer } from '../src/embedded/server.ts'
import { withScratch } from '../src/replay/scratch.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'

const isRoot = process.getuid?.() === 0
const NOBODY = 65534

const held = new Set<EmbeddedServer>()
afterEach(async () => {
  await Promise.all([...held].map((server) => server.release()))
  held.clear()
})

function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'veza-doors-')))
  chmodSync(made, 0o755)
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return join(made, '.veza')
}

async function acquire(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const server = await acquireEmbedded({ durable: false, port: 0, ...options })
  held.add(server)
  return server
}

async function ask<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query<T>(sql)).rows
  } finally {
    // Also a connection that the server waits on for a password is over now.
    client.connection.stream.destroy()
  }
}

const without = (url: string): string => url.replace(/:[^:@]+@/, ':@')

/** SQLSTATE, or what the driver says if it has nothing to answer with. */
async function refusal(url: string): Promise<string> {
  const error = await ask(url, 'select 1').then(
    () => expect.fail('it should have been refused'),
    (thrown) => thrown,
  )
  return error.code ?? error.message
}

test('nobody is let in without the password, whatever they say they are', async () => {
  const server = await acquire({ dir: folder() })
  expect(await ask(server.url, 'select current_user::text as me')).toEqual([{ me: 'postgres' }])
  expect(await refusal(without(server.url))).toMatch(/password must be/)
  expect(await refusal(server.url.replace(/:[^:@]+@/, ':guess@'))).toBe('28P01')
  expect(await refusal(server.url.replace('/veza', '/postgres').replace(/:[^:@]+@/, ':@'))).toMatch(/password must be/)
  const rules = await ask(server.url, 'select type, auth_method as method, error from pg_hba_file_rules')
  expect(rules).toEqual([{ type: 'host', method: 'scram-sha-256', error: null }])
})

test('the password is in a file of its owner, another one in each folder, and nowhere else', async () => {
  const dir = folder()
  const server = await acquire({ dir })
  const { mode, uid } = statSync(server.passwordFile)
  expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o600, uid: process.getuid?.() })
  const { password } = new URL(server.url)
  expect(password).toMatch(/^[\w-]{43}$/)
  const { url: other } = await acquire({ dir: folder() })
  expect(new URL(other).password).not.toBe(password)
  const found = spawnSync('grep', ['-rlF', password, dir], { encoding: 'utf8' })
  expect(found.stdout.trim()).toBe(server.passwordFile)
  expect(statSync(join(dir, 'postgres.log')).mode & 0o077).toBe(0)
})

test('the databases of check and of the generators have the same door', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: {} } })
  await withScratch(workspace.root, async ({ createDatabase }) => {
    const url = await createDatabase()
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(await refusal(without(url))).toMatch(/password must be/)
  })
})

test.runIf(isRoot)('another user of the machine neither reads the password nor gets in', async (context) => {
  const nobody = { uid: NOBODY, gid: NOBODY, cwd: '/', env: { PATH: process.env.PATH }, encoding: 'utf8' } as const
  const canEnter = spawnSync('/bin/sh', ['-c', 'test -r "$0"', process.execPath], nobody).status === 0
  context.skip(!canEnter, 'the user nobody cannot read this checkout')
  const server = await acquire({ dir: folder() })
  const script = `
    const { readFileSync } = require('node:fs')
    const pg = require(${JSON.stringify(join(import.meta.dirname, '../../../node_modules/pg'))})
    const said = []
    for (const file of ${JSON.stringify([server.passwordFile, join(server.dataDir, 'pg_hba.conf')])})
      try { said.push(readFileSync(file, 'utf8')) } catch (error) { said.push(error.code) }
    const client = new pg.Client({ connectionString: ${JSON.stringify(without(server.url))} })
    client.connect().then(() => said.push('let in'), () => said.push('refused')).finally(() => {
      process.stdout.write(said.join(' '))
      process.exit()
    })`
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', 'exec "$0" -e "$1"', process.execPath, script], nobody)
  expect({ stdout, stderr }).toEqual({ stdout: 'EACCES EACCES refused', stderr: '' })
})

describe('a cluster of an older version, which trusts everybody', () => {
  const RULES = ['local all all trust', 'host all all 127.0.0.1/32 trust', 'host all all ::1/128 trust', ''].join('\n')

  /** A running server, as the version before passwords had it. */
  async function older(dir: string): Promise<EmbeddedServer> {
    const server = await acquire({ dir })
    await ask(server.url, 'create table kept (id int); insert into kept values (7); alter role postgres password null')
    writeFileSync(join(server.dataDir, 'pg_hba.conf'), RULES)
    process.kill(server.pid, 'SIGHUP')
    rmSync(server.passwordFile)
    await vi.waitUntil(() => ask(without(server.url), 'select 1').catch(() => undefined), 10_000)
    return server
  }

  test.each([
    ['on disk', {}],
    ['in memory', { memoryMb: 500 }],
  ])('gets a password at its next start %s, and keeps its data', async (_name, options) => {
    const dir = folder()
    await (await older(dir)).release()
    const server = await acquire({ dir, ...options })
    expect(await ask(server.url, 'select id from kept')).toEqual([{ id: 7 }])
    expect(await refusal(without(server.url))).toMatch(/password must be/)
    await server.release()
    const again = await acquire({ dir, ...options })
    expect(new URL(again.url).password).toBe(new URL(server.url).password)
    expect(await ask(again.url, 'select id from kept')).toEqual([{ id: 7 }])
  })

  test('is used as it is while it runs for somebody', async () => {
    const dir = folder()
    const running = await older(dir)
    const server = await acquire({ dir })
    expect({ pid: server.pid, url: server.url }).toEqual({
      pid: running.pid,
      url: without(running.url).replace(':@', '@'),
    })
    expect(await ask(server.url, 'select id from kept')).toEqual([{ id: 7 }])
  })

  test('and that a killed process left running is stopped and locked', async () => {
    const dir = folder()
    const { pid } = await older(dir)
    for (const lease of readdirSync(join(dir, 'leases'))) rmSync(join(dir, 'leases', lease))
    const server = await acquire({ dir })
    expect(server.pid).not.toBe(pid)
    expect(await refusal(without(server.url))).toMatch(/password must be/)
    expect(await ask(server.url, 'select id from kept')).toEqual([{ id: 7 }])
  })
})

test('a password file that was removed is made anew with the next start', async () => {
  const dir = folder()
  const first = await acquire({ dir })
  await ask(first.url, 'create table kept ()')
  rmSync(first.passwordFile)
  await expect(acquireEmbedded({ dir, durable: false, port: 0 })).rejects.toMatchObject({
    name: 'EmbeddedFolderError',
    folder: first.passwordFile,
  })
  await first.release()
  held.delete(first)
  const second = await acquire({ dir })
  expect(readFileSync(second.passwordFile, 'utf8')).not.toContain(new URL(first.url).password)
  expect(await ask(second.url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }])
})
