/**
 * The cache is only ever seen by what does not happen: a migration that is not imported. So these migrations say it when they are, and
 * every command is a process of its own, since a module stays in the process that imported it.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the modules of the migrations are text here
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { renderCacheFiles } from '../src/workspace/render-cache.ts'
import { RENDERING_MODULES } from '../src/workspace/render-key.ts'
import { runCommand } from './command.ts'
import { type FixtureWorkspace, fileOf, fixtureWorkspace, REPOSITORY } from './fixture-workspace.ts'

/** A module whose import can be seen on standard error. */
const migration = (name: string, body: string, imports = ''): string => `${imports}
import { type Kysely, sql } from 'kysely'
console.error('imported ${name}')
export const about = 'a migration that says when it is imported'
export async function up(db: Kysely<any>): Promise<void> {
  ${body}
}
export async function down(): Promise<void> {}
`

const ONE = fileOf('core', '001_one')
const HELPER = 'packages/core-schema/src/columns.ts'
const one = migration(
  'one',
  'await sql.raw(`create table one (${columns})`).execute(db)',
  "import { columns } from '../columns.ts'",
)
const two = migration('two', 'await sql`create table two ()`.execute(db)')
const SAME_TEXT = "export const columns = 'id int'\n"
const OTHER_TEXT = "export const columns = 'id bigint'\n"

interface Answer {
  readonly exitCode: number | null
  /** What was imported, sorted. */
  readonly imported: readonly string[]
  readonly document: any
}

async function command(root: string, ...args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await runCommand([...args, '--json', '--workspace', root])
  const imported = [...stderr.matchAll(/^imported (\w+)$/gm)].map(([, name]) => name as string).sort()
  return { exitCode, imported, document: stdout === '' ? undefined : JSON.parse(stdout) }
}

const plan = (root: string): Promise<Answer> => command(root, 'plan')

/** With a migrations.lock, and a package-lock.json, without which nothing says what is installed. */
async function workspaceOf(migrations: Readonly<Record<string, string>>): Promise<FixtureWorkspace> {
  const workspace = await fixtureWorkspace({ core: { migrations } }, { lock: false })
  workspace.write(HELPER, SAME_TEXT)
  workspace.write('package-lock.json', '{}')
  expect(await command(workspace.root, 'lock')).toMatchObject({ exitCode: 0 })
  return workspace
}

const onePlusTwo = () => workspaceOf({ '001_one': one, '002_two': two })

test('the second run imports nothing and plans the same', async () => {
  using workspace = await onePlusTwo()
  const first = await plan(workspace.root)
  expect(first).toMatchObject({ exitCode: 0, imported: ['one', 'two'] })
  expect(await plan(workspace.root)).toEqual({ ...first, imported: [] })
})

test('an edited migration is refused, and accepted again when the edit is taken back', async () => {
  using workspace = await onePlusTwo()
  await plan(workspace.root)
  workspace.write(ONE, one.replace('create table one', 'create table uno'))
  const edited = await plan(workspace.root)
  expect(edited).toMatchObject({
    exitCode: 2,
    imported: ['one', 'two'],
    document: { error: { code: 'EditedMigrationError' } },
  })
  workspace.write(ONE, one)
  expect(await plan(workspace.root)).toMatchObject({ exitCode: 0 })
})

test('an edited helper is noticed under every migration that it changes', async () => {
  using workspace = await onePlusTwo()
  await plan(workspace.root)
  workspace.write(HELPER, OTHER_TEXT)
  const edited = await plan(workspace.root)
  expect(edited).toMatchObject({ exitCode: 2, document: { error: { code: 'EditedMigrationError' } } })
  workspace.write(HELPER, `// Another text, the same SQL.\n${SAME_TEXT}`)
  expect(await plan(workspace.root)).toMatchObject({ exitCode: 0, imported: ['one', 'two'] })
})

test('after lock --update the new text is planned, and kept', async () => {
  using workspace = await onePlusTwo()
  const before = await plan(workspace.root)
  workspace.write(HELPER, OTHER_TEXT)
  expect(await command(workspace.root, 'lock', '--update')).toMatchObject({
    exitCode: 0,
    document: { updated: ['core/001_one'] },
  })
  const after = await plan(workspace.root)
  expect(after.document.migrations[0].checksum).not.toBe(before.document.migrations[0].checksum)
  expect(await plan(workspace.root)).toEqual({ ...after, imported: [] })
})

test('an added file, a removed one and another package-lock.json each make it render again', async () => {
  using workspace = await onePlusTwo()
  await plan(workspace.root)
  const changes = [
    () => workspace.write('packages/core-schema/src/added.ts', 'export {}\n'),
    () => workspace.remove('packages/core-schema/src/added.ts'),
    () => workspace.write('package-lock.json', '{ "lockfileVersion": 3 }'),
  ]
  for (const change of changes) {
    change()
    expect(await plan(workspace.root)).toMatchObject({ exitCode: 0, imported: ['one', 'two'] })
    expect(await plan(workspace.root)).toMatchObject({ exitCode: 0, imported: [] })
  }
})

test('a migration that is not locked is refused whatever is kept', async () => {
  using workspace = await onePlusTwo()
  await plan(workspace.root)
  workspace.write(fileOf('core', '003_three'), two)
  expect(await plan(workspace.root)).toMatchObject({
    exitCode: 2,
    document: { error: { code: 'UnlockedMigrationError' } },
  })
})

test.each([
  ['cut short', (content: Buffer) => content.subarray(0, content.length / 2)],
  ['empty', () => Buffer.alloc(0)],
  ['changed in one place', (content: Buffer) => content.fill(0, content.length - 20, content.length - 19)],
])('a cache file that is %s is written anew', async (_how, damage) => {
  using workspace = await onePlusTwo()
  const first = await plan(workspace.root)
  const [file] = renderCacheFiles(workspace.root)
  const whole = readFileSync(file)
  writeFileSync(file, damage(Buffer.from(whole)))
  expect(await plan(workspace.root)).toEqual(first)
  expect(readFileSync(file)).toEqual(whole)
})

test('where .veza cannot be written it is kept below node_modules, and where nothing can, nowhere', async () => {
  using workspace = await onePlusTwo()
  const { root } = workspace
  workspace.remove('node_modules')
  mkdirSync(join(root, 'node_modules'))
  symlinkSync(join(REPOSITORY, 'node_modules/kysely'), join(root, 'node_modules/kysely'), 'junction')
  workspace.write('.veza', 'a file in the way')
  expect(await plan(root)).toMatchObject({ exitCode: 0, imported: ['one', 'two'] })
  expect(await plan(root)).toMatchObject({ exitCode: 0, imported: [] })
  rmSync(join(root, 'node_modules/.cache'), { recursive: true })
  workspace.write('node_modules/.cache', 'another')
  expect(await plan(root)).toMatchObject({ exitCode: 0, imported: ['one', 'two'] })
  expect(await plan(root)).toMatchObject({ exitCode: 0, imported: ['one', 'two'] })
})

test('without package-lock.json nothing is kept', async () => {
  using workspace = await onePlusTwo()
  workspace.remove('package-lock.json')
  expect(await plan(workspace.root)).toMatchObject({ exitCode: 0, imported: ['one', 'two'] })
  expect(renderCacheFiles(workspace.root).filter((file) => existsSync(file))).toEqual([])
})

test('a migration that asks Node for something is imported each time, the others are not', async () => {
  const reading = migration(
    'two',
    "await sql.raw(`comment on schema public is '${sep}'`).execute(db)",
    "import { sep } from 'node:path'",
  )
  const asking = migration('three', 'if (process.env.THREE) await sql`create table three ()`.execute(db)')
  using workspace = await workspaceOf({ '001_one': one, '002_two': reading, '003_three': asking })
  expect(await plan(workspace.root)).toMatchObject({ exitCode: 0, imported: ['one', 'three', 'two'] })
  expect(await plan(workspace.root)).toMatchObject({ exitCode: 0, imported: ['three', 'two'] })
})

test('so is one that imports a file from outside the domains', async () => {
  const outside = migration(
    'two',
    'await sql.raw(`create table two (${columns})`).execute(db)',
    "import { columns } from '../../../elsewhere.ts'",
  )
  using workspace = await fixtureWorkspace(
    { core: { migrations: { '001_one': one, '002_two': outside } } },
    { lock: false },
  )
  workspace.write(HELPER, SAME_TEXT)
  workspace.write('packages/elsewhere.ts', SAME_TEXT)
  workspace.write('package-lock.json', '{}')
  await command(workspace.root, 'lock')
  await plan(workspace.root)
  expect(await plan(workspace.root)).toMatchObject({ exitCode: 0, imported: ['two'] })
  workspace.write('packages/elsewhere.ts', OTHER_TEXT)
  expect(await plan(workspace.root)).toMatchObject({
    exitCode: 2,
    document: { error: { code: 'EditedMigrationError' } },
  })
})

test('a process that imported a migration before it was edited keeps nothing of it', async () => {
  using workspace = await onePlusTwo()
  const { root } = workspace
  const file = join(root, ONE)
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs'
    import { openWorkspace } from ${JSON.stringify(new URL('../src/workspace/workspace.ts', import.meta.url).href)}
    await import(${JSON.stringify(file)})
    writeFileSync(${JSON.stringify(file)}, readFileSync(${JSON.stringify(file)}, 'utf8').replace('create table one', 'create table uno'))
    const { order } = await openWorkspace(${JSON.stringify(root)})
    console.log(order.length)`
  const done = spawnSync(process.execPath, ['-C', '@veza/source', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  expect(done).toMatchObject({ status: 0, stdout: '2\n' })
  expect(await plan(root)).toMatchObject({ exitCode: 2, document: { error: { code: 'EditedMigrationError' } } })
})

test('a migration that reads data is imported when it has to run, and only then', async () => {
  const reading = migration(
    'two',
    "for (const { id } of await db.selectFrom('one').select('id').execute()) await sql.raw(`create table two_${id} ()`).execute(db)",
  )
  const filled = migration(
    'one',
    'await sql`create table one (id int)`.execute(db); await sql`insert into one values (7)`.execute(db)',
  )
  using workspace = await workspaceOf({ '001_one': filled, '002_two': reading })
  await plan(workspace.root)
  await using db = await testDatabase()
  const up = () => command(workspace.root, 'up', '--database-url', db.url)
  expect(await up()).toMatchObject({ exitCode: 0, imported: ['two'], document: { tables: 2 } })
  expect((await db.client.query("select to_regclass('two_7') is not null as there")).rows).toEqual([{ there: true }])
  expect(await up()).toMatchObject({ exitCode: 0, imported: [], document: { applied: [] } })
})

test('an edited migration that reads data is refused', async () => {
  const reading = migration(
    'two',
    "if ((await db.selectFrom('one').select('id').execute()).length > 0) await sql`select 1`.execute(db)",
  )
  using workspace = await workspaceOf({ '001_one': one, '002_two': reading })
  await plan(workspace.root)
  workspace.write(fileOf('core', '002_two'), reading.replace('> 0', '> 1'))
  expect(await plan(workspace.root)).toMatchObject({
    exitCode: 2,
    document: { error: { code: 'EditedMigrationError' } },
  })
})

test('parameters are kept with their types, and a migration whose parameters are of a class of its own is not kept', async () => {
  const values = migration(
    'one',
    `await sql\`create table one (n bigint, t timestamptz, b bytea, x text)\`.execute(db)
  await sql\`insert into one values (\${9007199254740993n}, \${new Date(1e12)}, \${Buffer.from('00ff', 'hex')}, \${null})\`.execute(db)`,
  )
  const own = migration(
    'two',
    'await sql`create table two (x text)`.execute(db); await sql`insert into two values (${new (class { toPostgres() { return "own" } })()})`.execute(db)',
  )
  using workspace = await workspaceOf({ '001_one': values, '002_two': own })
  await plan(workspace.root)
  await using db = await testDatabase()
  const up = await command(workspace.root, 'up', '--database-url', db.url)
  expect(up).toMatchObject({ exitCode: 0, imported: ['two'] })
  const { rows } = await db.client.query('select n, t, b, one.x, two.x as own from one, two')
  expect(rows).toEqual([
    { n: '9007199254740993', t: new Date(1e12), b: Buffer.from('00ff', 'hex'), x: null, own: 'own' },
  ])
})

test('the key holds every module of the migrator that takes part in rendering', () => {
  const reached = new Set<string>(['workspace/workspace'])
  // These decide which migrations there are and in which order, or say who edited one: not how one is rendered.
  const aside = new Set([
    'workspace/workspace',
    'workspace/discover',
    'workspace/graph',
    'workspace/lockfile',
    'workspace/edit',
    'workspace/git',
  ])
  for (const name of reached) {
    if (aside.has(name) && name !== 'workspace/workspace') continue
    const source = readFileSync(fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url)), 'utf8')
    for (const [, imported] of source.matchAll(/^(?:import|export) (?!type )[^'"]*from '(\.[\w./-]+)\.ts'/gm))
      reached.add(join(dirname(name), imported as string))
    for (const [, imported] of source.matchAll(/\bimport\('(\.[\w./-]+)\.ts'\)/g))
      reached.add(join(dirname(name), imported as string))
  }
  expect([...reached].filter((name) => !aside.has(name)).sort()).toEqual([...RENDERING_MODULES])
})
