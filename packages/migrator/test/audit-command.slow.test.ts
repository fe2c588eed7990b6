/** `audit` as a person calls it: exit codes, streams, files, the baseline, and what it may not do to a database. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readLive } from '../src/audit/live/live.ts'
import { connect } from '../src/database/connect.ts'
import { runCommand } from './command.ts'

const v1 = v1Workspace()
let legacy: TestDatabase
let migrated: TestDatabase
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'veza-audit-'))
  legacy = await testDatabase()
  await legacy.client.query(readFileSync(new URL('legacy/schema.sql', import.meta.url), 'utf8'))
  migrated = await testDatabase({ migrated: 'v1' })
})
afterAll(async () => {
  await legacy?.drop()
  await migrated?.drop()
  rmSync(folder, { recursive: true })
  v1[Symbol.dispose]()
})

const audit = ({ url }: TestDatabase, ...args: string[]) =>
  runCommand(['audit', '--database-url', url, ...args], { cwd: v1.root })

describe('exit code', () => {
  test('0 for V1 itself, with nothing found and nothing drifted', async () => {
    const { exitCode, stdout } = await audit(migrated)
    expect(stdout).toMatch(/\n {2}0 of 28 tables have another primary key than V1 asks for\.\n/)
    expect(stdout).toMatch(/\n {2}No rule found anything\.\n/)
    expect(stdout).toMatch(/\n {2}Every audited table has an owner: the domain whose migration makes it\.\n/)
    expect(stdout).toMatch(
      /Nothing to do: keep the audit in CI, so that it stays so\.\n\npassed: 0 errors, 0 warnings\.\n$/,
    )
    expect(exitCode).toBe(0)
  })

  test('1 for findings of severity error', async () => {
    expect((await audit(legacy)).exitCode).toBe(1)
  })

  test('1 for a database that has nothing of V1', async () => {
    await using empty = await testDatabase()
    const { exitCode, stdout } = await audit(empty)
    expect(stdout).toMatch(/failed: \d+ errors, 0 warnings\.\n$/)
    expect(exitCode).toBe(1)
  })

  test('0 for warnings alone', async () => {
    await using mild = await testDatabase({ migrated: 'v1' })
    await mild.client.query('create schema reporting; create table reporting.daily (day date)')
    const { exitCode, stdout } = await audit(mild)
    expect(stdout).toContain('schema reporting has tables or views')
    expect(stdout).toContain('schema reporting was added by hand')
    expect(stdout).toMatch(/passed: 0 errors, 2 warnings\.\n$/)
    expect(exitCode).toBe(0)
  })

  test.each(['-1', '1.5', 'all', ''])('2 for --limit %j, which is no number of lines', async (limit) => {
    const { exitCode, stderr } = await audit(legacy, `--limit=${limit}`)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('a whole number, 0 for all')])
  })

  test('2 for --limit with a format that has everything', async () => {
    const { exitCode, stderr } = await audit(legacy, '--limit', '5', '--format', 'html')
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('--limit and --format html cannot be used together'),
    ])
  })

  test('2 for a format that there is not, and for two that exclude each other', async () => {
    expect((await audit(legacy, '--format', 'pdf')).exitCode).toBe(2)
    const { exitCode, stderr } = await audit(legacy, '--json', '--format', 'html')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--json and --format html cannot be used together')])
  })
})

describe('streams', () => {
  test.each(['json', 'sarif'])('standard output is one %s document and nothing else', async (format) => {
    const { stdout, stderr } = await audit(legacy, '--format', format)
    expect(() => JSON.parse(stdout)).not.toThrow()
    expect(stderr).toContain('PostgreSQL')
  })

  test('--json is --format json', async () => {
    const [one, other] = await Promise.all([audit(legacy, '--json'), audit(legacy, '--format', 'json')])
    const withoutTime = (text: string) => ({ ...JSON.parse(text), auditedAt: '' })
    expect(withoutTime(one.stdout)).toEqual(withoutTime(other.stdout))
  })

  test('--out writes the report to a file and says so', async () => {
    const file = join(folder, 'report.md')
    const { stdout } = await audit(legacy, '--format', 'markdown', '--out', file)
    expect(stdout).toContain(`report written to ${file}`)
    expect(readFileSync(file, 'utf8')).toMatch(/^# Audit of /)
  })
})

describe('the baseline', () => {
  test('accepts what is known, fails on what is new, and tells what is gone', async () => {
    await using database = await testDatabase({ migrated: 'v1' })
    await database.client.query('alter table rooms alter created_at set default now()')
    const file = join(folder, 'baseline.json')
    expect((await audit(database, '--write-baseline', file)).exitCode).toBe(0)
    const same = await audit(database, '--baseline', file)
    expect([same.exitCode, same.stdout]).toEqual([
      0,
      expect.stringMatching(/passed: nothing new; \d+ known, accepted in .*baseline\.json\.\n$/),
    ])

    await database.client.query('alter table tracks alter created_at set default now()')
    const more = await audit(database, '--baseline', file, '--json')
    expect(more.exitCode).toBe(1)
    const fresh = JSON.parse(more.stdout).findings.filter(({ known }: { known: boolean }) => !known)
    expect(fresh.map(({ rule, table }: { rule: string; table: string }) => `${rule} ${table}`)).toEqual([
      'drift tracks',
      'timestamp-default tracks',
    ])

    await database.client.query(
      'alter table rooms alter created_at set default CURRENT_TIMESTAMP; alter table tracks alter created_at set default CURRENT_TIMESTAMP',
    )
    const cured = await audit(database, '--baseline', file)
    expect([cured.exitCode, cured.stdout]).toEqual([
      0,
      expect.stringContaining('2 entries of the baseline no longer found'),
    ])
  }, 90_000)

  test('takes only what is shown: with --min-confidence, neither the exit code nor the file knows what was left out', async () => {
    await using database = await testDatabase({ migrated: 'v1' })
    await database.client.query('alter table rooms add hosting_user_id uuid')
    const file = join(folder, 'sure.json')
    const sure = await audit(database, '--min-confidence', 'high', '--write-baseline', file)
    expect(sure.stdout).toContain('1 finding of medium or low confidence is left out (--min-confidence high).')
    const unsure = await audit(database, '--baseline', file, '--json')
    expect(unsure.exitCode).toBe(1)
    const fresh = JSON.parse(unsure.stdout).findings.filter(({ known }: { known: boolean }) => !known)
    expect(fresh).toMatchObject([{ rule: 'reference-without-fk', column: 'hosting_user_id', confidence: 'medium' }])
    const { exitCode, stdout } = await audit(database, '--baseline', file, '--min-confidence', 'high', '--json')
    expect([exitCode, JSON.parse(stdout).summary]).toMatchObject([0, { passed: true, leftOut: 1, baselineGone: 0 }])
  }, 90_000)

  test('is the same file for the same findings', async () => {
    const [one, other] = [join(folder, 'one.json'), join(folder, 'other.json')]
    await audit(legacy, '--write-baseline', one)
    await audit(legacy, '--write-baseline', other)
    expect(readFileSync(one, 'utf8')).toBe(readFileSync(other, 'utf8'))
  })

  test.each([
    ['no such file', 'absent.json', undefined, 'cannot be read'],
    ['no JSON', 'text.json', 'hello', 'is not JSON'],
    ['another JSON', 'null.json', 'null', 'is not a baseline of version 1'],
  ])('%s is an error that says how to write one', async (_what, name, content, problem) => {
    const file = join(folder, name)
    if (content !== undefined) writeFileSync(file, content)
    const { exitCode, stderr } = await audit(legacy, '--baseline', file)
    expect([exitCode, stderr.replaceAll(/\s+/g, ' ')]).toEqual([2, expect.stringContaining(problem)])
    expect(stderr).toContain('--write-baseline')
  })
})

describe('what it does to the database', () => {
  test('nothing: its transaction cannot write, and takes no lock that anybody waits for', async () => {
    await using database = await testDatabase({ migrated: 'v1' })
    await database.client.query('begin; lock table users in access exclusive mode nowait; rollback')
    await database.client.query('begin; alter table users add half_done int')
    const { exitCode, stdout } = await audit(database, '--statement-timeout', '5s')
    await database.client.query('rollback')
    expect(exitCode).toBe(1)
    expect(stdout).toContain('the table users could not be looked at')
    expect(stdout).toMatch(
      /RECOMMENDATION\n {2}1\. Audit again what could not be looked at: users\. .*\n\nfailed: 1 error, /,
    )
    expect((await audit(database)).exitCode).toBe(0)
  })

  test('it needs no right but to connect, and says what it could not read', async () => {
    await using database = await testDatabase({ migrated: 'v1' })
    const role = `reader_${database.name.slice(-12)}`
    await database.client.query(`create role ${role} login password 'reader'`)
    try {
      const url = new URL(database.url)
      url.username = role
      url.password = 'reader'
      const client = await connect(url.href, 'test')
      const live = await readLive(client, { lockTimeoutMs: 2000, statementTimeoutMs: 30_000 })
      await client.end()
      expect(live.catalog.tables.find(({ name }) => name === 'users')!.constraints.length).toBeGreaterThan(5)
      expect(live.history).toBeNull()
      expect(live.catalog.unread).toEqual([
        {
          table: null,
          what: 'the rows of migration_history, and with them drift',
          reason: `role ${role} may not read them: permission denied for table migration_history`,
          remedy: `GRANT SELECT ON public.migration_history TO ${role};`,
        },
      ])
    } finally {
      await database.client.query(`drop role ${role}`)
    }
  })

  test('a table called migration_history that is somebody else’s is no history', async () => {
    await using database = await testDatabase()
    await database.client.query('create table migration_history (version int)')
    const { stdout, exitCode } = await audit(database)
    expect(stdout).toContain('migration_history was not made by this migrator: drift was not looked for.')
    expect(exitCode).toBe(1)
  })
})
