/**
 * Every refusal around a database, provoked by a database or by a server that refuses, as the user reads it: no message has a password.
 * What a failed run says stands in transaction.test.ts, alone.test.ts, crash.test.ts and lock.test.ts, next to what it leaves behind.
 */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { describe, expect, test } from 'vitest'
import { UnboundLogin } from '../src/database/channel-binding.ts'
import { connect } from '../src/database/connect.ts'
import { connectionFailure } from '../src/database/connection-failure.ts'
import { inspect } from '../src/database/inspect.ts'
import * as errors from '../src/index.ts'
import { assertServer } from '../src/run/guard.ts'
import { type Behaviour, fakeServer, PASSWORD } from './fake-server.ts'
import { type DomainsData, fixtureWorkspace } from './fixture-workspace.ts'
import { failureOf, migrate, publicObjects, type RunOptions } from './runs.ts'
import { told } from './told.ts'

type ErrorClass = new (...args: never[]) => Error

describe('connecting', () => {
  async function refusedBy(behaviour: Behaviour, expected: ErrorClass): Promise<string> {
    await using server = await fakeServer(behaviour)
    return await refused(server.urlFor('veza'), expected)
  }

  async function refused(url: string, expected: ErrorClass): Promise<string> {
    const error = await failureOf(connect(url, 'test'))
    expect(error).toBeInstanceOf(expected)
    expect(error.exitCode).toBe(3)
    const text = await told(error)
    expect(JSON.stringify([text, error])).not.toContain(PASSWORD)
    return text
  }

  const refuse = (code: string, message: string): Behaviour => ({ refuse: { code, message }, askForPassword: true })

  test('a wrong password', async () => {
    const behaviour = refuse('28P01', 'password authentication failed for user "veza"')
    expect(await refusedBy(behaviour, errors.AuthenticationError)).toMatchInlineSnapshot(`
      "127.0.0.1:5432/veza does not let the user "veza" in: password authentication failed for user "veza".
      Check the user and the password in --database-url or DATABASE_URL (or PGPASSWORD)."
    `)
  })

  test('a user that pg_hba.conf does not let in', async () => {
    const behaviour = refuse('28000', 'no pg_hba.conf entry for host "10.0.0.7", user "veza", database "veza"')
    expect(await refusedBy(behaviour, errors.AuthenticationError)).toContain('no pg_hba.conf entry')
  })

  test('no password where the server wants one', async () => {
    await using server = await fakeServer({ scram: true })
    const url = `postgresql://veza@127.0.0.1:${server.port}/veza`
    expect(await refused(url, errors.AuthenticationError)).toMatchInlineSnapshot(`
      "127.0.0.1:5432/veza does not let the user "veza" in: the server asks for a password and none was given.
      Check the user and the password in --database-url or DATABASE_URL (or PGPASSWORD)."
    `)
  })

  test('no such database', async () => {
    await using db = await testDatabase()
    const url = new URL(db.url)
    url.pathname = '/nowhere'
    expect(await refused(url.href, errors.DatabaseMissingError)).toMatchInlineSnapshot(`
      "The server at 127.0.0.1:5432 has no database "nowhere".
      Create it (createdb "nowhere") or correct the name at the end of the URL."
    `)
  })

  test('a server that is full', async () => {
    const behaviour = refuse('53300', 'sorry, too many clients already')
    expect(await refusedBy(behaviour, errors.ConnectionRefusedByServerError)).toMatchInlineSnapshot(
      `"127.0.0.1:5432/veza refused the connection: sorry, too many clients already (SQLSTATE 53300)."`,
    )
  })

  test('a server that is starting up', async () => {
    const behaviour = refuse('57P03', 'the database system is starting up')
    expect(await refusedBy(behaviour, errors.UnreachableServerError)).toContain('the database system is starting up')
  })

  test('nobody listens', async () => {
    const server = await fakeServer({ hangUp: true })
    const url = server.urlFor('veza')
    await server[Symbol.asyncDispose]()
    expect(await refused(url, errors.UnreachableServerError)).toMatchInlineSnapshot(`
      "No PostgreSQL server answers at 127.0.0.1:5432/veza: connection refused.
      Is it running, and is the address in --database-url or DATABASE_URL right? Without either, the embedded database is used."
    `)
  })

  test('a server that hangs up', async () => {
    expect(await refusedBy({ hangUp: true }, errors.UnreachableServerError)).toMatchInlineSnapshot(`
      "No PostgreSQL server answers at 127.0.0.1:5432/veza: Connection terminated unexpectedly.
      Is it running, and is the address in --database-url or DATABASE_URL right? Without either, the embedded database is used."
    `)
  })

  test('a host that nobody knows', async () => {
    const url = `postgresql://veza:${PASSWORD}@db.invalid/veza`
    expect(await refused(url, errors.UnreachableServerError)).toMatch(
      /^No PostgreSQL server answers at db\.invalid:5432/,
    )
  })
})

describe('TLS', () => {
  // Each code is provoked in tls.slow.test.ts, but for a revoked certificate and a few that say the same as another one.
  test('each kind of failure, with what to do', async () => {
    const place = { host: 'db.example', port: 5432, database: 'veza', user: 'veza' }
    const detail = 'as OpenSSL says it'
    const codes = {
      CERT_HAS_EXPIRED: 'expired',
      CERT_NOT_YET_VALID: 'early',
      CERT_REVOKED: 'revoked',
      ERR_TLS_CERT_ALTNAME_INVALID: 'host',
      SELF_SIGNED_CERT_IN_CHAIN: 'authority',
      ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'client',
      EPROTO: 'other',
    }
    const made = Object.keys(codes).map((code) => Object.assign(new Error(detail), { code }))
    const failures = [...made, new UnboundLogin(detail)].map((error) => connectionFailure(error, place))
    expect(failures.map((error) => (error as errors.TlsError).failure)).toEqual([...Object.values(codes), 'unbound'])
    expect((await Promise.all(failures.map((error) => told(error)))).join('\n\n')).toMatchInlineSnapshot(`
      "There is no TLS connection to db.example:5432/veza: the server's certificate has expired (as OpenSSL says it).
      Renew it on the server; look at the clock of this machine as well.

      There is no TLS connection to db.example:5432/veza: the server's certificate is not valid yet (as OpenSSL says it).
      Look at the clocks of the server and of this machine.

      There is no TLS connection to db.example:5432/veza: the server's certificate has been revoked (as OpenSSL says it).
      Renew it on the server, or name a newer list with sslcrl.

      There is no TLS connection to db.example:5432/veza: the server's certificate is for another host (as OpenSSL says it).
      Name the host as the certificate does, or say sslmode=verify-ca where the authority signs for your own servers only.

      There is no TLS connection to db.example:5432/veza: the server's certificate is not signed by an authority that sslrootcert holds (as OpenSSL says it).
      Name the file of the authority's certificate with sslrootcert.

      There is no TLS connection to db.example:5432/veza: the server refuses the client certificate of sslcert, or wants one (as OpenSSL says it).
      Name a certificate that the server knows with sslcert, and its key with sslkey.

      There is no TLS connection to db.example:5432/veza: it failed (as OpenSSL says it).
      Look at sslmode and the parameters of TLS in the URL, and at the log of the server.

      There is no TLS connection to db.example:5432/veza: the server does not bind the login to the connection, which channel_binding=require asks for (as OpenSSL says it).
      Use a role whose password is stored as scram-sha-256, over TLS, or leave channel_binding out."
    `)
  })
})

describe('the URL', () => {
  test('that names a certificate which is not there', async () => {
    const url = `postgresql://u:${PASSWORD}@localhost/d?sslmode=require&sslrootcert=/nowhere/ca.pem`
    const error = await failureOf(connect(url, 'test'))
    expect(error).toBeInstanceOf(errors.UnusableDatabaseUrlError)
    expect(error.exitCode).toBe(2)
    expect(await told(error)).toMatchInlineSnapshot(`
      "The database URL has a parameter that cannot be used: sslrootcert names a file that cannot be read: ENOENT: no such file or directory, open '/nowhere/ca.pem'.
      Check what stands behind the "?" in --database-url or DATABASE_URL, and the PGSSL variables."
    `)
  })
})

test('a server that is too old', async () => {
  const state = { serverVersion: '14.22', serverVersionNumber: 140_022 } as Parameters<typeof assertServer>[0]
  const text = await told(() => assertServer(state, 'db.example:5432/veza'))
  expect(text).toMatchInlineSnapshot(
    `
    "db.example:5432/veza is PostgreSQL 14.22; V1 runs on PostgreSQL 15 and later. Nothing was run.
    Name a newer server with --database-url or DATABASE_URL."
  `,
  )
  expect(() => assertServer(state, 'db')).toThrow(errors.ServerTooOldError)
})

describe('what stands in the way', () => {
  const V1: DomainsData = {
    core: {
      migrations: {
        '001_functions': { up: ['create or replace function stamp() returns int return 1'] },
        '002_users': { up: ['create table users ()'] },
      },
    },
  }

  /** The message; the database must be as it was. */
  async function refusal(db: TestDatabase, expected: ErrorClass, options: RunOptions = {}): Promise<string> {
    using workspace = await fixtureWorkspace(V1)
    const before = await publicObjects(db.client)
    const error = await failureOf(migrate(db.url, workspace, options))
    expect(error).toBeInstanceOf(expected)
    expect(error.exitCode).toBe(3)
    expect(await publicObjects(db.client)).toEqual(before)
    return told(error)
  }

  test('objects in a database without a history', async () => {
    await using db = await testDatabase()
    await db.client.query(
      'create table old_users (id serial primary key); create function stamp() returns int return 2',
    )
    await db.client.query("create type mood as enum ('fine'); create view seen as select 1")
    expect(await refusal(db, errors.NonEmptyDatabaseError)).toMatchInlineSnapshot(`
      "127.0.0.1:5432/veza has no migration history, but its schema public is not empty:
        - table old_users
        - function stamp
        - sequence old_users_id_seq
        - type mood
        - view seen
      V1 is a clean slate: it repairs no older schema. Nothing was touched.
      Name an empty database, or say --allow-nonempty if these objects have nothing to do with V1.
      If it was built from the files of sql, record that: npx veza-migrator baseline --reason "why""
    `)
  })

  test('more objects than a message should list', async () => {
    await using db = await testDatabase()
    const tables = Array.from({ length: 23 }, (_, at) => `create table legacy_${String(at).padStart(2, '0')} ()`)
    await db.client.query(tables.join(';'))
    expect(await refusal(db, errors.NonEmptyDatabaseError)).toContain('  - table legacy_09\n  ... and 13 more\n')
  })

  test('an object that would be created, even where unrelated ones are allowed and nothing would fail', async () => {
    await using db = await testDatabase()
    await db.client.query('create function stamp() returns int return 2; create view users as select 1')
    expect(await refusal(db, errors.CollisionError, { allowNonempty: true })).toMatchInlineSnapshot(`
      "127.0.0.1:5432/veza has no migration history, but already has objects that the run would create:
        - function stamp, which core/001_functions creates
        - view users, which core/002_users creates
      Nothing was touched. --allow-nonempty accepts unrelated objects, never these: name an empty database, or move them away first."
    `)
  })

  test('unrelated objects do not, where they are allowed', async () => {
    using workspace = await fixtureWorkspace(V1)
    await using db = await testDatabase()
    await db.client.query('create table old_users (id serial primary key)')
    await migrate(db.url, workspace, { allowNonempty: true })
    expect(await publicObjects(db.client)).toEqual(expect.arrayContaining(['relation old_users', 'relation users']))
  })

  test('what an extension brought does not', async () => {
    using workspace = await fixtureWorkspace(V1)
    await using db = await testDatabase()
    await db.client.query('create extension if not exists pgcrypto schema public')
    expect((await migrate(db.url, workspace)).applied).toBe(2)
  })
})

describe('the history', () => {
  const users = { up: ['create table users ()'], down: ['drop table users'] }
  const ORDER: DomainsData = {
    core: { migrations: { '001_users': users, '002_tags': { up: ['create table tags ()'] } } },
    auth: { dependencies: ['core'], migrations: { '001_tokens': { up: ['create table tokens ()'] } } },
  }

  /** Applies everything, spoils the history, and answers what the next up says. */
  async function refusal(expected: ErrorClass, spoil: string): Promise<string> {
    using workspace = await fixtureWorkspace(ORDER)
    await using db = await testDatabase()
    await migrate(db.url, workspace)
    await db.client.query(spoil)
    const before = await publicObjects(db.client)
    const error = await failureOf(migrate(db.url, workspace))
    expect(error).toBeInstanceOf(expected)
    expect(error.exitCode).toBe(3)
    expect(await publicObjects(db.client)).toEqual(before)
    return told(error)
  }

  test('a migration that has changed since', async () => {
    const spoil =
      "update migration_history set checksum = repeat('0', 64), created_at = '2026-01-02 03:04:05.678Z' where name = '001_users'"
    const text = await refusal(errors.ChangedMigrationError, spoil)
    expect(text.replace(/renders \w{12}/, 'renders abcdef012345')).toMatchInlineSnapshot(`
      "core/001_users was applied to 127.0.0.1:5432/veza on 2026-01-02T03:04:05.678Z with the checksum 000000000000, but here it renders abcdef012345: it has been edited since. Nothing was run.
      Undo the edit of its file, or of a module that it uses such as src/conventions (git log shows it), and put the change into a new migration.
      If what is here is right and the database has it: npx veza-migrator repair core/001_users --accept-checksum --reason "why""
    `)
  })

  test('a migration that is not here', async () => {
    expect(
      await refusal(
        errors.UnknownAppliedError,
        "update migration_history set name = '002_later' where name = '002_tags'",
      ),
    ).toMatchInlineSnapshot(`
      "127.0.0.1:5432/veza has a migration that this checkout does not know:
        - core/002_later
      The checkout is older than the database, or a file was removed. Nothing was run. Take the newest version of the repository (git pull) and run it again.
      If it was lost and will not come back: npx veza-migrator repair core/002_later --forget --reason "why""
    `)
  })

  test('a migration without what it builds on', async () => {
    expect(
      await refusal(errors.HistoryOrderError, "delete from migration_history where name = '002_tags'"),
    ).toMatchInlineSnapshot(`
      "auth/001_tokens is applied to 127.0.0.1:5432/veza, but core/002_tags, which stands before it and which it builds on, is not. Nothing was run.
      If a merge moved the lines of migrations.lock, move the line of core/002_tags behind that of auth/001_tokens; otherwise revert auth/001_tokens first with the checkout that applied it."
    `)
  })

  test('a table of another kind', async () => {
    const spoil = 'drop table migration_history; create table migration_history (version int)'
    expect(await refusal(errors.HistoryTableError, spoil)).toMatchInlineSnapshot(`
      "public.migration_history of 127.0.0.1:5432/veza is not the table that this version of the migrator keeps:
        - it has no column id
        - it has no column domain
        - it has no column name
        - it has no column checksum
        - it has no column run_id
        - it has no column position
        - it has no column duration_ms
        - it has no column tool_version
        - it has no column applied_by
        - it has no column created_at
        - it has a column version, which is not known here
      Nothing was run. If a newer version has changed it, run that version. If somebody changed it by hand, change it back. If another tool made it, give it another name: alter table public.migration_history rename to old_history"
    `)
  })

  test('a table that this user may not read, for status too', async () => {
    await using db = await testDatabase({ migrated: true })
    const role = `${db.name}_reader`
    await db.client.query(`create role ${role} login password 'reader'`)
    const url = new URL(db.url)
    url.username = role
    url.password = 'reader'
    const client = await connect(url.href, 'status')
    try {
      const reading = inspect(client, { lockTimeoutMs: 1000, statementTimeoutMs: 1000 }, 'readOnly')
      const error = await failureOf(reading)
      expect(error).toBeInstanceOf(errors.HistoryForbiddenError)
      using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': { up: ['create table a ()'] } } } })
      expect(await failureOf(migrate(url.href, workspace))).toBeInstanceOf(errors.HistoryForbiddenError)
    } finally {
      await client.end()
      await db.client.query(`drop role ${role}`)
    }
  })

  test('one that another session keeps everybody from, for up and down too: with the holder', async () => {
    using workspace = await fixtureWorkspace({
      core: { migrations: { '001_a': { up: ['create table a ()'], down: ['drop table a'] } } },
    })
    await using db = await testDatabase()
    await migrate(db.url, workspace)
    await db.client.query('begin; lock table migration_history in access exclusive mode')
    for (const options of [{}, { down: { kind: 'all' } as const }]) {
      const error = await failureOf(migrate(db.url, workspace, { ...options, lockTimeoutMs: 200 }))
      expect(error).toBeInstanceOf(errors.HistoryLockedError)
      expect(error.holder).toMatch(/^pid \d+ "veza-tests" \(user \w+ from .*, idle in transaction, since /)
    }
  })
})
