/**
 * The packages as npm would publish them: built, packed, judged by publint and arethetypeswrong, and the domains' installed in a folder
 * that knows nothing of the workspace, where a small consumer is compiled and run. Nothing is downloaded: kysely and pg are links.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { TRACK_STATUS_VALUES } from '@veza/core-schema'
import { testDatabase } from '@veza/tools/test-database'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { discover } from '../../src/workspace/discover.ts'
import { buildGraph } from '../../src/workspace/graph.ts'
import { REPOSITORY } from '../fixture-workspace.ts'

const run = promisify(execFile)
const MODULES = join(REPOSITORY, 'node_modules')
const domains = discover(REPOSITORY)
const domainPaths = buildGraph(domains).order.map((name) => domains.find((domain) => domain.name === name)!.path)
const paths = [...domainPaths, 'packages/migrator']

interface Packed {
  readonly name: string
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

let folder: string
const packed = new Map<string, Packed>()
const tarball = (path: string): Buffer => readFileSync(join(folder, packed.get(path)!.filename))

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'veza-publish-'))
  for (const path of paths) {
    // What an earlier build left would be packed too.
    rmSync(join(REPOSITORY, path, 'dist'), { recursive: true, force: true })
    await run(process.execPath, [join(MODULES, 'typescript/bin/tsc'), '-p', path, '--customConditions', 'null'], {
      cwd: REPOSITORY,
    })
    const { stdout } = await npm(REPOSITORY, 'pack', `./${path}`, '--pack-destination', folder, '--json')
    packed.set(path, JSON.parse(stdout)[0])
  }
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** npm is a script of the machine's own; what it inherits of this run's settings would change what it does. */
function npm(cwd: string, ...args: string[]): Promise<{ stdout: string }> {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS|NX_)/i.test(name))
  return run('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd,
    env: { ...Object.fromEntries(own), npm_config_cache: join(folder, '.npm'), npm_config_offline: 'true' },
    shell: process.platform === 'win32',
  })
}

describe.each(paths)('%s', (path) => {
  test('holds ESM with declarations, and neither tests nor migrations nor anything hidden', () => {
    const files = packed.get(path)!.files.map((file) => file.path)
    expect(files).toContain('dist/index.js')
    expect(files).toContain('dist/index.d.ts')
    const allowed =
      /^(bin|dist|src|schemas)\/(?!migrations\/)[\w./-]+$|^(package\.json|README\.md|LICENSE|schema\.sql)$/
    expect(files.filter((file) => !allowed.test(file) || /\.test\.|\/\.|\.env|\.pem|\.key/.test(file))).toEqual([])
  })

  test('has nothing that publint would change', async () => {
    const data = Uint8Array.from(tarball(path)).buffer
    const { messages } = await publint({ pack: { tarball: data }, level: 'suggestion', strict: true })
    expect(messages).toEqual([])
  })

  test('has types that resolve where ES modules do', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball(path))))
    // ESM only, as the package says: the two resolutions that know no ES modules are not for it.
    const problems = 'problems' in analysis ? analysis.problems : ['no types']
    const ours = problems.filter(
      (problem) =>
        typeof problem === 'string' ||
        !('resolutionKind' in problem) ||
        !['node10', 'node16-cjs'].includes(problem.resolutionKind),
    )
    expect(ours).toEqual([])
  })
})

describe.each(domainPaths)('%s', (path) => {
  test('depends at run time on domains and kysely alone, which its user brings', () => {
    const manifest = JSON.parse(readFileSync(join(REPOSITORY, path, 'package.json'), 'utf8'))
    const domainPackages = domains.map(({ packageName }) => packageName)
    expect(Object.keys(manifest.dependencies ?? {}).filter((name) => !domainPackages.includes(name))).toEqual([])
    expect(Object.keys(manifest.peerDependencies)).toEqual(['kysely'])
  })
})

const CONSUMER = `import type { AuthDatabase, NewUserSession } from '@veza/auth-schema'
import { TRACK_STATUS_VALUES, type TrackStatus } from '@veza/core-schema'
import type { StreamingDatabase } from '@veza/streaming-schema'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const db = new Kysely<AuthDatabase & StreamingDatabase>({ dialect: new PostgresDialect({ pool }) })
const user = await db.insertInto('users').values({ username: 'ada', email: 'ada@example.org' }).returning('id').executeTakeFirstOrThrow()
const session: NewUserSession = { user_id: user.id, token_hash: 'a'.repeat(64), expires_at: new Date('2999-01-01') }
await db.insertInto('user_sessions').values(session).execute()
const rows: { username: string; expires_at: Date }[] = await db
  .selectFrom('user_sessions')
  .innerJoin('users', 'users.id', 'user_sessions.user_id')
  .select(['username', 'expires_at'])
  .execute()
const likes: { count: string }[] = await db.selectFrom('track_likes').select((eb) => eb.fn.countAll<string>().as('count')).execute()
const statuses: readonly TrackStatus[] = TRACK_STATUS_VALUES
console.log(JSON.stringify({ rows, likes, statuses }))
await db.destroy()
`

test('a consumer outside of the workspace installs the packages, compiles and runs', async () => {
  const consumer = join(folder, 'consumer')
  const link = (name: string) => [name, `file:${join(MODULES, name)}`]
  const write = (name: string, text: string) => writeFileSync(join(consumer, name), text)
  mkdirSync(consumer)
  const tarballs = domainPaths.map((path) => [packed.get(path)!.name, `file:../${packed.get(path)!.filename}`])
  const dependencies = Object.fromEntries([...tarballs, link('kysely'), link('pg'), link('@types/pg')])
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module', dependencies }))
  const compilerOptions = { target: 'es2024', module: 'nodenext', strict: true, types: [], skipLibCheck: false }
  write('tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, typeRoots: [] }, files: ['main.ts'] }))
  write('main.ts', CONSUMER)
  await npm(consumer, 'install')
  await run(process.execPath, [join(MODULES, 'typescript/bin/tsc'), '-p', '.'], { cwd: consumer }).catch((error) => {
    throw new Error(`the consumer does not compile:\n${error.stdout}`)
  })

  await using database = await testDatabase({ migrated: true })
  const { stdout } = await run(process.execPath, ['main.js'], {
    cwd: consumer,
    env: { PATH: process.env.PATH, DATABASE_URL: database.url },
  })
  expect(JSON.parse(stdout)).toEqual({
    rows: [{ username: 'ada', expires_at: '2999-01-01T00:00:00.000Z' }],
    likes: [{ count: '0' }],
    statuses: TRACK_STATUS_VALUES,
  })
}, 120_000)
