/** `audit --compare` as a person calls it: how the two databases are named, exit codes, files, and what is never printed. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { alike } from './told.ts'

const v1 = v1Workspace()
let staging: TestDatabase
let production: TestDatabase
let changed: TestDatabase
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'veza-compare-'))
  staging = await testDatabase({ migrated: 'v1' })
  production = await testDatabase({ migrated: 'v1' })
  changed = await testDatabase({ migrated: 'v1' })
  await changed.client.query('alter table users add note text')
})
afterAll(async () => {
  await staging?.drop()
  await production?.drop()
  await changed?.drop()
  rmSync(folder, { recursive: true })
  v1[Symbol.dispose]()
})

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCommand(['audit', ...args], { cwd: v1.root, env })
const urls = (other: TestDatabase) => ({ STAGING_URL: staging.url, PRODUCTION_URL: other.url })
const BOTH = ['--compare', 'STAGING_URL', 'PRODUCTION_URL'] as const

describe('exit code', () => {
  test('0 for two equal databases', async () => {
    const { exitCode, stdout } = await run(BOTH, urls(production))
    expect(stdout).toContain('staging and production are equal in everything that is compared.')
    expect(exitCode).toBe(0)
  })

  test('1 for a difference', async () => {
    const { exitCode, stdout } = await run(BOTH, urls(changed))
    expect(stdout).toMatch(/only in production {2}column users\.note/)
    expect(exitCode).toBe(1)
  })

  test('2 for three databases, for no database, for formats and options of the audit of one', async () => {
    const { stderr, exitCode } = await run(['--compare', 'A', 'B', 'C'])
    expect([alike(stderr), exitCode]).toMatchInlineSnapshot(`
      [
        "error  --compare got 3 databases; it takes two, or one that is compared with the database of --database-url or DATABASE_URL.
      ",
        2,
      ]
    `)
    for (const [args, says] of [
      [['--compare'], 'argument missing'],
      [[...BOTH, '--format', 'sarif'], '--compare and --format sarif cannot be used together'],
      [[...BOTH, '--min-confidence', 'high'], '--compare and --min-confidence cannot be used together'],
      [[...BOTH, '--sample'], '--compare and --sample cannot be used together'],
      [[...BOTH, '--database-url', staging.url], '--database-url and --compare with two databases cannot be used'],
    ] as const) {
      const refused = await run(args, urls(production))
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(says)])
    }
  })

  test('3 for one that cannot be reached, and which', async () => {
    const gone = 'postgresql://reader:geheim@127.0.0.1:1/veza'
    for (const [args, which] of [
      [['--compare', 'GONE_URL', 'STAGING_URL'], 'first'],
      [['--compare', 'STAGING_URL', 'GONE_URL'], 'second'],
    ] as const) {
      const { exitCode, stderr } = await run(args, { STAGING_URL: staging.url, GONE_URL: gone })
      expect(stderr).toContain(`The ${which} of the two databases to compare (the variable GONE_URL) could not be read`)
      expect(exitCode).toBe(3)
      expect(stderr).not.toContain('geheim')
    }
    const { stderr } = await run(['--compare', 'STAGING_URL', 'GONE_URL'], { STAGING_URL: staging.url, GONE_URL: gone })
    expect(alike(stderr.trim())).toMatchInlineSnapshot(`
      "error  The second of the two databases to compare (the variable GONE_URL) could not be read, so nothing was compared.
             No PostgreSQL server answers at 127.0.0.1:5432/veza: connection refused."
    `)
  })
})

describe('the two databases', () => {
  test('one alone is compared with that of the verb', async () => {
    for (const [args, env] of [
      [['--database-url', staging.url], {}],
      [[], { DATABASE_URL: staging.url }],
    ] as const) {
      const { exitCode, stdout } = await run([...args, '--json', '--compare', 'OTHER'], { ...env, OTHER: changed.url })
      expect(exitCode).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({ a: { database: staging.name }, b: { database: changed.name } })
    }
  })

  test('as URLs they are called by their databases', async () => {
    const { stdout } = await run(['--compare', staging.url, changed.url])
    expect(stdout).toContain(`only in ${changed.name}`)
  })

  test('the same twice is said', async () => {
    const { stdout, exitCode } = await run(['--compare', staging.url, staging.url])
    expect(stdout).toContain('Both are the same database, so nothing can differ.')
    expect(exitCode).toBe(0)
  })

  test('a variable that is not set, and a word that is no variable, which is not repeated', async () => {
    const unset = await run(['--compare', 'STAGING_URL', 'PRODUCTION_URL'], { STAGING_URL: staging.url })
    expect([unset.exitCode, unset.stderr]).toMatchInlineSnapshot(`
      [
        2,
        "error  The environment has no PRODUCTION_URL, which --compare names. Set it to the URL of the database: export PRODUCTION_URL=postgresql://user:password@host:5432/database
      ",
      ]
    `)
    const word = await run(['--compare', 'me:geheim@db/veza'])
    expect([word.exitCode, word.stderr]).toMatchInlineSnapshot(`
      [
        2,
        "error  --compare got something that is neither a PostgreSQL URL nor an environment variable that holds one. It is not repeated here, since it may be a piece of a password.
             Name variables, as in: veza-migrator audit --compare STAGING_URL PRODUCTION_URL
      ",
      ]
    `)
    const url = await run(['--compare', 'X'], { X: 'http://me:geheim@db/veza' })
    expect(url.stderr).toContain('the variable X is not a PostgreSQL URL that can be used')
    expect(url.stderr).not.toContain('geheim')
  })

  test('a password is in no output, whichever way the URL came', async () => {
    const role = `veza_secret_${process.pid}`
    await changed.client.query(`create role ${role} login password 'geheim'`)
    const secret = new URL(changed.url)
    secret.username = role
    secret.password = 'geheim'
    for (const format of ['text', 'json', 'markdown', 'html'])
      for (const value of ['SECRET_URL', secret.href]) {
        const { stdout, stderr } = await run(['--compare', 'STAGING_URL', value, '--format', format], {
          STAGING_URL: staging.url,
          SECRET_URL: secret.href,
        })
        expect(stdout).toContain('users.note')
        expect(stdout + stderr).not.toContain('geheim')
      }
    await changed.client.query(`drop role ${role}`)
  })
})

test('--out writes the report, and standard output has none', async () => {
  const out = join(folder, 'differences.md')
  const { stdout, exitCode } = await run([...BOTH, '--format', 'markdown', '--out', out], urls(changed))
  expect(stdout).not.toContain('users.note')
  expect(readFileSync(out, 'utf8')).toContain('column users.note')
  expect(exitCode).toBe(1)
})

test('a baseline accepts what differs, and what is new fails again', async () => {
  const file = join(folder, 'compare.baseline.json')
  const first = await run([...BOTH, '--write-baseline', file], urls(changed))
  expect([first.exitCode, first.stdout]).toEqual([0, expect.stringContaining(`1 difference written to ${file}`)])
  expect(existsSync(file)).toBe(true)
  const again = await run([...BOTH, '--baseline', file], urls(changed))
  expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('1 difference known from the baseline')])
  await using worse = await testDatabase({ migrated: 'v1' })
  await worse.client.query('alter table users add note text; alter table users add more text')
  const { exitCode, stdout } = await run([...BOTH, '--baseline', file], urls(worse))
  expect(exitCode).toBe(1)
  expect(stdout).toContain('column users.more')
  expect(stdout).not.toContain('column users.note')
})
