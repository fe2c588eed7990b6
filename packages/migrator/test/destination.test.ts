/** What a URL, the PG* variables and the defaults come to, as libpq reads them; and what is refused instead of being ignored. */
import { userInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { type Destination, readDestination } from '../src/database/destination.ts'
import { serverText, targetText } from '../src/database/target.ts'
import { told } from './told.ts'

const read = (url: string, env: NodeJS.ProcessEnv = {}): Destination => readDestination('DATABASE_URL', url, env)
const servers = (url: string, env: NodeJS.ProcessEnv = {}) => read(url, env).servers.map(serverText)

describe('the servers', () => {
  test.each<[url: string, env: NodeJS.ProcessEnv, expected: readonly string[]]>([
    ['postgresql://', {}, ['localhost:5432']],
    ['postgresql://db/veza', {}, ['db:5432']],
    ['postgresql://db:5433', {}, ['db:5433']],
    ['postgresql://[::1]', {}, ['[::1]:5432']],
    ['postgresql://[2001:db8::7]:5433', {}, ['[2001:db8::7]:5433']],
    ['postgresql://a:1,b,[::1]:3/veza', {}, ['a:1', 'b:5432', '[::1]:3']],
    ['postgresql://a,b/veza?port=5433', {}, ['a:5433', 'b:5433']],
    ['postgresql:///veza?host=/run/postgresql', {}, ['/run/postgresql:5432']],
    ['postgresql://%2Frun%2Fpostgresql/veza', {}, ['/run/postgresql:5432']],
    ['postgresql://:5433/veza?host=/tmp', {}, ['/tmp:5433']],
    ['postgresql:///veza?host=a,b&port=1,2', {}, ['a:1', 'b:2']],
    ['postgresql://a/veza?host=b', {}, ['b:5432']],
    ['postgresql:///veza', { PGHOST: 'a,b', PGPORT: '1,2' }, ['a:1', 'b:2']],
    ['postgresql://c/veza', { PGHOST: 'a', PGPORT: '7' }, ['c:7']],
    ['postgresql:///veza', { PGHOST: '', PGPORT: '' }, ['localhost:5432']],
  ])('of %s with %j', (url, env, expected) => {
    expect(servers(url, env)).toEqual(expected)
  })

  test('are printed as they are written', () => {
    const target = { port: 5432, database: 'veza', user: 'me' }
    expect(['::1', '10.0.0.1', '/tmp'].map((host) => targetText({ ...target, host }))).toEqual([
      '[::1]:5432/veza',
      '10.0.0.1:5432/veza',
      '/tmp:5432/veza',
    ])
  })
})

test('user and database come from the URL, then the environment, then as libpq has it', () => {
  const env = { PGUSER: 'eve', PGDATABASE: 'her' }
  expect(read('postgresql://me@db/veza', env)).toMatchObject({ user: 'me', database: 'veza' })
  expect(read('postgresql://db/?user=me&dbname=veza', env)).toMatchObject({ user: 'me', database: 'veza' })
  expect(read('postgresql://db', env)).toMatchObject({ user: 'eve', database: 'her' })
  expect(read('postgresql://me@db')).toMatchObject({ user: 'me', database: 'me' })
  expect(read('postgresql://db')).toMatchObject({ user: userInfo().username, database: userInfo().username })
  expect(read('postgresql://m%C3%A4x%40x@db/a%2Fb')).toMatchObject({ user: 'mäx@x', database: 'a/b' })
})

test('the time for connecting is in seconds, and one second counts as two', () => {
  const times = ['', '?connect_timeout=0', '?connect_timeout=1', '?connect_timeout=7']
  expect(times.map((query) => read(`postgresql://db/${query}`).connectTimeoutMs)).toEqual([undefined, 0, 2000, 7000])
  expect(read('postgresql://db', { PGCONNECT_TIMEOUT: '3' }).connectTimeoutMs).toBe(3000)
})

const encryptions = (url: string, env: NodeJS.ProcessEnv = {}) => {
  const destination = read(url, env)
  return destination.servers.map((server) =>
    destination
      .routesTo(server)
      .map(({ encryption }) => encryption)
      .join(),
  )
}

test('encryption is tried as sslmode says; without it, a server on this machine is tried without TLS first', () => {
  expect(encryptions('postgresql://db,localhost,127.0.0.1,127.8.8.8,[::1],%2Ftmp')).toEqual([
    'tls,none',
    ...Array(4).fill('none,tls'),
    'none',
  ])
  const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']
  expect(modes.map((mode) => encryptions(`postgresql://db?sslmode=${mode}`)[0])).toEqual([
    'none',
    'none,tls',
    'tls,none',
    'tls',
    'tls',
    'tls',
  ])
  expect(encryptions('postgresql://localhost', { PGSSLMODE: 'require' })).toEqual(['tls'])
  expect(encryptions('postgresql://localhost?sslrootcert=system')).toEqual(['tls'])
  expect(encryptions('postgresql://localhost?ssl=true')).toEqual(['tls'])
  expect(encryptions('postgresql://db?ssl=0')).toEqual(['none'])
})

describe('what is refused', () => {
  const refusal = (url: string, env?: NodeJS.ProcessEnv) => told(() => read(url, env))

  test('a parameter that has no effect here, by its name', async () => {
    expect(await refusal('postgresql://me:word@db/veza?pgbouncer=true')).toMatchInlineSnapshot(
      `"DATABASE_URL has the parameter "pgbouncer", which the migrator does not support. Leave it out. Which ones it takes is listed in docs/guides/connecting.md."`,
    )
    for (const name of [
      'service',
      'passfile',
      'hostaddr',
      'require_auth',
      'sslcrldir',
      'statement_timeout',
      'SSLMODE',
      '',
    ])
      expect(await refusal(`postgresql://db?${name}=x`)).toMatch(/ has (the|a) parameter /)
  })

  test('but not by a name that may be a piece of a password', async () => {
    const text = await refusal('postgresql://db/veza?password=top-secret&42=1')
    expect(text).not.toContain('42')
    expect(text).toMatchInlineSnapshot(
      `"DATABASE_URL has a parameter that the migrator does not know: number 2 behind the "?". It is not repeated here, since it may be a piece of a password: in a password, write %3F for ?, %26 for & and %3D for =. Which ones it takes is listed in docs/guides/connecting.md."`,
    )
    for (const tail of ['top-secret-42', 'S3cret', 'secret_word', 'S3cret=1', 'sslmode=disable&S3cret'])
      expect(await refusal(`postgresql://db/veza?${tail}`)).not.toMatch(/secret/i)
  })

  test('a value that a parameter cannot have, without the value', async () => {
    const texts = [
      'sslmode=on',
      'ssl=no-verify',
      'target_session_attrs=primary%20',
      'connect_timeout=soon',
      'client_encoding=latin1',
      'gssencmode=require',
      'host=a%0Ab',
      'port=top-secret',
      'host=a,b&port=1,2,3',
    ].map((query) => refusal(`postgresql://db/veza?${query}`))
    expect((await Promise.all(texts)).join('\n')).toMatchInlineSnapshot(`
      "The value of sslmode from DATABASE_URL cannot be used. It takes: disable, allow, prefer, require, verify-ca, verify-full.
      The value of sslmode from DATABASE_URL cannot be used. It takes: disable, allow, prefer, require, verify-ca, verify-full.
      The value of target_session_attrs from DATABASE_URL cannot be used. It takes: any, read-write, read-only, primary, standby, prefer-standby.
      The value of connect_timeout from DATABASE_URL cannot be used. It takes: a whole number.
      The value of client_encoding from DATABASE_URL cannot be used. It takes: UTF8.
      The value of gssencmode from DATABASE_URL cannot be used. It takes: disable, prefer.
      The value of host from DATABASE_URL cannot be used. It takes: names, addresses and folders of sockets, with commas between them.
      The value of port from DATABASE_URL cannot be used. It takes: a number from 1 to 65535.
      The value of port from DATABASE_URL cannot be used. It takes: one port, or as many as there are hosts."
    `)
    expect(await refusal('postgresql://db', { PGSSLMODE: 'on' })).toMatch(/^The value of sslmode from PGSSLMODE /)
  })

  test('a variable that would lead elsewhere or protect more', async () => {
    expect(await refusal('postgresql://db', { PGSERVICE: 'x' })).toMatchInlineSnapshot(
      `"The environment has PGSERVICE, which libpq obeys and the migrator does not support. Unset it, and say in the URL what it says. Which ones it takes is listed in docs/guides/connecting.md."`,
    )
    for (const name of ['PGHOSTADDR', 'PGREQUIREAUTH', 'PGSSLCRLDIR'])
      expect(await refusal('postgresql://db', { [name]: 'x' })).toContain(name)
    expect(servers('postgresql://db', { PGSERVICE: '' })).toEqual(['db:5432'])
  })
})
