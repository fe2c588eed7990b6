/** A PostgreSQL of a test's own, for what the tests' shared server cannot be: with TLS, with another pg_hba.conf, a standby. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { serverAccount } from '../src/embedded/account.ts'
import { findBinaries, program } from '../src/embedded/binaries.ts'
import { usableBinaries } from '../src/embedded/copy.ts'
import { programEnvironment } from '../src/embedded/environment.ts'

export interface OwnServer extends AsyncDisposable {
  readonly port: number
  /** Holds the server's Unix socket too. */
  readonly folder: string
  /** As the superuser `postgres`, through the Unix socket, which everybody is let in by. */
  query(...statements: readonly string[]): Promise<void>
  stop(): Promise<void>
  /** Starts again on the same port, with other lines of pg_hba.conf if they are given. */
  start(hba?: readonly string[]): Promise<void>
}

export interface OwnServerOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Lines of pg_hba.conf for TCP. Default: everybody with their password. */
  readonly hba?: readonly string[]
  /** Written into the data folder, readable only for the server. */
  readonly files?: Readonly<Record<string, string>>
  /** A stopped server to begin as a copy of. Default: an empty cluster. */
  readonly copyOf?: OwnServer
  /** The folder `native` of another version of PostgreSQL. Default: the workspace's own. */
  readonly native?: string | undefined
}

export async function ownServer(options: OwnServerOptions = {}): Promise<OwnServer> {
  const { settings = {}, files = {}, hba = ['host all all all scram-sha-256'], copyOf, native } = options
  const folder = mkdtempSync(join(tmpdir(), 'veza-own-server-'))
  const account = serverAccount(folder)
  const as = account && { uid: account.uid, gid: account.gid }
  const owned = (path: string, mode: number) => {
    chmodSync(path, mode)
    if (account !== undefined) chownSync(path, account.uid, account.gid)
  }
  // The account of root's server has to pass through, and the tests' own user too.
  owned(folder, 0o755)
  const home = join(folder, 'home')
  mkdirSync(home)
  chmodSync(home, 0o755)
  const binaries = usableBinaries(findBinaries({ native }), { home, account })
  const data = join(folder, 'data')
  const env = programEnvironment()
  if (copyOf === undefined) {
    const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']
    const made = spawnSync(program(binaries, 'initdb'), args, { ...as, cwd: folder, env, encoding: 'utf8' })
    if (made.status !== 0) throw new Error(`initdb: ${made.stdout}${made.stderr}`)
  } else {
    cpSync(join(copyOf.folder, 'data'), data, { recursive: true })
    if (account !== undefined) spawnSync('chown', ['-R', `${account.uid}:${account.gid}`, data])
    owned(data, 0o700)
  }
  const write = (name: string, text: string) => {
    writeFileSync(join(data, name), text)
    owned(join(data, name), 0o600)
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  const port = await freePort()
  const config = {
    port,
    listen_addresses: '127.0.0.1,::1',
    unix_socket_directories: folder,
    fsync: 'off',
    max_connections: '20',
    ...settings,
  }
  let stop = async () => {}
  const start = async (lines = hba) => {
    write('pg_hba.conf', ['local all all trust', ...lines, ''].join('\n'))
    const args = Object.entries(config).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(program(binaries, 'postgres'), ['-D', data, ...args], {
      ...as,
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let log = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk))
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    stop = async () => {
      child.kill('SIGQUIT')
      await ended
    }
    for (const deadline = Date.now() + 30_000; ; await delay(20)) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the server did not start:\n${log}`)
      if (
        await query('select 1').then(
          () => true,
          () => false,
        )
      )
        return
    }
  }
  const query = async (...statements: readonly string[]) => {
    const client = new pg.Client({ host: folder, port, user: 'postgres', database: 'postgres' })
    client.on('error', () => {})
    await client.connect()
    try {
      for (const sql of statements) await client.query(sql)
    } finally {
      await client.end()
    }
  }
  const dispose = async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  }
  await start().catch(async (error) => {
    await dispose()
    throw error
  })
  return { port, folder, query, start, stop: () => stop(), [Symbol.asyncDispose]: dispose }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
