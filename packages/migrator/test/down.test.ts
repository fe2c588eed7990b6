/** The verb `down`: what it shows before it reverts, and which domain's migrations it reverts. */
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callCommand } from './command.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'
import { history, migrate, tableNames } from './runs.ts'
import { alike } from './told.ts'

const table = (name: string, columns = 'id int') => ({
  about: `the table ${name}`,
  up: [`create table ${name} (${columns})`],
  down: [`drop table ${name}`],
})

let workspace: FixtureWorkspace
beforeAll(async () => {
  workspace = await fixtureWorkspace({
    core: {
      migrations: {
        '001_users': table('users', 'id int primary key'),
        '002_mood': { up: ['alter table users add mood text'], down: ['alter table users drop mood'] },
      },
    },
    auth: { dependencies: ['core'], migrations: { '001_sessions': table('sessions', 'user_id int references users') } },
    chat: { migrations: { '001_rooms': table('rooms'), '002_topics': table('topics') } },
  })
})
afterAll(() => workspace[Symbol.dispose]())

async function down(url: string, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await callCommand([
    'down',
    ...args,
    ...['--database-url', url, '--workspace', workspace.root],
  ])
  const even = (text: string) =>
    alike(text)
      .replaceAll(/PostgreSQL \d+\.\d+/g, 'PostgreSQL 18.4')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '2026-01-02 03:04')
  return { exitCode, stdout: even(stdout), stderr: even(stderr) }
}

test('--to shows every column and table with what it holds, whose it is and who applied it, also with --yes', async () => {
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  await db.client.query("insert into users select n, 'fine' from generate_series(1, 25001) n")
  await db.client.query('insert into sessions select n from generate_series(1, 3) n')
  const { exitCode, stdout } = await down(db.url, '--to', 'core/001', '--yes')
  expect(exitCode).toBe(0)
  expect(stdout.replace(/ +\d+ ms/g, '').replace(/in .* s?:/, 'in 1 ms:')).toMatchInlineSnapshot(`
    "PostgreSQL 18.4 at 127.0.0.1:5432/veza, user postgres
      5  auth/001_sessions  the table sessions
           of auth, applied 2026-01-02 03:04 UTC by test@machine
           drops table sessions (3 rows) with 1 constraint
      4  core/002_mood      mood
           of core, applied 2026-01-02 03:04 UTC by test@machine
           drops column users.mood (25,001 values)
    Destroys in all: 3 rows and 25,001 values.
      5  auth/001_sessions  the table sessions
      4  core/002_mood      mood
    Reverted 2 migrations in: 3 of 5 migrations applied, 3 tables.
    "
  `)
  expect(await tableNames(db.client)).toEqual(['migration_history', 'rooms', 'topics', 'users'])
})

test('--dry-run shows it and reverts nothing, and the document has the same', async () => {
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  await db.client.query("insert into users values (1, 'fine'), (2, null)")
  const before = await history(db.client)
  expect((await down(db.url, '--all', '--dry-run')).stdout).toContain(
    '5 migrations would be reverted. Nothing was run.',
  )
  const { exitCode, stdout, stderr } = await down(db.url, '--all', '--dry-run', '--json')
  expect(exitCode).toBe(0)
  expect(stderr).toContain('drops column users.mood (1 value)')
  expect(JSON.parse(stdout)).toMatchObject({
    command: 'down',
    dryRun: true,
    reverts: [{ id: 'auth/001_sessions', domain: 'auth', appliedBy: 'test@machine' }, {}, {}, {}, {}],
    destroys: expect.arrayContaining([
      expect.objectContaining({
        ...{ migration: 'core/002_mood', what: 'drops column users.mood', state: 'there' },
        values: { kind: 'exact', count: 1 },
      }),
      expect.objectContaining({
        ...{ migration: 'core/001_users', what: 'drops table users', rows: { kind: 'exact', count: 2 } },
      }),
    ]),
  })
  expect(await history(db.client)).toEqual(before)
})

test('the document of a run that reverts has it too', async () => {
  await using db = await testDatabase()
  await migrate(db.url, workspace)
  const { stdout } = await down(db.url, '--domain', 'auth', '--yes', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    reverted: [{ id: 'auth/001_sessions' }],
    destroys: [{ migration: 'auth/001_sessions', what: 'drops table sessions', rows: { count: 0 } }],
  })
})

describe('--domain', () => {
  test('counts and reverts the migrations of that domain only', async () => {
    await using db = await testDatabase()
    await migrate(db.url, workspace)
    await down(db.url, '--domain', 'chat', '--yes')
    expect(await history(db.client)).not.toContain('chat/002_topics')
    await down(db.url, '--domain', 'chat', '--all', '--yes')
    expect((await history(db.client)).filter((id) => id.startsWith('chat'))).toEqual([])
    expect((await history(db.client)).length).toBe(3)
    expect(await migrate(db.url, workspace)).toMatchObject({ applied: 5 })
  })

  test('refuses what a domain that is applied builds on, and names it', async () => {
    await using db = await testDatabase()
    await migrate(db.url, workspace)
    const { exitCode, stderr } = await down(db.url, '--domain', 'core', '--all', '--yes')
    expect(exitCode).toBe(3)
    expect(stderr).toMatchInlineSnapshot(`
      "error  Migrations of other domains that are applied to 127.0.0.1:5432/veza build on core and come after core/001_users, which would be reverted:
               - auth/001_sessions
             Nothing was reverted.
             To revert these as well: npx nx run migrator:down --to chat/002_topics
      "
    `)
    await down(db.url, '--domain', 'auth', '--yes')
    expect((await down(db.url, '--domain', 'core', '--all', '--yes')).exitCode).toBe(0)
    expect(await history(db.client)).toEqual(['chat/001_rooms', 'chat/002_topics'])
  })

  test('that is none is named', async () => {
    await using db = await testDatabase()
    expect(await down(db.url, '--domain', 'shop', '--yes')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('shop'),
    })
  })
})

test('of V1 it refuses nothing and hides nothing', async () => {
  using v1 = v1Workspace()
  await using db = await testDatabase({ migrated: 'v1' })
  const args = ['down', '--all', '--dry-run', '--database-url', db.url, '--workspace', v1.root]
  const { exitCode, stdout, stderr } = await callCommand(args)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).not.toMatch(/will refuse|cannot be listed|is not there|not counted/)
  const { rows } = await db.client.query(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> 'migration_history'",
  )
  const dropped = new Set([...stdout.matchAll(/drops table (\w+) \(/g)].map(([, name]) => name))
  expect(rows.map(({ name }) => name).filter((name) => !dropped.has(name))).toEqual([])
})
