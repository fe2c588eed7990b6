/** `repair`: what a person may change in the history, where the database does not say otherwise, and what is kept of it. */
import { tcpProxy } from '@veza/tools/tcp-proxy'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../src/database/connect.ts'
import { LOCK_KEY } from '../src/database/lock.ts'
import { examine, repair } from '../src/repair/repair.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { callCommand } from './command.ts'
import { type DomainsData, type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'
import { halfBuilt } from './interrupted.ts'
import { failureOf, history, migrate } from './runs.ts'
import { alike } from './told.ts'

const LIMITS = { lockTimeoutMs: 2000, statementTimeoutMs: 0 }
const DOMAINS: DomainsData = {
  core: {
    migrations: {
      '001_users': { up: ['create table users (name text, mail text)'], down: ['drop table users'] },
      '002_index': {
        transaction: false,
        up: ["create unique index concurrently users_name on users (lower(name)) where name <> ''"],
        down: ['drop index concurrently users_name'],
      },
      '003_more': { up: ['create table more ()'], down: ['drop table more'] },
    },
  },
}
const INDEX = 'core/002_index'

let db: TestDatabase
let workspace: FixtureWorkspace
beforeAll(async () => {
  workspace = await fixtureWorkspace(DOMAINS)
})
afterAll(() => workspace[Symbol.dispose]())
beforeEach(async () => {
  db = await testDatabase()
})
afterEach(() => db.drop())

interface Said {
  readonly exitCode: number | null
  /** Standard output, or the error where it failed. */
  readonly text: string
}

async function command(verb: string, ...args: readonly string[]): Promise<Said> {
  const place = ['--database-url', db.url, '--workspace', workspace.root]
  const { exitCode, stdout, stderr } = await callCommand([verb, ...args, ...place])
  return {
    exitCode,
    text: alike(stderr === '' ? stdout : stderr)
      .replaceAll(/PostgreSQL \d+\.\d+/g, 'PostgreSQL 18.4')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/g, '2026-01-02 03:04')
      .replaceAll(/by \S+@[\w.-]+/g, 'by deploy@ci'),
  }
}
const repaired = (id: string, action: string, ...args: readonly string[]) =>
  command('repair', id, `--${action}`, '--reason', 'seen at night', '--yes', ...args)

const recorded = async () =>
  (await db.client.query('select * from migration_repairs order by created_at, id')).rows as Record<string, any>[]
const rowOf = async (name: string) =>
  (await db.client.query('select checksum, duration_ms from migration_history where name = $1', [name])).rows[0]

/** As a run that was killed after its index was built, before it could say so. */
const forgetEnd = () => db.client.query("update migration_history set duration_ms = null where name = '002_index'")

/** As a run that was killed while it built: the row has no duration and the index is INVALID. */
async function interrupt(): Promise<void> {
  await migrate(db.url, workspace, { up: { to: '1' } })
  await halfBuilt(db, workspace, INDEX)
}

describe('a migration outside a transaction whose end is not recorded', () => {
  test('is marked done where the database has what it builds, and the next run goes on behind it', async () => {
    await migrate(db.url, workspace, { up: { to: '2' } })
    await forgetEnd()
    const { exitCode, text } = await repaired(INDEX, 'mark-done')
    expect(exitCode).toBe(0)
    expect(text.replaceAll(/checksum \w+/g, 'checksum 0123456789ab')).toMatchInlineSnapshot(`
      "PostgreSQL 18.4 at 127.0.0.1:5432/veza, user postgres
      core/002_index was begun, and its end is not recorded
        found     the index users_name is there, is valid, and is the one that the migration builds
        before    checksum 0123456789ab, begun 2026-01-02 03:04 UTC by deploy@ci, no duration
        after     checksum 0123456789ab, applied 2026-01-02 03:04 UTC by deploy@ci, 0 ms
        action    mark-done
        reason    seen at night
      Repaired core/002_index: mark-done, recorded in migration_repairs.
      What is pending: npx nx run migrator:status
      "
    `)
    expect(await rowOf('002_index')).toMatchObject({ duration_ms: 0 })
    expect(await migrate(db.url, workspace)).toMatchObject({ applied: 3, done: [{ step: { id: 'core/003_more' } }] })
    expect(await recorded()).toMatchObject([
      {
        ...{ domain: 'core', name: '002_index', action: 'mark-done', reason: 'seen at night' },
        applied_by: expect.stringMatching(/.+@.+/),
        history_before: { name: '002_index', duration_ms: null },
        history_after: { name: '002_index', duration_ms: 0 },
      },
    ])
  })

  const others: readonly (readonly [what: string, sql: string])[] = [
    ['is gone', ''],
    ['is on other columns', 'create unique index users_name on users (lower(mail)) where name <> $$$$'],
    ['is not unique', "create index users_name on users (lower(name)) where name <> ''"],
    ['has another condition', "create unique index users_name on users (lower(name)) where name <> 'x'"],
    ['is on another table', 'create table other (name text); create unique index users_name on other (lower(name))'],
    ['is a table', 'create table users_name ()'],
  ]
  test.each(others)('is not marked done where the index %s', async (_what, sql) => {
    await migrate(db.url, workspace, { up: { to: '2' } })
    await forgetEnd()
    await db.client.query(`drop index users_name; ${sql}`)
    const { exitCode, text } = await repaired(INDEX, 'mark-done')
    expect({ exitCode, text }).toMatchObject({ exitCode: 3, text: expect.stringContaining('contradicts --mark-done') })
    expect(await rowOf('002_index')).toMatchObject({ duration_ms: null })
    // What stands there under the same name is somebody else's: nothing of the migration is left.
    expect((await repaired(INDEX, 'mark-undone')).exitCode).toBe(0)
    expect(await history(db.client)).toEqual(['core/001_users'])
  })

  test('is neither done nor undone while its INVALID index is there', async () => {
    await interrupt()
    const done = await repaired(INDEX, 'mark-done')
    expect(done.exitCode).toBe(3)
    expect(done.text).toMatchInlineSnapshot(`
      "error  127.0.0.1:5432/veza contradicts --mark-done for core/002_index:
               - the index users_name is INVALID: its build did not finish
             Nothing was changed.
             npx nx run migrator:up drops it and builds it again. To drop it yourself: drop index concurrently public.users_name
      "
    `)
    const undone = await repaired(INDEX, 'mark-undone')
    expect(undone.exitCode).toBe(3)
    expect(undone.text).toContain('--mark-undone')
    await db.client.query('drop index users_name')
    expect((await repaired(INDEX, 'mark-undone')).exitCode).toBe(0)
    expect(await migrate(db.url, workspace)).toMatchObject({ applied: 3 })
  })

  test('is not marked undone where it is done', async () => {
    await migrate(db.url, workspace)
    await forgetEnd()
    const { exitCode, text } = await repaired(INDEX, 'mark-undone')
    expect(exitCode).toBe(3)
    expect(text).toMatchInlineSnapshot(`
      "error  127.0.0.1:5432/veza contradicts --mark-undone for core/002_index:
               - the index users_name is there, is valid, and is the one that the migration builds
             Nothing was changed.
             npx nx run migrator:up records it as done. So does: npx veza-migrator repair core/002_index --mark-done --reason "why"
      "
    `)
  })

  test('of which nothing can be looked up is marked as the person says, and that is said', async () => {
    const vacuum = { transaction: false, up: ['vacuum pg_catalog.pg_class'] }
    using other = await fixtureWorkspace({ core: { migrations: { '001_vacuum': vacuum } } })
    await migrate(db.url, other)
    await db.client.query('update migration_history set duration_ms = null')
    const args = ['repair', 'core/001_vacuum', '--mark-done', '--reason', 'x', '--yes']
    const { exitCode, stdout } = await callCommand([...args, '--database-url', db.url, '--workspace', other.root])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('unproven  nothing in the database shows whether this was run: vacuum pg_catalog.pg_class')
  })

  test('that drops an index is judged by that index', async () => {
    const drop = { transaction: false, up: ['drop index concurrently if exists "Old"'] }
    using other = await fixtureWorkspace({
      core: {
        migrations: { '001_a': { up: ['create table a (b int)', 'create index "Old" on a (b)'] }, '002_drop': drop },
      },
    })
    await migrate(db.url, other)
    await db.client.query("update migration_history set duration_ms = null where name = '002_drop'")
    const told = async (action: string) => {
      const args = ['repair', 'core/002_drop', `--${action}`, '--reason', 'x', '--dry-run']
      const { exitCode, stdout, stderr } = await callCommand([
        ...args,
        '--database-url',
        db.url,
        '--workspace',
        other.root,
      ])
      return `${exitCode} ${alike(stdout)}${alike(stderr)}`
    }
    expect(await told('mark-done')).toMatch(/^0 [\s\S]*found {5}there is no index "Old", which it drops/)
    expect(await told('mark-undone')).toMatch(/^3 [\s\S]*- there is no index "Old"/)
    await db.client.query('create index "Old" on a (b)')
    expect(await told('mark-done')).toMatch(/^3 [\s\S]*- the index "Old", which it drops, is there/)
    expect(await told('mark-undone')).toMatch(/^0 /)
    await db.client.query(`update pg_index set indisvalid = false where indexrelid = '"Old"'::regclass`)
    for (const action of ['mark-done', 'mark-undone'])
      expect(await told(action)).toMatch(/^3 [\s\S]*- the index "Old" is INVALID: it was not dropped to the end/)
  })

  test('that detaches a partition is judged by that partition', async () => {
    const plays = {
      up: [
        'create table plays (at int) partition by range (at)',
        'create table plays_1 partition of plays for values from (1) to (2)',
      ],
    }
    const detach = { transaction: false, up: ['alter table plays detach partition plays_1 concurrently'] }
    using other = await fixtureWorkspace({ core: { migrations: { '001_plays': plays, '002_detach': detach } } })
    const told = async (action: string) => {
      const args = ['repair', 'core/002_detach', `--${action}`, '--reason', 'x', '--dry-run']
      const { stdout, stderr, exitCode } = await callCommand([
        ...args,
        ...['--database-url', db.url, '--workspace', other.root],
      ])
      return `${exitCode} ${stdout}${stderr}`
    }
    await migrate(db.url, other)
    await db.client.query("update migration_history set duration_ms = null where name = '002_detach'")
    expect(await told('mark-done')).toMatch(/^0 [\s\S]*found {5}public.plays_1 is no partition of public.plays/)
    expect(await told('mark-undone')).toMatch(/^3 /)
    await db.client.query('alter table plays attach partition plays_1 for values from (1) to (2)')
    expect(await told('mark-undone')).toMatch(/^0 [\s\S]*public.plays_1 is a partition of public.plays/)
    expect(await told('mark-done')).toMatch(/^3 /)
    await db.client.query("update pg_inherits set inhdetachpending = true where inhrelid = 'plays_1'::regclass")
    for (const action of ['mark-done', 'mark-undone'])
      expect(await told(action)).toMatch(/^3 [\s\S]*is being detached from public.plays, and that is not finished/)
  })

  test('that ended the run’s transaction is judged by each table, view, sequence and type that it makes', async () => {
    await migrate(db.url, workspace)
    await db.client.query("update migration_history set duration_ms = null where name = '003_more'")
    expect((await failureOf(migrate(db.url, workspace))).name).toBe('HalfAppliedError')
    expect((await repaired('core/003_more', 'mark-undone')).text).toMatchInlineSnapshot(`
      "error  127.0.0.1:5432/veza contradicts --mark-undone for core/003_more:
               - the table more, which it creates, is there
             Nothing was changed.
             Undo it by hand, then run this again.
      "
    `)
    expect((await repaired('core/003_more', 'mark-done', '--dry-run')).exitCode).toBe(0)
    await db.client.query('drop table more')
    expect((await repaired('core/003_more', 'mark-done')).text).toContain('there is no table more, which it creates')
    expect((await repaired('core/003_more', 'mark-undone')).exitCode).toBe(0)
    expect(await migrate(db.url, workspace)).toMatchObject({ applied: 3, done: [{ step: { id: 'core/003_more' } }] })
  })

  test('whose index somebody else builds at this moment is neither', async () => {
    await interrupt()
    await db.client.query('begin; lock table users in share update exclusive mode')
    const { exitCode, text } = await repaired(INDEX, 'mark-undone', '--dry-run')
    await db.client.query('rollback')
    expect(exitCode).toBe(3)
    expect(text).toContain('may be under construction by pid 4711 "veza-tests"')
  })

  test('that was begun as another text may be marked undone when no INVALID index is left, and its text be accepted', async () => {
    await interrupt()
    await db.client.query("update migration_history set checksum = repeat('a', 64) where name = '002_index'")
    expect((await repaired(INDEX, 'mark-done')).text).toMatchInlineSnapshot(`
      "error  On 127.0.0.1:5432/veza, core/002_index was begun with another checksum than it has here, and its end is not recorded. --mark-done is for a migration that was begun as it is here, and whose end is not recorded. Nothing was changed.
             What fits:
               - npx veza-migrator repair core/002_index --mark-undone --reason "why"
               - npx veza-migrator repair core/002_index --accept-checksum --reason "why"
      "
    `)
    await db.client.query('alter index users_name rename to under_the_old_name')
    const left = await repaired(INDEX, 'mark-undone')
    expect(left.exitCode).toBe(3)
    expect(left.text).toMatchInlineSnapshot(`
      "error  127.0.0.1:5432/veza contradicts --mark-undone for core/002_index:
               - under_the_old_name is INVALID or being detached, and may be what is left of it
             Nothing was changed.
             If it is an index that nothing needs: drop index concurrently under_the_old_name
      "
    `)
    await db.client.query('drop index under_the_old_name')
    expect((await repaired(INDEX, 'accept-checksum')).exitCode).toBe(0)
    expect((await repaired(INDEX, 'mark-undone')).exitCode).toBe(0)
    expect(await migrate(db.url, workspace)).toMatchObject({ applied: 3 })
  })
})

test('a changed checksum is accepted: the row gets the one that is rendered here, and runs go on', async () => {
  await migrate(db.url, workspace, { up: { to: '2' } })
  const { checksum } = await rowOf('001_users')
  await db.client.query("update migration_history set checksum = repeat('0', 64) where name = '001_users'")
  expect((await failureOf(migrate(db.url, workspace))).name).toBe('ChangedMigrationError')
  expect((await repaired('core/001_users', 'accept-checksum')).exitCode).toBe(0)
  expect(await rowOf('001_users')).toMatchObject({ checksum })
  expect(await recorded()).toMatchObject([
    { action: 'accept-checksum', checksum_before: '0'.repeat(64), checksum_after: checksum },
  ])
  expect(await migrate(db.url, workspace)).toMatchObject({ applied: 3 })
})

describe('a lost migration', () => {
  const lose = (sql = '') =>
    db.client.query(`insert into migration_history (domain, name, checksum, run_id, position, duration_ms, tool_version, applied_by)
      values ('auth', '009_beta', repeat('b', 64), gen_random_uuid(), 9, 5, '1.0.0', 'ann@laptop'); ${sql}`)

  test('is forgotten; its whole row is kept in the record, and status shows who did it and why', async () => {
    await migrate(db.url, workspace)
    await lose()
    expect((await failureOf(migrate(db.url, workspace))).name).toBe('UnknownAppliedError')
    expect((await repaired('auth/009_beta', 'forget')).exitCode).toBe(0)
    expect(await history(db.client)).toEqual(['core/001_users', INDEX, 'core/003_more'])
    expect(await recorded()).toMatchObject([
      { action: 'forget', history_before: { applied_by: 'ann@laptop', position: 9 }, history_after: null },
    ])
    const { text } = await command('status')
    expect(text).toMatch(
      /\nrepaired by hand\n {5}auth\/009_beta {2}forget {2}2026-01-02 03:04 UTC by deploy@ci: seen at night\n/,
    )
    const { stdout } = await callCommand(['status', '--json', '--database-url', db.url, '--workspace', workspace.root])
    expect(JSON.parse(stdout)).toMatchObject({
      repairs: [{ id: 'auth/009_beta', action: 'forget', reason: 'seen at night' }],
    })
  })

  test('that was begun is forgotten only when no INVALID index is left', async () => {
    await interrupt()
    await lose(
      "update migration_history set duration_ms = null where name = '009_beta'; delete from migration_history where name = '002_index'",
    )
    expect((await repaired('auth/009_beta', 'forget')).text).toContain('users_name is INVALID')
    await db.client.query('drop index users_name')
    expect((await repaired('auth/009_beta', 'forget')).exitCode).toBe(0)
  })
})

describe('is refused', () => {
  test.each([
    'core/002',
    '2',
    '002_index',
    'index',
    'CORE/002_INDEX',
    'packages/core-schema/src/migrations/002_index.ts',
  ])('for the short form %s', async (id) => {
    await migrate(db.url, workspace, { up: { to: '2' } })
    await forgetEnd()
    const { exitCode, text } = await repaired(id, 'mark-done')
    expect(exitCode).toBe(2)
    expect(text).toContain(`"${id}" is the full id of no migration`)
    expect(text).toContain(`Did you mean:\n         - ${INDEX}`)
  })

  test('for a migration that nobody knows', async () => {
    expect((await repaired('chat/001_rooms', 'forget')).text).toMatchInlineSnapshot(`
      "error  "chat/001_rooms" is the full id of no migration, neither of this checkout nor of the history of 127.0.0.1:5432/veza. A repair takes no short form, so that it cannot mean another one.
             All ids: npx nx run migrator:status
      "
    `)
  })

  test('in every state that another action is for, with that action', async () => {
    await migrate(db.url, workspace, { up: { to: '2' } })
    expect((await repaired('core/003_more', 'accept-checksum')).text).toMatchInlineSnapshot(`
      "error  On 127.0.0.1:5432/veza, core/003_more has no row in the history: it is pending. --accept-checksum is for a migration that is in the history with another checksum than it has here. Nothing was changed.
             To apply it: npx nx run migrator:up
      "
    `)
    expect((await repaired('core/001_users', 'forget')).text).toMatchInlineSnapshot(`
      "error  On 127.0.0.1:5432/veza, core/001_users is applied as it is here, so there is nothing to repair. --forget is for a migration that is in the history and that this checkout does not know. Nothing was changed.
             What else is wrong, if anything: npx nx run migrator:status
      "
    `)
    await forgetEnd()
    expect((await repaired(INDEX, 'forget')).text).toMatchInlineSnapshot(`
      "error  On 127.0.0.1:5432/veza, core/002_index was begun, and its end is not recorded. --forget is for a migration that is in the history and that this checkout does not know. Nothing was changed.
             What fits:
               - npx veza-migrator repair core/002_index --mark-done --reason "why"
               - npx veza-migrator repair core/002_index --mark-undone --reason "why"
      "
    `)
    await db.client.query("update migration_history set checksum = repeat('0', 64) where name = '001_users'")
    expect((await repaired('core/001_users', 'mark-undone')).text).toMatchInlineSnapshot(`
      "error  On 127.0.0.1:5432/veza, core/001_users is applied, with another checksum than it has here. --mark-undone is for a migration that was begun, and whose end is not recorded. Nothing was changed.
             What fits:
               - npx veza-migrator repair core/001_users --accept-checksum --reason "why"
      "
    `)
    await db.client.query("update migration_history set name = '009_gone' where name = '001_users'")
    const lost = await repaired('core/009_gone', 'mark-done')
    expect(lost.exitCode).toBe(2)
    expect(lost.text).toMatchInlineSnapshot(`
      "error  On 127.0.0.1:5432/veza, core/009_gone is in the history, and this checkout does not know it. --mark-done is for a migration that was begun as it is here, and whose end is not recorded. Nothing was changed.
             What fits:
               - npx veza-migrator repair core/009_gone --forget --reason "why"
      "
    `)
  })

  test('without a reason, without an action, with two actions, and where nobody can be asked', async () => {
    const said = async (...args: readonly string[]) => {
      const { exitCode, text } = await command('repair', INDEX, ...args)
      expect(exitCode).toBe(2)
      return text
    }
    await migrate(db.url, workspace, { up: { to: '2' } })
    await forgetEnd()
    expect(await said('--mark-done')).toContain("required option '--reason <text>' not specified")
    expect(await said('--mark-done', '--reason', '  ')).toContain(
      '--reason got "  "; it takes a sentence that says why.',
    )
    expect(await said('--reason', 'x', '--mark-done', '--forget')).toContain(
      '--forget and --mark-done cannot be used together',
    )
    expect(await said('--reason', 'x')).toMatchInlineSnapshot(`
      "error  repair does one thing at a time; say which:
               --accept-checksum  a migration was edited after it was applied, and what is here is right
               --forget           the history has a migration that this checkout does not know, and it will not come back
               --mark-done        a migration was begun, its end is not recorded, and what it does is done
               --mark-undone      a migration was begun, its end is not recorded, and nothing of it is left
             What the database has, and what is wrong with it: npx nx run migrator:status
      "
    `)
    expect(await said('--reason', 'x', '--mark-done')).toMatchInlineSnapshot(`
      "error  A change of the history is asked about, and there is no terminal to ask on. Nothing was changed. To do it without being asked, add --yes.
      "
    `)
    expect((await command('repair', '--mark-done', '--reason', 'x')).text).toContain("missing required argument 'id'")
    expect(await rowOf('002_index')).toMatchObject({ duration_ms: null })
  })

  test('where the table of the record is somebody else’s', async () => {
    await migrate(db.url, workspace, { up: { to: '2' } })
    await forgetEnd()
    await db.client.query('create table migration_repairs (id int)')
    const { exitCode, text } = await repaired(INDEX, 'mark-done')
    expect(exitCode).toBe(3)
    expect(text).toMatchInlineSnapshot(`
      "error  127.0.0.1:5432/veza has a table public.migration_repairs that this migrator did not make, so the repair could not be recorded. Nothing was changed.
             Rename that table, then run it again.
      "
    `)
    expect(await rowOf('002_index')).toMatchObject({ duration_ms: null })
  })
})

test('--dry-run shows what would be changed, and changes nothing', async () => {
  await migrate(db.url, workspace, { up: { to: '2' } })
  await forgetEnd()
  const args = ['repair', INDEX, '--mark-done', '--reason', 'x', '--dry-run', '--json']
  const { exitCode, stdout } = await callCommand([...args, '--database-url', db.url, '--workspace', workspace.root])
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ command: 'repair', dryRun: true, id: INDEX, state: 'begun', action: 'mark-done', reason: 'x' },
    before: { durationMs: null },
    after: { durationMs: 0 },
    found: [{ says: 'agrees', text: expect.stringContaining('users_name is there, is valid') }],
  })
  expect(await rowOf('002_index')).toMatchObject({ duration_ms: null })
  const { rows } = await db.client.query("select to_regclass('migration_repairs') as there")
  expect(rows).toEqual([{ there: null }])
})

describe('the lock of the run', () => {
  test('is held meanwhile: a repair gives up while a run holds it, and names the run', async () => {
    await migrate(db.url, workspace, { up: { to: '2' } })
    await forgetEnd()
    await db.client.query(`begin; select pg_advisory_xact_lock(${LOCK_KEY.join(', ')})`)
    const { exitCode, text } = await repaired(INDEX, 'mark-done', '--lock-wait', '0')
    expect(exitCode).toBe(4)
    expect(text).toMatch(/Another run holds the lock: pid 4711 "veza-tests"/)
    await db.client.query('rollback')
    expect(await rowOf('002_index')).toMatchObject({ duration_ms: null })
    expect((await repaired(INDEX, 'mark-done')).exitCode).toBe(0)
  })

  test('is waited for, and taken through a pooler too', async () => {
    await migrate(db.url, workspace, { up: { to: '2' } })
    await forgetEnd()
    await using pooler = await tcpProxy(db.url, { inventPid: true })
    await using held = await proposed(pooler.url)
    await db.client.query(`begin; select pg_advisory_xact_lock(${LOCK_KEY.join(', ')})`)
    const waiting = Promise.withResolvers<void>()
    const made = held.repair(() => waiting.resolve())
    await waiting.promise
    await db.client.query('rollback')
    await made
    expect(await rowOf('002_index')).toMatchObject({ duration_ms: 0 })
  })
})

test('what was shown is what is changed: a row that moved meanwhile is left alone', async () => {
  await migrate(db.url, workspace, { up: { to: '2' } })
  await forgetEnd()
  await using held = await proposed(db.url)
  await db.client.query("update migration_history set run_id = gen_random_uuid() where name = '002_index'")
  const error = await failureOf(held.repair(() => {}))
  expect(alike(error.message)).toMatchInlineSnapshot(`
    "What the history of 127.0.0.1:5432/veza says of core/002_index is no longer what was shown. Nothing was changed.
    Look again and decide: npx nx run migrator:status"
  `)
  expect(await rowOf('002_index')).toMatchObject({ duration_ms: null })
})

test('an index on a table that the role may not look at is neither taken for the migration’s nor for another one', async () => {
  await migrate(db.url, workspace, { up: { to: '2' } })
  await forgetEnd()
  const role = `stranger_${process.pid}`
  await db.client.query(
    `create role ${role} login password 'x'; grant select, update, delete on migration_history to ${role}`,
  )
  try {
    const url = Object.assign(new URL(db.url), { username: role, password: 'x' }).href
    const place = ['--reason', 'x', '--dry-run', '--database-url', url, '--workspace', workspace.root]
    const done = await callCommand(['repair', INDEX, '--mark-done', ...place])
    expect(done.exitCode).toBe(3)
    expect(alike(done.stderr)).toMatchInlineSnapshot(`
      "error  127.0.0.1:5432/veza contradicts --mark-done for core/002_index:
               - users_name is there, and whether it is the index that the migration builds could not be found out: not known (permission denied for table users)
             Nothing was changed.
             Run this again as a role that owns public.users and may make temporary tables.
      "
    `)
    const undone = await callCommand(['repair', INDEX, '--mark-undone', ...place])
    expect(undone).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('could not be found out') })
  } finally {
    await db.client.query(`drop owned by ${role} cascade; drop role ${role}`)
  }
})

test('a database that takes no change is told before anything is looked up, also by --dry-run', async () => {
  await migrate(db.url, workspace, { up: { to: '2' } })
  await forgetEnd()
  await db.client.query(`alter database ${db.name} set default_transaction_read_only = on`)
  const place = ['--reason', 'x', '--dry-run', '--database-url', db.url, '--workspace', workspace.root]
  const { exitCode, stderr } = await callCommand(['repair', INDEX, '--mark-done', ...place])
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('read-only by default') })
})

test('a change of which a trigger makes something else is taken back, and not told as made', async () => {
  await migrate(db.url, workspace, { up: { to: '2' } })
  await forgetEnd()
  await db.client.query(`create function keep() returns trigger language plpgsql as $$ begin new.duration_ms := null; return new; end $$;
    create trigger keeps before update on migration_history for each row execute function keep()`)
  const { exitCode, text } = await repaired(INDEX, 'mark-done')
  expect(exitCode).toBe(3)
  expect(text.replace(/^.*?error/s, 'error')).toMatchInlineSnapshot(`
    "error  In 127.0.0.1:5432/veza the change of the row of core/002_index had another result than was shown. Something acts on public.migration_history when it is written, a trigger perhaps. Nothing was changed.
           Look for it (\\d public.migration_history in psql), take it away, then run this again.
    "
  `)
  expect(await rowOf('002_index')).toMatchObject({ duration_ms: null })
  expect((await db.client.query("select to_regclass('migration_repairs') as there")).rows).toEqual([{ there: null }])
})

test('an interrupt before the end changes nothing', async () => {
  await migrate(db.url, workspace, { up: { to: '2' } })
  await forgetEnd()
  const stop = new AbortController()
  await using held = await proposed(db.url, stop.signal)
  stop.abort()
  expect((await failureOf(held.repair(() => {}))).name).toBe('RunInterruptedError')
  expect(await rowOf('002_index')).toMatchObject({ duration_ms: null })
})

/** A mark-done that has been shown and not made yet. */
async function proposed(url: string, signal = new AbortController().signal) {
  const { order } = await openWorkspace(workspace.root)
  const client = await connect(url, 'repair')
  const wish = { order, id: INDEX, action: 'mark-done', reason: 'x' } as const
  const shown = await examine(client, wish, { limits: LIMITS })
  return {
    repair: (onWaiting: () => void) =>
      repair(client, wish, shown, { limits: LIMITS, lockWaitMs: 20_000, signal, onWaiting }),
    [Symbol.asyncDispose]: () => client.end(),
  }
}
