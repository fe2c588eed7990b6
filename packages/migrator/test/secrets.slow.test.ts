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

  test('200 are given to verbs in every place, and neither stream nor document repeats them', {
    timeout: 120_000,
  }, async () => {
    const urls = fc.sample(url, { seed: SEED + 1, numRuns: 200 })
    for (const [at, one] of urls.entries()) {
      const verb = ['up', 'status', 'down'][at % 3]!
      const place = [
        ['--database-url', one],
        [`--database-url=${one}`],
        [`--databse-url=${one}`],
        [one],
        ['--lock-wait', one],
        ['--workspace', one],
      ][at % 6]!
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

/** The arguments of a process and of all that it started, as any user can read them. */
function argumentsOf(pid: number): string[] {
  const children = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid)
    } catch {
      return false
    }
  })
  return [readFileSync(`/proc/${pid}/cmdline`, 'utf8'), ...children.flatMap((child) => argumentsOf(Number(child)))]
}

describe.runIf(process.platform === 'linux')('in ps', () => {
  test.each([
    ['--database-url', (given: string) => ['--database-url', given]],
    ['--database-url=', (given: string) => [`--database-url=${given}`]],
  ])('a process that was given %s hides it while it connects', async (_name, args) => {
    using workspace = await fixtureWorkspace({ core: { migrations: {} } })
    await using server = await fakeServer({ silent: true })
    const command = startCommand(['status', ...args(server.urlFor('veza')), '--workspace', workspace.root])
    await server.greeted
    const seen = argumentsOf(command.child.pid!)
    command.child.kill('SIGKILL')
    await command.finished
    expect(seen.join('\n')).not.toContain(PASSWORD)
    expect(seen[0]).toContain('veza-migrator')
  })
})
