/** The command line: exit codes, streams, sentences, and no password anywhere. A process of its own where only that can show it. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verbs } from '../src/verbs.ts'
import { callCommand, type Finished, runCommand } from './command.ts'
import { fakeServer, PASSWORD } from './fake-server.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'
import { history } from './runs.ts'
import { TEST_HOST } from './told.ts'

let db: TestDatabase
let workspace: FixtureWorkspace
beforeAll(async () => {
  const table = (name: string) => ({
    about: `the table ${name}`,
    up: [`create table ${name} ()`],
    down: [`drop table ${name}`],
  })
  workspace = await fixtureWorkspace({
    core: { migrations: { '001_users': table('users'), '002_tags': table('tags') } },
    auth: {
      dependencies: ['core'],
      migrations: { '001_tokens': { ...table('tokens'), down: undefined as never, irreversible: 'they are gone' } },
    },
  })
  db = await testDatabase()
})
afterAll(async () => {
  workspace?.[Symbol.dispose]()
  await db?.drop()
})

/** In the fixture workspace, against its database, with a password in the URL; where the test server asks for none, any will do. */
async function run(...args: readonly string[]): Promise<Finished> {
  const finished = await callCommand(inWorkspace(args), { DATABASE_URL: secretUrl() })
  expect(finished.stdout + finished.stderr).not.toContain(secret())
  return finished
}

const inWorkspace = ([verb, ...rest]: readonly string[]): readonly string[] =>
  rest.includes('--workspace') ? [verb!, ...rest] : [verb!, '--workspace', workspace.root, ...rest]

function secretUrl(): string {
  const url = new URL(db.url)
  url.password ||= PASSWORD
  return url.href
}

const secret = (): string => new URL(secretUrl()).password

const plain = (text: string): string =>
  text
    .replaceAll(TEST_HOST, '127.0.0.1')
    .replaceAll(/127\.0\.0\.1:\d+\/\w+/g, '127.0.0.1:5432/veza')
    .replaceAll(/PostgreSQL \d+\.\d+/g, 'PostgreSQL 18.4')
    .replaceAll(/ +\d+ ms/g, ' 1 ms')
    .replaceAll(/in [\d.]+ m?s/g, 'in 20 ms')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '2026-01-02 03:04 UTC')
    .replaceAll(/user \w+$/gm, 'user veza')
    .replaceAll(/ by \S+@\S+$/gm, ' by deploy@ci')

describe('--help', () => {
  test('lists every verb', async () => {
    const { exitCode, stdout, stderr } = await callCommand(['--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const { name, summary } of verbs) expect(stdout).toMatch(new RegExp(`^ +${name} .*${summary}`, 'm'))
  })

  test.each(verbs.map(({ name }) => name))('of %s describes it and has an example', async (verb) => {
    const { exitCode, stdout, stderr } = await callCommand([verb, '--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`Examples?:\n +(npx )?veza-migrator ${verb}`))
    expect(stdout).toContain('--json')
  })

  test('without a verb is what is printed, with exit code 2', async () => {
    const { exitCode, stdout } = await runCommand([])
    expect(exitCode).toBe(2)
    expect(stdout).toContain('Usage:')
  })

  test('--version prints a version', async () => {
    expect(await runCommand(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
    })
  })
})

describe('wrong use exits with 2 and one clear sentence', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown verb', ['upp'], "unknown command 'upp'"],
    ['an unknown option', ['up', '--too', 'x'], "unknown option '--too'"],
    ['an option without its value', ['up', '--to'], "option '--to <id>' argument missing"],
    ['an argument too many', ['up', 'core/001'], 'too many arguments'],
    ['a duration that is none', ['up', '--lock-wait', 'soon'], '--lock-wait got "soon"; it takes a duration'],
    ['a number that is none', ['down', '--steps', 'two'], '--steps got "two"; it takes a whole number from 1'],
    [
      'two targets',
      ['down', '--all', '--steps', '2'],
      '--steps and --all cannot be used together: give only one of them.',
    ],
    [
      'two targets of up',
      ['up', '--to', '1', '--domain', 'auth'],
      '--to and --domain cannot be used together: give only one of them.',
    ],
    ['an unknown migration', ['up', '--to', 'core/9'], 'There is no migration "core/9"'],
    ['an unknown domain', ['up', '--domain', 'chat'], 'There is no domain "chat". The domains are: auth, core.'],
    [
      'a URL that is none',
      ['up', '--database-url', `host=x password=${PASSWORD}`],
      '--database-url is not a PostgreSQL URL',
    ],
    ['a workspace that is none', ['up', '--workspace', '/'], 'There is no npm workspace in / or in a folder above it'],
  ])('%s', async (_what, args, sentence) => {
    const { exitCode, stderr, stdout } = await run(...args)
    expect(stderr).toContain(sentence)
    expect(stderr).toMatch(/^error {2}\S/)
    expect(stderr).not.toContain('    at ')
    expect(stdout).not.toContain('Usage:')
    expect(exitCode).toBe(2)
  })

  test('options that contradict each other, and a domain that there is not, as they are told', async () => {
    expect((await run('up', '--to', '1', '--domain', 'auth')).stderr).toMatchInlineSnapshot(`
      "error  --to and --domain cannot be used together: give only one of them.
      "
    `)
    expect((await run('up', '--domain', 'chat')).stderr).toMatchInlineSnapshot(`
      "error  There is no domain "chat". The domains are: auth, core.
      "
    `)
  })

  test('an unknown verb suggests the right one', async () => {
    expect((await run('statsu')).stderr).toMatchInlineSnapshot(`
      "error  unknown command 'statsu'
             (Did you mean status?)
             See: veza-migrator --help
      "
    `)
  })

  test('down without --yes and without a terminal', async () => {
    await run('up', '--to', '1')
    const { exitCode, stderr } = await run('down')
    expect(exitCode).toBe(2)
    expect(stderr).toMatchInlineSnapshot(`
      "error  down asks before it drops anything, and there is no terminal to ask on. To revert without being asked, add --yes.
      "
    `)
    expect(await history(db.client)).toEqual(['core/001_users'])
  })
})

describe('what a person sees', () => {
  test('from plan to down, in order', async () => {
    const said = async (...args: readonly string[]) => {
      const { exitCode, stdout, stderr } = await run(...args)
      return `exit ${exitCode}\n${plain(stdout)}${stderr}`
    }
    await run('down', '--all', '--yes')
    expect(await said('plan')).toMatchInlineSnapshot(`
      "exit 0
      core
        1  core/001_users   the table users
        2  core/002_tags    the table tags
      auth  needs core
        3  auth/001_tokens  the table tokens  [irreversible]
      3 migrations of 2 domains, 3 statements.
      "
    `)
    expect(await said('up', '--dry-run')).toMatchInlineSnapshot(`
      "exit 0
      PostgreSQL 18.4 at 127.0.0.1:5432/veza, user veza
        1  core/001_users   the table users
        2  core/002_tags    the table tags
        3  auth/001_tokens  the table tokens  [irreversible]
      3 of 3 migrations would be applied. Nothing was run.
      "
    `)
    expect(await history(db.client)).toEqual([])
    expect(await said('up', '--to', '2')).toMatchInlineSnapshot(`
      "exit 0
      PostgreSQL 18.4 at 127.0.0.1:5432/veza, user veza
        1  core/001_users   the table users 1 ms
        2  core/002_tags    the table tags 1 ms
      Applied 2 migrations in 20 ms: 2 of 3 migrations applied, 2 tables.
      "
    `)
    expect(await said('status')).toMatchInlineSnapshot(`
      "exit 0
      PostgreSQL 18.4 at 127.0.0.1:5432/veza, user veza

      core  2 of 2 applied
        1  core/001_users   the table users   applied      2026-01-02 03:04 UTC 1 ms
        2  core/002_tags    the table tags    applied      2026-01-02 03:04 UTC 1 ms

      auth  0 of 1 applied
        3  auth/001_tokens  the table tokens  pending

      2 of 3 applied, 1 pending
      "
    `)
    expect(await said('status', '--fail-on-pending')).toMatch(/^exit 1\n/)
    expect(await said('down', '--yes')).toMatchInlineSnapshot(`
      "exit 0
      PostgreSQL 18.4 at 127.0.0.1:5432/veza, user veza
        2  core/002_tags  the table tags
             of core, applied 2026-01-02 03:04 UTC by deploy@ci
             drops table tags (0 rows)
        2  core/002_tags    the table tags 1 ms
      Reverted 1 migration in 20 ms: 1 of 3 migrations applied, 1 table.
      "
    `)
    expect(await said('up')).toMatch(/^exit 0\n/)
    expect(await said('up')).toMatchInlineSnapshot(`
      "exit 0
      PostgreSQL 18.4 at 127.0.0.1:5432/veza, user veza
      Nothing is pending: 3 of 3 migrations applied, 3 tables.
      "
    `)
    expect(await said('status', '--fail-on-pending')).toMatch(/^exit 0\n/)
    expect(await said('down', '--all', '--yes')).toMatchInlineSnapshot(`
      "exit 2
      PostgreSQL 18.4 at 127.0.0.1:5432/veza, user veza
      error  auth/001_tokens is irreversible, and down --all would have to revert it. Nothing was reverted.
             Its reason: they are gone
             To revert only what came after it: npx nx run migrator:down --to auth/001_tokens
      "
    `)
  })

  test('has no colour where there is no terminal, NO_COLOR or not', async () => {
    const environments: Record<string, string>[] = [{}, { NO_COLOR: '1' }, { TERM: 'xterm-256color' }]
    for (const env of environments) {
      const { stdout, stderr } = await runCommand(['plan'], { cwd: workspace.root, env })
      expect(stdout + stderr).not.toContain('\u001b')
    }
  })
})

describe('--json prints one document on standard output', () => {
  const json = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { exitCode, stdout, stderr } = await callCommand([...inWorkspace(args), '--json'], env)
    for (const word of [PASSWORD, secret()]) expect(stdout + stderr).not.toContain(word)
    return { exitCode, document: JSON.parse(stdout), stderr }
  }

  test('of plan', async () => {
    const { exitCode, document } = await json(['plan'])
    expect(exitCode).toBe(0)
    expect(document.migrations.map(({ id }: { id: string }) => id)).toEqual([
      'core/001_users',
      'core/002_tags',
      'auth/001_tokens',
    ])
  })

  test('of lock --check', async () => {
    expect(await json(['lock', '--check'])).toMatchObject({
      exitCode: 0,
      document: { command: 'lock', appended: [], total: 3 },
    })
  })

  test('of status, up --dry-run, up and down', async () => {
    await using own = await testDatabase()
    const url = ['--database-url', own.url]
    expect((await json(['status', ...url])).document).toMatchObject({ counts: { applied: 0, pending: 3 } })
    expect((await json(['up', '--dry-run', ...url])).document).toMatchObject({ dryRun: true, pending: [{}, {}, {}] })
    const up = await json(['up', '--to', '2', ...url])
    expect(up).toMatchObject({
      exitCode: 0,
      document: { command: 'up', applied: [{}, {}], appliedTotal: 2, tables: 2 },
    })
    expect((await json(['status', '--fail-on-pending', ...url])).exitCode).toBe(1)
    expect((await json(['down', ...url])).document.error.code).toBe('ConfirmationRequiredError')
    const down = await json(['down', '--all', '--yes', ...url])
    expect(down).toMatchObject({ exitCode: 0, document: { reverted: [{}, {}], appliedTotal: 0 } })
    expect(up.document.target).not.toHaveProperty('password')
  })

  test('of wrong use', async () => {
    expect(await json(['upp'])).toMatchObject({ exitCode: 2, document: { error: { code: 'UsageError' } } })
    const both = await json(['up', '--to', '1', '--domain', 'auth'])
    expect(both.document.error).toMatchObject({ code: 'ConflictingOptionsError', options: ['--to', '--domain'] })
    expect(await json(['up', '--to', 'core/9'], { DATABASE_URL: secretUrl() })).toMatchObject({
      exitCode: 2,
      document: { error: { code: 'UnknownMigrationError', exitCode: 2, id: 'core/9' } },
    })
  })

  test('of a workspace that is none', async () => {
    expect(await json(['plan', '--workspace', '/'])).toMatchObject({
      exitCode: 2,
      document: { error: { code: 'WorkspaceNotFoundError', from: '/' } },
    })
  })

  test('as a process too, in the folder that it is called in, and exits with what it says', async () => {
    const env = { DATABASE_URL: secretUrl() }
    const { exitCode, stdout, stderr } = await runCommand(['up', '--to', 'core/9', '--json'], {
      cwd: workspace.root,
      env,
    })
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'UnknownMigrationError', exitCode } })
    expect(stdout + stderr).not.toContain(secret())
  })

  test('of a server that refuses', async () => {
    await using server = await fakeServer({ refuse: { code: '28P01', message: 'no' }, askForPassword: true })
    const refused = await json(['up'], { DATABASE_URL: server.urlFor('veza') })
    expect(refused).toMatchObject({ exitCode: 3, document: { error: { code: 'AuthenticationError', user: 'veza' } } })
  })

  test('of a failed migration, with its place', async () => {
    using broken = await fixtureWorkspace({ core: { migrations: { '001_a': { up: ['create table a (x itn)'] } } } })
    await using own = await testDatabase()
    const failed = await json(['up', '--database-url', own.url, '--workspace', broken.root])
    expect(failed).toMatchObject({
      exitCode: 3,
      document: {
        error: {
          code: 'MigrationFailedError',
          id: 'core/001_a',
          sqlState: '42704',
          statement: { number: 1, of: 1 },
          outcome: { kind: 'nothing' },
        },
      },
    })
    expect(failed.stderr).toContain('error  core/001_a failed, statement 1 of 1')
  })

  test('of a lock that could not be obtained', async () => {
    await using own = await testDatabase()
    await own.client.query("begin; select pg_advisory_xact_lock(x'76657a61'::int, 1)")
    const held = await json(['up', '--lock-wait', '0', '--database-url', own.url])
    expect(held).toMatchObject({ exitCode: 4, document: { error: { code: 'RunLockHeldError', exitCode: 4 } } })
  })
})
