/**
 * The packages as npm would publish them: built, packed, judged by publint and arethetypeswrong, and the domains' installed in a folder
 * that knows nothing of the workspace, where a small consumer is compiled and run. Nothing is downloaded: kysely and pg are links.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { TRACK_STATUS_VALUES } from '@veza/core-schema'
import { testDatabase } from '@veza/tools/test-database'
import { publint } from 'publint'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { discover } from '../../src/workspace/discover.ts'
import { REPOSITORY } from '../fixture-workspace.ts'
import { domainPaths, MODULES, npm, type Packed, packAll, packagePaths } from '../packed.ts'

const run = promisify(execFile)
const domains = discover(REPOSITORY)

let folder: string
let packed: ReadonlyMap<string, Packed>
const tarball = (path: string): Buffer => readFileSync(packed.get(path)!.tarball)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'veza-publish-'))
  packed = await packAll(folder)
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manifestOf = (path: string) => JSON.parse(readFileSync(join(REPOSITORY, path, 'package.json'), 'utf8'))

/** The package whose declarations are read for this one: `@types/pg` for `pg`, which has none. */
const typesOf = (name: string): string => (existsSync(join(MODULES, '@types', name)) ? `@types/${name}` : name)

/** The packages that these declarations name, also through the files that they import. */
function foreignImports(declarations: readonly string[]): ReadonlySet<string> {
  const seen = new Set(declarations)
  const foreign = new Set<string>()
  for (const file of seen) {
    for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles) {
      if (fileName.startsWith('.')) seen.add(join(dirname(file), fileName.replace(/\.[jt]s$/, '.d.ts')))
      else foreign.add(typesOf(/^(?:@[^/]+\/)?[^/]+/.exec(fileName)![0]))
    }
  }
  return foreign
}

describe.each(packagePaths)('%s', (path) => {
  test('holds ESM with declarations, and neither tests nor migrations nor anything hidden', () => {
    const { files } = packed.get(path)!
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

  test('declares its types with what is installed with it, and nothing else', () => {
    const { built } = packed.get(path)!
    const { exports, dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifestOf(path)
    const entries = Object.values<{ types: string }>(exports).map(({ types }) => join(built, types))
    const required = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional)
    expect([...foreignImports(entries)].filter((name) => !(name in dependencies) && !required.includes(name))).toEqual(
      [],
    )
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
    const manifest = manifestOf(path)
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
  const tarballs = domainPaths.map((path) => [packed.get(path)!.name, `file:${packed.get(path)!.tarball}`])
  const dependencies = Object.fromEntries([...tarballs, link('kysely'), link('pg'), link('@types/pg')])
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module', dependencies }))
  const compilerOptions = { target: 'es2024', module: 'nodenext', strict: true, types: [], skipLibCheck: false }
  write('tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, typeRoots: [] }, files: ['main.ts'] }))
  write('main.ts', CONSUMER)
  await npm({ cwd: consumer, env: { npm_config_cache: join(folder, '.npm') } }, 'install', '--offline')
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
