/** A password is seen by nobody, however it stands in the URL: not on the screen, not in JSON, not in an error, not in `ps`. */
import { readdirSync, readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { testDatabase } from '@veza/tools/test-database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../src/database/connect.ts'
import { errorDocument, errorText } from '../src/report/error.ts'
import { callCommand, startCommand } from './command.ts'
import { fakeServer, PASSWORD } from './fake-server.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf } from './runs.ts'

const SEED = 20_260_711

/** Every piece of every password has this in it, whichever special characters stand between the pieces. */
const MARK = /s3cr3t/i
const piece = fc.nat(99).map((number) => `S3cR3t${number}`)
const special = fc.constantFrom(
  ...'/@#?%:&=+,;[]{}\\^`|"\'<>~!$*() \t\näß\u2028',
  '%2',
  '%zz',
  '%41',
  '//',
  '://',
  '@@',
  '.',
)
/** Begins and ends with a piece or with a special character. */
const password = fc
  .array(fc.tuple(fc.option(special, { nil: '' }), piece, fc.option(special, { nil: '' })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((pieces) => pieces.flat().join(''))

/** A refused connection on loopback: port 1 is nobody's, so each attempt costs less than a millisecond. */
const host = fc.constantFrom('127.0.0.1:1', '[::1]:1', 'localhost:1', '127.0.0.1:1,localhost:1', '%2Fnowhere', ':1')
const encoding = fc.constantFrom(encodeURIComponent, encodeURI, (text: string) => text)

const url = fc
  .record({
    scheme: fc.constantFrom(
      'postgresql',
      'postgres',
      'postgres',
      'postgresql',
      'postgre',
      'POSTGRES',
      'jdbc:postgresql',
    ),
    user: fc.constantFrom('veza', 've%20za', ''),
    password,
    host,
    database: fc.constantFrom('/veza', '', '/ve%2Fza', '/'),
    encode: encoding,
    place: fc.constantFrom('userinfo', 'userinfo', 'userinfo', 'parameter', 'after-other-parameter', 'user'),
  })
  .map(({ scheme, user, password: plain, host: hosts, database, encode, place }) => {
    const secret = encode(plain)
    if (place === 'userinfo') return `${scheme}://${user}:${secret}@${hosts}${database}`
    const before = place === 'parameter' ? '' : 'connect_timeout=2&'
    return `${scheme}://${user}@${hosts}${database}?${before}password=${secret}`
  })

/** Everything of an error that could come into a log: its text, its fields, what caused it. */
function everywhere(error: unknown): string {
  const shown = [errorText(error), JSON.stringify(errorDocument(error))]
  for (let part = error; part instanceof Error; part = part.cause)
    shown.push(
      inspect(part, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
      String(part.stack),
      JSON.stringify(part),
    )
  return shown.join('\n')
}

describe('of URLs with every kind of password, encoded or not', () => {
  let workspace: FixtureWorkspace
  beforeAll(async () => {
    workspace = await fixtureWorkspace({ core: { migrations: { '001_users': { up: ['create table users ()'] } } } })
  })
  afterAll(() => workspace?.[Symbol.dispose]())

  test('10,000 connect to nothing, and no part of an error has a piece of a password', {
    timeout: 240_000,
  }, async () => {
    const urls = fc.sample(url, { seed: SEED, numRuns: 10_000 })
    const kinds = new Map<string, number>()
    for (const one of urls) {
      const error = await failureOf(connect(one, 'up'))
      const shown = everywhere(error)
      if (MARK.test(shown)) expect.fail(`the password of ${JSON.stringify(one)} is shown:\n${shown}`)
      kinds.set(error.name, (kinds.get(error.name) ?? 0) + 1)
    }
    // Enough of them were read, and enough were refused, for either way to have been tried.
    expect(kinds.get('InvalidDatabaseUrlError')).toBeGreaterThan(2000)
    expect(kinds.get('UnreachableServerError')).toBeGreaterThan(1000)
  })

  test('400 are given to verbs in every place and form, and neither stream nor document repeats them', {
    timeout: 240_000,
  }, async () => {
    const urls = fc.sample(url, { seed: SEED + 1, numRuns: 400 })
    for (const [at, whole] of urls.entries()) {
      const verb = ['up', 'status', 'down'][at % 3]!
      // As it is, without its scheme, or as psql takes it.
      const one = [
        whole,
        whole,
        whole.replace(/^[\w:]+:\/\//, ''),
        whole.replace(/^.*?:\/\/.*?:/s, 'host=db password='),
      ][at % 4]!
      const place = [
        ['--database-url', one],
        [`--database-url=${one}`],
        [`--databse-url=${one}`],
        [one],
        ['--lock-wait', one],
        ['--workspace', one],
        [`--pw=${one}`],
        [`--json=${one}`],
        ['--to', one],
        ['--domain', one],
        ['--format', one],
      ][at % 11]!
      const args = [verb, ...place, ...(at % 4 < 2 ? ['--json'] : [])]
      const workspaceArgs = place[0] === '--workspace' ? [] : ['--workspace', workspace.root]
      const { exitCode, stdout, stderr } = await callCommand([...args, ...workspaceArgs], { DATABASE_URL: one })
      expect(exitCode).toBeGreaterThan(1)
      if (MARK.test(stdout + stderr))
        expect.fail(`the password of ${JSON.stringify(args)} is shown:\n${stdout}\n${stderr}`)
    }
  })
})

test('the history of a run has no password', async () => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_users': { up: ['create table users ()'] } } } })
  await using db = await testDatabase()
  const role = `secrets_${Date.now()}`
  const word = 'p@/?#%: S3cR3t'
  await db.client.query(`create role ${role} login password '${word}'; grant all on schema public to ${role}`)
  try {
    const given = new URL(db.url)
    given.username = role
    given.password = encodeURIComponent(word)
    const run = await callCommand(['up', '--json', '--workspace', workspace.root], { DATABASE_URL: given.href })
    expect(run.exitCode).toBe(0)
    const { rows } = await db.client.query('select h::text from migration_history h')
    expect(rows).toHaveLength(1)
    const { rows: sessions } = await db.client.query('select a::text from pg_stat_activity a')
    expect([run.stdout, run.stderr, JSON.stringify(rows), JSON.stringify(sessions)].join('\n')).not.toMatch(MARK)
  } finally {
    await db.client.query(`drop owned by ${role} cascade; drop role ${role}`)
  }
})

/** All that a process started, and what these started. */
function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
  } catch {
    return undefined
  }
}

/** The arguments of a process, as any user can read them; '' if it has ended. */
function readCommandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** The environment that a process was started with, as its own user can read it. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}

describe.runIf(process.platform === 'linux')('in ps', () => {
  test('no process that a verb starts gets the URL, and no server has it in its environment', {
    timeout: 120_000,
  }, async () => {
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_users': { up: ['create table users ()'] } } },
    })
    await using db = await testDatabase()
    const role = `secrets_${Date.now()}`
    await db.client.query(`create role ${role} login password 'S3cR3t'; grant all on schema public to ${role}`)
    const given = new URL(db.url)
    given.username = role
    given.password = 'S3cR3t'
    const places: [args: string[], env: Record<string, string>][] = [
      [['up', '--database-url', given.href], {}],
      // Starts git, and an embedded server with initdb for the replay.
      [['status', '--drift'], { DATABASE_URL: given.href }],
    ]
    try {
      for (const [args, env] of places) {
        const command = startCommand([...args, '--workspace', workspace.root], { env })
        const own = command.child.pid!
        const seen = new Map<number, string>()
        const look = setInterval(() => {
          for (const pid of descendantsOf(own)) {
            const argv = readCommandLine(pid)
            seen.set(pid, `${seen.get(pid) ?? ''}\n${argv}${/postgres|initdb/.test(argv) ? environmentOf(pid) : ''}`)
          }
        }, 2)
        const { exitCode, stderr } = await command.finished
        clearInterval(look)
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
        expect([...seen.values()].join('\n')).not.toMatch(MARK)
        if (args[0] === 'status') expect([...seen.values()].join('\n')).toContain('postgres')
      }
    } finally {
      await db.client.query(`drop owned by ${role} cascade; drop role ${role}`)
    }
  })

  test.each([
    ['--database-url', (given: string) => ['--database-url', given]],
    ['--database-url=', (given: string) => [`--database-url=${given}`]],
  ])('a process that was given %s hides it while it connects', async (_name, args) => {
    using workspace = await fixtureWorkspace({ core: { migrations: {} } })
    await using server = await fakeServer({ silent: true })
    const command = startCommand(['status', ...args(server.urlFor('veza')), '--workspace', workspace.root])
    await server.greeted
    const own = command.child.pid!
    const seen = [own, ...descendantsOf(own)].map(readCommandLine)
    command.child.kill('SIGKILL')
    await command.finished
    expect(seen.join('\n')).not.toContain(PASSWORD)
    expect(seen[0]).toContain('veza-migrator')
  })
})
