/** TLS as libpq does it, on a real server with certificates that are made here; each failure is said to be one of TLS. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tcpProxy } from '@veza/tools/tcp-proxy'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Client, connect } from '../src/database/connect.ts'
import { readDestination } from '../src/database/destination.ts'
import { bundleOf } from './bundles.ts'
import { certificateAuthority, type Issued } from './certificates.ts'
import { startCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { type OwnServer, ownServer } from './own-server.ts'
import { failureOf } from './runs.ts'
import { told } from './told.ts'

const authority = certificateAuthority('the authority of these tests')
const stranger = certificateAuthority('an authority that nobody knows')
const forHost = authority.issue({ name: 'server', hosts: ['localhost'] })

let folder: string
let server: OwnServer

/** The path of a file with this text. */
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

const certificate = ({ cert, key }: Issued) => ({ 'server.crt': cert, 'server.key': key })
const WITH_TLS = { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key', ssl_ca_file: 'ca.crt' }

async function serverWith(issued: Issued): Promise<OwnServer> {
  const own = await ownServer({ settings: WITH_TLS, files: { ...certificate(issued), 'ca.crt': authority.cert } })
  await own.query("create role veza login password 'word'", 'create database veza owner veza')
  return own
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'veza-tls-'))
  file('ca.crt', authority.cert)
  file('stranger.crt', stranger.cert)
  server = await serverWith(forHost)
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})
// The files that libpq looks for where no parameter names one would be this machine's.
beforeEach(() => {
  vi.stubEnv('HOME', folder)
  return () => vi.unstubAllEnvs()
})

const urlFor = (parameters: string, { host = 'localhost', port = server.port } = {}) =>
  `postgresql://veza:word@${host}:${port}/veza?${parameters}`

/** `TLSv1.3`, or `none`. */
async function encryptionOf(client: Client): Promise<string> {
  const { rows } = await client.query('select version from pg_stat_ssl where pid = pg_backend_pid()')
  return rows[0].version ?? 'none'
}

async function encryption(parameters: string, options?: { host?: string; port?: number }): Promise<string> {
  const client = await connect(urlFor(parameters, options), 'test')
  try {
    return await encryptionOf(client)
  } finally {
    await client.end()
  }
}

async function refusal(parameters: string, options?: { host?: string; port?: number }): Promise<string> {
  const error = await failureOf(connect(urlFor(parameters, options), 'test'))
  expect(JSON.stringify(error)).not.toContain('word')
  return `${error.name}\n${(await told(error)).replaceAll(`:${options?.port ?? server.port}`, ':5432').replaceAll(folder, '/files')}`
}

const ROOT = () => `sslrootcert=${folder}/ca.crt`

describe('against a server that has TLS', () => {
  test.each([
    ['', 'none'],
    ['sslmode=disable', 'none'],
    ['sslmode=allow', 'none'],
    ['sslmode=prefer', 'TLSv1.3'],
    ['sslmode=require', 'TLSv1.3'],
    ['ssl=true', 'TLSv1.3'],
    ['sslmode=require&ssl_max_protocol_version=TLSv1.2', 'TLSv1.2'],
    ['sslmode=require&sslnegotiation=direct', 'TLSv1.3'],
    ['sslmode=require&channel_binding=require', 'TLSv1.3'],
    ['sslmode=require&uselibpqcompat=true', 'TLSv1.3'],
  ])('"%s" is %s', async (parameters, expected) => {
    expect(await encryption(parameters)).toBe(expected)
  })

  test.each(['sslmode=require', 'sslmode=verify-ca', 'sslmode=verify-full'])(
    '%s holds with the certificate of its authority',
    async (mode) => {
      expect(await encryption(`${mode}&${ROOT()}`)).toBe('TLSv1.3')
    },
  )

  test('verify-ca does not ask for whom the certificate is, and verify-full does', async () => {
    expect(await encryption(`sslmode=verify-ca&${ROOT()}`, { host: '127.0.0.1' })).toBe('TLSv1.3')
    expect(await refusal(`sslmode=verify-full&${ROOT()}`, { host: '127.0.0.1' })).toMatchInlineSnapshot(`
      "TlsError
      There is no TLS connection to 127.0.0.1:5432/veza: the server's certificate is for another host (Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ).
      Name the host as the certificate does, or say sslmode=verify-ca where the authority signs for your own servers only."
    `)
  })

  test('an authority that did not sign it', async () => {
    for (const mode of ['require', 'verify-ca', 'verify-full'])
      expect(await refusal(`sslmode=${mode}&sslrootcert=${folder}/stranger.crt`)).toMatch(/^TlsError\n.*not signed by/)
    expect(await refusal(`sslmode=verify-ca&sslrootcert=${folder}/stranger.crt`)).toMatchInlineSnapshot(`
      "TlsError
      There is no TLS connection to localhost:5432/veza: the server's certificate is not signed by an authority that sslrootcert holds (self-signed certificate in certificate chain).
      Name the file of the authority's certificate with sslrootcert."
    `)
  })

  test('no authority, where one is needed', async () => {
    expect(await refusal('sslmode=verify-full')).toMatchInlineSnapshot(`
      "UnusableDatabaseUrlError
      The database URL has a parameter that cannot be used: sslmode=verify-full needs the certificate of the server's authority: name its file with sslrootcert, or the authorities that this system trusts with sslrootcert=system (there is no /files/.postgresql/root.crt).
      Check what stands behind the "?" in --database-url or DATABASE_URL, and the PGSSL variables."
    `)
  })

  test('the authority in ~/.postgresql/root.crt, as libpq finds it', async () => {
    const home = mkdtempSync(join(tmpdir(), 'veza-home-'))
    mkdirSync(join(home, '.postgresql'))
    writeFileSync(join(home, '.postgresql/root.crt'), stranger.cert)
    vi.stubEnv('HOME', home)
    expect(await refusal('sslmode=require')).toMatch(/^TlsError/)
    writeFileSync(join(home, '.postgresql/root.crt'), authority.cert)
    expect(await encryption('sslmode=verify-full')).toBe('TLSv1.3')
    rmSync(home, { recursive: true })
  })

  test('the authorities that the system trusts, with sslrootcert=system', async () => {
    expect(await refusal('sslrootcert=system')).toMatch(/^TlsError\n.*not signed by/)
    expect(await refusal('sslrootcert=system&sslmode=require')).toMatchInlineSnapshot(`
      "UnusableDatabaseUrlError
      The database URL has a parameter that cannot be used: sslrootcert=system goes only with sslmode=verify-full, not with require.
      Check what stands behind the "?" in --database-url or DATABASE_URL, and the PGSSL variables."
    `)
    // OpenSSL takes the system's authorities from this file where the variable names one, and reads it once per process.
    using workspace = await fixtureWorkspace({ core: { migrations: {} } })
    const env = { SSL_CERT_FILE: join(folder, 'ca.crt'), DATABASE_URL: urlFor('sslrootcert=system') }
    const { exitCode, stderr } = await startCommand(['status', '--workspace', workspace.root], { env }).finished
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  test('PGSSLMODE and PGSSLROOTCERT count where the URL says nothing', async () => {
    const env = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: join(folder, 'ca.crt'), PGPASSWORD: 'word' }
    const url = `postgresql://veza@localhost:${server.port}/veza`
    const client = await connect(readDestination('DATABASE_URL', url, env), 'test')
    expect(await encryptionOf(client)).toBe('TLSv1.3')
    await client.end()
    const plain = await connect(readDestination('DATABASE_URL', `${url}?sslmode=disable`, env), 'test')
    expect(await encryptionOf(plain)).toBe('none')
    await plain.end()
  })

  test('a bundle connects in the same way, with the password from a file', async () => {
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_users': { up: ['create table users ()'] } } },
    })
    using bundle = await bundleOf(workspace.root)
    const env = {
      DATABASE_URL: `postgresql://veza@localhost:${server.port}/veza?sslmode=verify-full&${ROOT()}`,
      PGPASSFILE: file('pgpass', `localhost:${server.port}:veza:veza:word\n`),
    }
    expect(await bundle.run(['up'], { env })).toMatchObject({ exitCode: 0, stderr: '' })
    const { exitCode, stdout } = await bundle.run(['up', '--json'], { env: { ...env, PGPASSFILE: '/nowhere' } })
    expect({ exitCode, code: JSON.parse(stdout).error.code }).toEqual({ exitCode: 3, code: 'AuthenticationError' })
  })

  test('a wrong password is wrong both ways, so it is not sent again without encryption', async () => {
    await using proxy = await tcpProxy(`postgresql://127.0.0.1:${server.port}`)
    const url = `postgresql://veza:another@127.0.0.1:${proxy.port}/veza?sslmode=prefer`
    expect((await failureOf(connect(url, 'test'))).name).toBe('AuthenticationError')
    expect(proxy.connections).toBe(1)
  })

  test('a second connection is encrypted as the first', async () => {
    const first = await connect(urlFor('sslmode=prefer'), 'up')
    const second = await first.another('watch')
    expect([await encryptionOf(first), await encryptionOf(second)]).toEqual(['TLSv1.3', 'TLSv1.3'])
    await Promise.all([first.end(), second.end()])
  })
})

describe('a certificate', () => {
  test.each([
    ['that has expired', { validDays: [-3, -1] as const }, /^TlsError\n.*the server's certificate has expired/],
    ['that is not valid yet', { validDays: [1, 3] as const }, /^TlsError\n.*the server's certificate is not valid yet/],
    ['of another host', { hosts: ['db.example'] }, /^TlsError\n.*the server's certificate is for another host/],
  ])('%s', async (_name, fields, expected) => {
    await using other = await serverWith(authority.issue({ name: 'server', hosts: ['localhost'], ...fields }))
    expect(await refusal(`sslmode=verify-full&${ROOT()}`, other)).toMatch(expected)
    expect(await encryption('sslmode=require', other)).toBe('TLSv1.3')
  })

  test('of an address is one of an address', async () => {
    await using other = await serverWith(authority.issue({ name: 'server', hosts: ['127.0.0.1', '::1'] }))
    expect(await encryption(`sslmode=verify-full&${ROOT()}`, { ...other, host: '127.0.0.1' })).toBe('TLSv1.3')
    expect(await encryption(`sslmode=verify-full&${ROOT()}`, { ...other, host: '[::1]' })).toBe('TLSv1.3')
  })
})

describe('against a server without TLS', () => {
  let plain: OwnServer
  beforeAll(async () => {
    plain = await ownServer()
    await plain.query("create role veza login password 'word'", 'create database veza owner veza')
  })
  afterAll(() => plain?.[Symbol.asyncDispose]())

  test.each(['', 'sslmode=disable', 'sslmode=allow', 'sslmode=prefer'])('"%s" goes without', async (parameters) => {
    expect(await encryption(parameters, plain)).toBe('none')
  })

  test.each(['require', `verify-ca`, 'verify-full'])('%s is refused', async (mode) => {
    expect(await refusal(`sslmode=${mode}&${ROOT()}`, plain)).toMatch(/^TlsError\n.*the server does not speak TLS/)
  })

  test('with what to do', async () => {
    expect(await refusal('sslmode=require', plain)).toMatchInlineSnapshot(`
      "TlsError
      There is no TLS connection to localhost:5432/veza: the server does not speak TLS (The server does not support SSL connections).
      Switch TLS on at the server (ssl = on), or say sslmode=disable where nobody can listen in."
    `)
    expect(await refusal('sslmode=require&sslnegotiation=direct', plain)).toMatch(
      /^(TlsError|UnreachableServerError)\n/,
    )
    expect(await refusal('sslmode=prefer&sslnegotiation=direct', plain)).toMatchInlineSnapshot(`
      "UnusableDatabaseUrlError
      The database URL has a parameter that cannot be used: sslnegotiation=direct goes only with sslmode=require or a stricter one, not with prefer.
      Check what stands behind the "?" in --database-url or DATABASE_URL, and the PGSSL variables."
    `)
    expect(await refusal('sslmode=prefer&channel_binding=require', plain)).toMatchInlineSnapshot(`
      "TlsError
      There is no TLS connection to localhost:5432/veza: the server does not bind the login to the connection, which channel_binding=require asks for (SCRAM-SHA-256-PLUS was not offered).
      Use a role whose password is stored as scram-sha-256, over TLS, or leave channel_binding out."
    `)
  })
})

describe('who is let in', () => {
  const client = authority.issue({ name: 'veza' })
  const LETS = 'hostssl all all all scram-sha-256'

  beforeAll(async () => {
    file('client.crt', client.cert)
    file('client.key', client.key)
  })
  const restart = async (...hba: string[]) => {
    await server.stop()
    await server.start(hba)
  }

  test('only with TLS: a mode that may use it does, and one that may not says so', async () => {
    await restart(LETS)
    for (const mode of ['', 'sslmode=allow', 'sslmode=prefer', 'sslmode=require'])
      expect(await encryption(mode)).toBe('TLSv1.3')
    expect(await refusal('sslmode=disable')).toMatchInlineSnapshot(`
      "AuthenticationError
      localhost:5432/veza does not let the user "veza" in: no pg_hba.conf entry for host "127.0.0.1", user "veza", database "veza", no encryption.
      If the server takes this user only with TLS (hostssl in its pg_hba.conf), say sslmode=require or a stricter one."
    `)
  })

  test('only without TLS', async () => {
    await restart('hostnossl all all all scram-sha-256')
    for (const mode of ['', 'sslmode=disable', 'sslmode=prefer']) expect(await encryption(mode)).toBe('none')
    expect(await refusal('sslmode=require')).toMatch(/^AuthenticationError\n.*no pg_hba.conf entry/)
  })

  test('with a password of the older kind', async () => {
    await server.query("set password_encryption = 'md5'; alter role veza password 'word'")
    await restart('host all all all md5')
    expect(await encryption('')).toBe('none')
    expect(await refusal('sslmode=require&channel_binding=require')).toContain('does not bind the login')
    await server.query("alter role veza password 'word'")
  })

  test('a login that needs a client certificate says so, whichever way is tried first', async () => {
    await restart('hostssl all all all cert')
    for (const mode of ['', 'sslmode=prefer', 'sslmode=require'])
      expect(await refusal(mode)).toMatch(/requires a valid client certificate/)
  })

  test('with a client certificate and no password', async () => {
    await restart('hostssl all all all cert')
    const own = `sslcert=${folder}/client.crt&sslkey=${folder}/client.key`
    expect(await encryption(`sslmode=verify-full&${ROOT()}&${own}`)).toBe('TLSv1.3')
    expect(await encryption(`sslmode=require&${own}`)).toBe('TLSv1.3')
    expect(await refusal(`sslmode=verify-full&${ROOT()}`)).toMatchInlineSnapshot(`
      "AuthenticationError
      localhost:5432/veza does not let the user "veza" in: connection requires a valid client certificate.
      Name a TLS client certificate and its key with sslcert and sslkey."
    `)
    const unknown = stranger.issue({ name: 'veza' })
    const other = `sslcert=${file('other.crt', unknown.cert)}&sslkey=${file('other.key', unknown.key)}`
    expect(await refusal(`sslmode=require&${other}`)).toMatch(/^TlsError\n.*the server refuses the client certificate/)
  })

  test('with a client certificate whose key has a password', async () => {
    await restart('hostssl all all all cert')
    const issued = authority.issue({ name: 'veza', password: 'of the key' })
    const own = `sslmode=require&sslcert=${file('locked.crt', issued.cert)}&sslkey=${file('locked.key', issued.key)}`
    expect(await encryption(`${own}&sslpassword=of%20the%20key`)).toBe('TLSv1.3')
    expect(await refusal(`${own}&sslpassword=another`)).toMatch(/^UnusableDatabaseUrlError\n/)
  })

  test('files that cannot be used are named before a server is asked', async () => {
    expect(await refusal(`sslmode=require&sslcert=${folder}/client.crt`)).toMatchInlineSnapshot(`
      "UnusableDatabaseUrlError
      The database URL has a parameter that cannot be used: sslcert is given without sslkey, which names its private key.
      Check what stands behind the "?" in --database-url or DATABASE_URL, and the PGSSL variables."
    `)
    expect(await refusal(`sslmode=require&sslrootcert=${folder}/none.crt`)).toMatchInlineSnapshot(`
      "UnusableDatabaseUrlError
      The database URL has a parameter that cannot be used: sslrootcert names a file that cannot be read: ENOENT: no such file or directory, open '/files/none.crt'.
      Check what stands behind the "?" in --database-url or DATABASE_URL, and the PGSSL variables."
    `)
    expect(await refusal(`sslmode=require&sslcert=${folder}/client.crt&sslkey=${folder}/ca.crt`)).toMatch(
      /^UnusableDatabaseUrlError\n/,
    )
  })
})
