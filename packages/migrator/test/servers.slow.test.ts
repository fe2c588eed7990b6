/** Several servers in one URL, Unix sockets, password files: a primary and a standby that are really there. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Client, connect } from '../src/database/connect.ts'
import { readDestination } from '../src/database/destination.ts'
import { runCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { type OwnServer, ownServer } from './own-server.ts'
import { failureOf } from './runs.ts'
import { told } from './told.ts'

let primary: OwnServer
let standby: OwnServer
beforeAll(async () => {
  primary = await ownServer()
  await primary.query("create role veza login password 'p@ss/word'", 'create database veza owner veza', 'checkpoint')
  await primary.stop()
  // A standby that nobody sends anything to: it has what it began with, and answers queries as any standby does.
  standby = await ownServer({ copyOf: primary, files: { 'standby.signal': '' } })
  await primary.start()
})
afterAll(async () => {
  await standby?.[Symbol.asyncDispose]()
  await primary?.[Symbol.asyncDispose]()
})

const PASSWORD = 'p%40ss%2Fword'
const at = ({ port }: OwnServer) => `127.0.0.1:${port}`
/** Port 1 is nobody's. */
const NOBODY = '127.0.0.1:1'
const urlFor = (places: readonly string[], parameters = '') =>
  `postgresql://veza:${PASSWORD}@${places}/veza?${parameters}`

async function portOf(url: string): Promise<number> {
  const client = await connect(url, 'test')
  await client.end()
  return client.target.port
}

async function refusal(url: string): Promise<string> {
  const error = await failureOf(connect(url, 'test'))
  expect(inspect(error, { depth: 9 })).not.toMatch(/p@ss|p%40ss/)
  const names = { [at(primary)]: 'primary', [at(standby)]: 'standby', [NOBODY]: 'nobody' }
  const text = Object.entries(names).reduce((rest, [place, name]) => rest.replaceAll(place, name), error.message)
  return `${error.name}\n${text}`
}

describe('of several servers', () => {
  test('the first one that answers is used', async () => {
    expect(await portOf(urlFor([NOBODY, at(standby), at(primary)]))).toBe(standby.port)
    expect(await portOf(urlFor([at(primary), NOBODY]))).toBe(primary.port)
  })

  test.each<[attributes: string, expected: 'primary' | 'standby']>([
    ['any', 'standby'],
    ['read-write', 'primary'],
    ['primary', 'primary'],
    ['read-only', 'standby'],
    ['standby', 'standby'],
    ['prefer-standby', 'standby'],
  ])('target_session_attrs=%s uses the %s', async (attributes, expected) => {
    const parameter = `target_session_attrs=${attributes}`
    const wanted = { primary, standby }[expected].port
    expect(await portOf(urlFor([NOBODY, at(standby), at(primary)], parameter))).toBe(wanted)
    if (attributes !== 'any') expect(await portOf(urlFor([at(primary), at(standby)], parameter))).toBe(wanted)
  })

  test('prefer-standby takes a primary where there is no standby', async () => {
    expect(await portOf(urlFor([NOBODY, at(primary)], 'target_session_attrs=prefer-standby'))).toBe(primary.port)
  })

  test('a primary whose transactions are read-only is not read-write', async () => {
    await primary.query('alter database veza set default_transaction_read_only = on')
    try {
      expect(await refusal(urlFor([at(primary)], 'target_session_attrs=read-write'))).toMatch(
        / {2}- primary\/veza: its transactions are read-only$/,
      )
      expect(await portOf(urlFor([at(primary)], 'target_session_attrs=primary'))).toBe(primary.port)
      expect(await portOf(urlFor([at(primary)], 'target_session_attrs=read-only'))).toBe(primary.port)
    } finally {
      await primary.query('alter database veza reset default_transaction_read_only')
    }
  })

  test('where none can be used, each is named with its reason', async () => {
    expect(await refusal(urlFor([NOBODY, at(standby)], 'target_session_attrs=read-write'))).toMatchInlineSnapshot(`
      "NoServerError
      None of the servers can be used (target_session_attrs=read-write):
        - nobody/veza: connection refused
        - standby/veza: it is a standby"
    `)
    expect(await refusal(urlFor([at(primary)], 'target_session_attrs=standby'))).toMatch(/it is not a standby$/)
    expect(await refusal(urlFor([at(primary)], 'target_session_attrs=read-only'))).toMatch(/are not read-only$/)
  })

  test('a wrong password ends the search, as it would be wrong at the next one', async () => {
    const url = `postgresql://veza:another@${at(primary)},${at(standby)}/veza`
    expect(await refusal(url)).toMatch(/^AuthenticationError\nprimary/)
  })

  test('a second connection goes to the server that was chosen, also when it is no longer what was wanted', async () => {
    const first = await connect(urlFor([NOBODY, at(standby), at(primary)], 'target_session_attrs=primary'), 'up')
    const portAsked = async (client: Client) => (await client.query('select inet_server_port() as port')).rows[0].port
    await primary.query('alter database veza set default_transaction_read_only = on')
    const second = await first.another('watch')
    await primary.query('alter database veza reset default_transaction_read_only')
    expect([await portAsked(first), await portAsked(second)]).toEqual([primary.port, primary.port])
    expect(second.target).toEqual(first.target)
    await first.end()
    await second.end()
    await primary.stop()
    // The standby would answer: it must not be asked what became of a run on the primary.
    expect((await failureOf(first.another('aftermath'))).name).toBe('UnreachableServerError')
    await primary.start()
  })

  test('a run names the server that it was made on', async () => {
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_users': { up: ['create table users ()'] } } },
    })
    const env = { DATABASE_URL: urlFor([NOBODY, at(standby), at(primary)], 'target_session_attrs=read-write') }
    const { exitCode, stdout } = await runCommand(['up', '--json', '--workspace', workspace.root], { env })
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ target: { host: '127.0.0.1', port: primary.port, database: 'veza' } })
  })
})

describe('a Unix socket', () => {
  test.each([
    ['in a parameter', (folder: string, port: number) => `postgresql://veza@:${port}/veza?host=${folder}`],
    ['as the host', (folder: string, port: number) => `postgresql://veza@${encodeURIComponent(folder)}:${port}/veza`],
    [
      'beside others',
      (folder: string, port: number) => `postgresql://veza@${NOBODY},${encodeURIComponent(folder)}:${port}/veza`,
    ],
  ])('%s', async (_name, url) => {
    const client = await connect(url(primary.folder, primary.port), 'test')
    const { rows } = await client.query('select inet_server_addr() as address')
    const second = await client.another('watch')
    expect(rows).toEqual([{ address: null }])
    expect(second.target).toMatchObject({ host: primary.folder, port: primary.port })
    await Promise.all([client.end(), second.end()])
  })

  test('that is not there', async () => {
    const text = await told(
      failureOf(connect('postgresql://veza@/veza?host=/nowhere', 'test')).then((error) => Promise.reject(error)),
    )
    expect(text).toMatch(/^No PostgreSQL server answers at \/nowhere:5432\/veza: there is no such socket\./)
  })
})

test('settings of the session go along', async () => {
  const parameters = 'options=-c%20search_path%3Dother%20-c%20work_mem%3D5MB&application_name=release%207'
  const client = await connect(urlFor([at(primary)], parameters), 'test')
  const { rows } = await client.query(
    `select current_setting('search_path') as path, current_setting('work_mem') as memory, current_setting('application_name') as name`,
  )
  expect(rows).toEqual([{ path: 'other', memory: '5MB', name: 'release 7' }])
  await client.end()
})

describe('a password', () => {
  test('comes from the file that PGPASSFILE names where neither the URL nor PGPASSWORD has one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'veza-passfile-'))
    const file = join(folder, 'pgpass')
    writeFileSync(file, `127.0.0.1:${primary.port}:*:veza:p@ss/word\n`)
    chmodSync(file, 0o600)
    vi.stubEnv('PGPASSFILE', file)
    try {
      const url = `postgresql://veza@${at(primary)}/veza`
      const client = await connect(readDestination('DATABASE_URL', url, process.env), 'test')
      await (await client.another('watch')).end()
      await client.end()
      // The embedded server's URL is all that counts for it.
      expect((await failureOf(connect(url, 'test'))).name).toBe('AuthenticationError')
    } finally {
      vi.unstubAllEnvs()
      rmSync(folder, { recursive: true })
    }
  })

  test('comes from PGPASSWORD, and the one in the URL goes first', async () => {
    const url = (password: string) => `postgresql://veza${password}@${at(primary)}/veza`
    const env = { PGPASSWORD: 'p@ss/word' }
    await (await connect(readDestination('DATABASE_URL', url(''), env), 'test')).end()
    const error = await failureOf(connect(readDestination('DATABASE_URL', url(':another'), env), 'test'))
    expect(error.name).toBe('AuthenticationError')
  })
})
