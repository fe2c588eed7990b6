/** Every refusal of a workspace, provoked by files, as the user reads it. All of them exit with 2, before any database is asked. */
import { symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as errors from '../src/index.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { type DomainsData, fileOf, fixtureWorkspace, type MigrationData } from './fixture-workspace.ts'
import { failureOf } from './runs.ts'
import { told } from './told.ts'

const users: MigrationData = { about: 'who there is', up: ['create table users ()'], down: ['drop table users'] }
const CORE: DomainsData = { core: { migrations: { '001_users': users } } }
const module = (...lines: readonly string[]) => lines.join('\n')
const ABOUT = "export const about = 'a sentence'"
const UP = 'export async function up() {}'
const DOWN = 'export async function down() {}'

interface Case {
  readonly domains?: DomainsData
  readonly lock?: boolean
  /** What is wrong is written over the domains. */
  readonly spoil?: (workspace: Awaited<ReturnType<typeof fixtureWorkspace>>) => unknown
}

/** The message of the refusal, which must be of this class and exit with 2. */
async function refusal(
  expected: new (...args: never[]) => Error,
  { domains = CORE, lock = true, spoil }: Case,
): Promise<string> {
  using workspace = await fixtureWorkspace(domains, { lock })
  // What is wrong with a module shows only where the lock file has nothing to say.
  if (!lock) workspace.write('migrations.lock', lockLines(domains))
  await spoil?.(workspace)
  const error = await failureOf(openWorkspace(workspace.root))
  expect(error).toBeInstanceOf(expected)
  expect(error.exitCode).toBe(2)
  return told(error)
}

const ZEROS = '0'.repeat(64)
const lockLines = (domains: DomainsData): string =>
  Object.entries(domains)
    .flatMap(([domain, { migrations }]) => Object.keys(migrations).map((name) => `${domain}/${name} ${ZEROS}\n`))
    .join('')

/** A domain core whose first migration is this source text. */
const source = (...lines: readonly string[]): Case => ({
  domains: { core: { migrations: { '001_users': module(...lines) } } },
  lock: false,
})
const files = (...names: readonly string[]): Case => ({
  domains: { core: { migrations: Object.fromEntries(names.map((name) => [name, users])) } },
  lock: false,
})

describe('packages', () => {
  test('no workspace', async () => {
    const error = await failureOf(openWorkspace(tmpdir()))
    expect(error).toBeInstanceOf(errors.WorkspaceNotFoundError)
    expect((await told(error)).replaceAll(tmpdir(), '/tmp')).toMatchInlineSnapshot(`
      "There is no npm workspace in /tmp or in a folder above it: no package.json there has "workspaces".
      Run this inside the repository, or name the repository with --workspace DIR."
    `)
  })

  test('no domain', async () => {
    expect(await refusal(errors.NoDomainsError, { domains: {}, lock: false })).toMatchInlineSnapshot(`
      "There is no domain in /repository: no package of the workspace has the Nx tag "kind:domain".
      Add "nx": { "tags": ["kind:domain"] } to the package.json of each package that owns tables."
    `)
  })

  test('a package.json that is no JSON', async () => {
    const spoil: Case['spoil'] = ({ write }) => write('packages/auth-schema/package.json', '{ "name": }')
    expect(await refusal(errors.UnreadablePackageError, { spoil })).toMatchInlineSnapshot(
      `"/repository/packages/auth-schema/package.json cannot be read as JSON: Unexpected token '}', "{ "name": }" is not valid JSON"`,
    )
  })

  test('a folder whose name is no domain', async () => {
    const tagged = JSON.stringify({ name: '@fixture/Chat', nx: { tags: ['kind:domain'] } })
    const spoil: Case['spoil'] = ({ write }) => write('packages/Chat/package.json', tagged)
    expect(await refusal(errors.DomainNameError, { spoil })).toMatchInlineSnapshot(
      `"The domain folder packages/Chat has no valid name: it must be <name>-schema, where <name> is lower-case letters and digits and begins with a letter (packages/chat2-schema is the domain chat2)."`,
    )
  })

  test('two folders with one name', async () => {
    const spoil: Case['spoil'] = ({ write }) => {
      write('package.json', JSON.stringify({ workspaces: ['packages/*', 'legacy/*'] }))
      write('legacy/core-schema/package.json', JSON.stringify({ name: 'old-core', nx: { tags: ['kind:domain'] } }))
    }
    expect(await refusal(errors.DuplicateDomainError, { spoil })).toMatchInlineSnapshot(
      `"Two folders are the domain "core": legacy/core-schema and packages/core-schema. Rename one of them."`,
    )
  })

  test('a dependency on a package of the workspace that is no domain', async () => {
    const domains: DomainsData = { ...CORE, auth: { dependencies: ['helpers'], migrations: { '001_a': users } } }
    expect(await refusal(errors.DependencyNotDomainError, { domains, lock: false })).toMatchInlineSnapshot(`
      "The domain auth depends on @fixture/helpers-schema, which is a package of this workspace but not a domain.
      A domain may depend only on domains and on packages from outside the workspace. Remove it from "dependencies" in packages/auth-schema/package.json, or give that package the Nx tag "kind:domain"."
    `)
  })

  test('a cycle, with its path', async () => {
    const domains: DomainsData = {
      core: { dependencies: ['social'], migrations: { '001_a': users } },
      auth: { dependencies: ['core'], migrations: { '001_b': users } },
      social: { dependencies: ['auth'], migrations: { '001_c': users } },
    }
    expect(await refusal(errors.DomainCycleError, { domains, lock: false })).toMatchInlineSnapshot(`
      "The domains depend on each other in a circle: auth -> core -> social -> auth.
      No order can build them. Remove one of these dependencies from its package.json, and move what two domains need from each other into a domain that both depend on."
    `)
  })
})

describe('files', () => {
  test('no migrations folder', async () => {
    const spoil: Case['spoil'] = ({ remove }) => remove('packages/core-schema/src')
    expect(await refusal(errors.MigrationsFolderMissingError, { spoil })).toMatchInlineSnapshot(
      `"The domain core has no folder packages/core-schema/src/migrations. Create it with a first migration 001_<words>.ts."`,
    )
  })

  test.each(['1_users', '01_users', '001-users', '001_Users', '001_users_', '001', 'users'])(
    'a bad name: %s',
    async (name) => {
      expect(await refusal(errors.MigrationFileNameError, files(name))).toContain(
        `${name}.ts is not a valid name for a migration`,
      )
    },
  )

  test('a bad name, as it is told', async () => {
    expect(await refusal(errors.MigrationFileNameError, files('1_users'))).toMatchInlineSnapshot(
      `"packages/core-schema/src/migrations/1_users.ts is not a valid name for a migration: it must be <nnn>_<words>.ts, three digits, then lower-case words joined by _ (004_session_reasons.ts)."`,
    )
  })

  test.each(['readme.md', '001_users.sql', '001_users.js', '.DS_Store', 'helpers/index.ts'])(
    'an unexpected file: %s',
    async (name) => {
      const spoil: Case['spoil'] = ({ write }) => write(`packages/core-schema/src/migrations/${name}`, '')
      expect(await refusal(errors.UnexpectedFileError, { spoil })).toContain(name.split('/')[0])
    },
  )

  test('an unexpected file, as it is told', async () => {
    const spoil: Case['spoil'] = ({ root }) => {
      const folder = join(root, 'packages/core-schema/src/migrations')
      symlinkSync(join(folder, '001_users.ts'), join(folder, '002_link.ts'))
    }
    expect(await refusal(errors.UnexpectedFileError, { spoil })).toMatchInlineSnapshot(`
      "A migrations folder holds only migrations (<nnn>_<words>.ts), but there is packages/core-schema/src/migrations/002_link.ts.
      Move it: code that migrations share goes to src/, beside the folder."
    `)
  })

  test('two migrations with one number', async () => {
    expect(
      await refusal(errors.DuplicateNumberError, files('001_a', '002_b', '002_c', '003_d')),
    ).toMatchInlineSnapshot(`
      "The domain core has two migrations with the number 002: packages/core-schema/src/migrations/002_b.ts and packages/core-schema/src/migrations/002_c.ts.
      Rename the newer one to 004_... and record it with: npx nx run migrator:lock --renumber"
    `)
  })

  test('a gap', async () => {
    expect(await refusal(errors.NumberGapError, files('001_a', '003_c'))).toMatchInlineSnapshot(`
      "The domain core has no migration number 002, but packages/core-schema/src/migrations/003_c.ts comes after it.
      Numbers go up by one. Restore the missing file; if no database has the later ones, give them the free numbers with: npx nx run migrator:lock --renumber"
    `)
  })

  test('a first number that is not 1', async () => {
    expect(await refusal(errors.NumberGapError, files('002_b'))).toContain('no migration number 001')
  })
})

describe('exports', () => {
  test('a module that cannot be imported', async () => {
    const throwing = source("throw new Error('no such helper')")
    expect(await refusal(errors.MigrationImportError, throwing)).toMatchInlineSnapshot(
      `"packages/core-schema/src/migrations/001_users.ts cannot be imported: no such helper"`,
    )
    const missing = await refusal(errors.MigrationImportError, source("import './nothing.ts'"))
    expect(missing).toMatch(/^packages\/core-schema\/src\/migrations\/001_users\.ts cannot be imported: .*nothing\.ts/s)
  })

  test('no up', async () => {
    expect(await refusal(errors.MissingUpError, source(ABOUT, DOWN))).toMatchInlineSnapshot(
      `"packages/core-schema/src/migrations/001_users.ts exports no function "up": export async function up(db: Kysely<any>) { ... }"`,
    )
  })

  test('no about', async () => {
    expect(await refusal(errors.MissingAboutError, source(UP, DOWN))).toMatchInlineSnapshot(`
      "packages/core-schema/src/migrations/001_users.ts does not say what it is about. Add one sentence, which plan and status show:
        export const about = '...'"
    `)
  })

  test.each(["' '", '42'])('an about that says nothing: %s', async (about) => {
    await refusal(errors.MissingAboutError, source(`export const about = ${about}`, UP, DOWN))
  })

  test('neither down nor irreversible', async () => {
    expect(await refusal(errors.MissingDownError, source(ABOUT, UP))).toMatchInlineSnapshot(`
      "packages/core-schema/src/migrations/001_users.ts exports neither "down" nor "irreversible". Add one of them:
        export async function down(db: Kysely<any>) { ... }
        export const irreversible = 'the reason'"
    `)
  })

  test('both down and irreversible', async () => {
    const both = source(ABOUT, UP, DOWN, "export const irreversible = 'gone'")
    expect(await refusal(errors.DownAndIrreversibleError, both)).toMatchInlineSnapshot(
      `"packages/core-schema/src/migrations/001_users.ts exports both "down" and "irreversible". Only one of them can be true: remove the other."`,
    )
  })

  test.each([
    ["export const irreversible = ''", 'irreversible'],
    ['export const irreversible = true', 'irreversible'],
    ['export const down = null', 'down'],
  ])('a value that means nothing: %s', async (line, name) => {
    expect(await refusal(errors.InvalidExportError, source(ABOUT, UP, line))).toContain(`"${name}"`)
  })

  test('a value that means nothing, as it is told', async () => {
    const wrong = source(ABOUT, UP, DOWN, "export const transaction = 'no'")
    expect(await refusal(errors.InvalidExportError, wrong)).toMatchInlineSnapshot(
      `"packages/core-schema/src/migrations/001_users.ts exports "transaction" with a wrong value: it must be false, or left out."`,
    )
  })
})

describe('rendering', () => {
  test('a migration that throws before any database is asked', async () => {
    const throwing = source(ABOUT, "export async function up() { throw new Error('no such helper') }", DOWN)
    expect(await refusal(errors.RenderError, throwing)).toMatchInlineSnapshot(
      `"The up of core/001_users failed while it was rendered, before any database was asked: no such helper"`,
    )
  })

  test('transaction control in SQL', async () => {
    const domains: DomainsData = { core: { migrations: { '001_users': { up: ['create table a (); COMMIT'] } } } }
    expect(await refusal(errors.TransactionControlError, { domains, lock: false })).toContain('("COMMIT")')
  })

  test("transaction control by Kysely's own builder, as it is told", async () => {
    const own = source(ABOUT, 'export async function up(db) { await db.transaction().execute(async () => {}) }', DOWN)
    expect(await refusal(errors.TransactionControlError, own)).toMatchInlineSnapshot(`
      "core/001_users controls a transaction itself ("begin"). The run begins and ends the transaction: remove the statement.
      If PostgreSQL refuses the migration inside a transaction, add to it: export const transaction = false"
    `)
  })

  test('SQL that differs each time', async () => {
    const clock = module(
      "import { sql } from 'kysely'",
      ABOUT,
      'let count = 0',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source text of a migration
      "export async function up(db) { await sql.raw(`comment on schema public is '${count++}'`).execute(db) }",
      DOWN,
    )
    const error = await failureOf(fixtureWorkspace({ core: { migrations: { '001_users': clock } } }))
    expect(error).toBeInstanceOf(errors.UnstableRenderingError)
    expect(await told(error)).toMatchInlineSnapshot(
      `"core/001_users renders different SQL each time, so its checksum would never match. Take the clock, random numbers and the environment out of it: let the database compute them."`,
    )
  })
})

describe('migrations.lock', () => {
  const lockfile = (text: string): Case => ({ spoil: ({ write }) => write('migrations.lock', text) })

  test('a line that is none', async () => {
    expect(await refusal(errors.LockfileSyntaxError, lockfile('<<<<<<< HEAD\n'))).toMatchInlineSnapshot(`
      "migrations.lock line 1 is not "<domain>/<nnn>_<words> <sha256>": "<<<<<<< HEAD".
      If a merge left conflict markers there, remove them and keep the lines of both sides."
    `)
  })

  test('a migration twice', async () => {
    const line = `core/001_users ${ZEROS}\n`
    expect(await refusal(errors.LockfileDuplicateError, lockfile(line + line))).toMatchInlineSnapshot(`
      "migrations.lock names core/001_users twice, on the lines 1 and 2.
      Remove the later one."
    `)
  })

  test('a migration that is missing', async () => {
    expect(await refusal(errors.UnlockedMigrationError, lockfile(''))).toMatchInlineSnapshot(`
      "core/001_users is missing from migrations.lock.
      Record it with: npx nx run migrator:lock"
    `)
  })

  test('several that are missing', async () => {
    const spoil: Case['spoil'] = ({ writeDomain }) => {
      writeDomain('auth', { dependencies: ['core'], migrations: { '001_a': users, '002_b': users } })
    }
    expect(await refusal(errors.UnlockedMigrationError, { spoil })).toMatchInlineSnapshot(`
      "2 migrations are missing from migrations.lock:
        - auth/001_a
        - auth/002_b
      Record them with: npx nx run migrator:lock"
    `)
  })

  test('a line without a file', async () => {
    const spoil: Case['spoil'] = ({ write }) => {
      write('migrations.lock', `core/001_users ${ZEROS}\ncore/002_gone ${ZEROS}\n`)
    }
    expect(await refusal(errors.LockedWithoutFileError, { spoil })).toMatchInlineSnapshot(`
      "migrations.lock line 2 names core/002_gone, but there is no file packages/core-schema/src/migrations/002_gone.ts.
      Restore the file. If no database has the migration, drop the line with: npx nx run migrator:lock --update"
    `)
  })

  test('lines out of dependency order', async () => {
    const domains: DomainsData = { ...CORE, auth: { dependencies: ['core'], migrations: { '001_a': users } } }
    const spoil = lockfile(`auth/001_a ${ZEROS}\ncore/001_users ${ZEROS}\n`).spoil!
    expect(await refusal(errors.LockfileOrderError, { domains, spoil })).toMatchInlineSnapshot(`
      "migrations.lock has auth/001_a on line 1, before core/001_users on line 2, which it builds on.
      If no database has auth/001_a yet, move the line of core/001_users above it. Otherwise put the lines back in the order in which they were appended."
    `)
  })

  test('an edited migration', async () => {
    expect(await refusal(errors.EditedMigrationError, lockfile(`core/001_users ${ZEROS}\n`))).toMatchInlineSnapshot(`
      "core/001_users renders other SQL than migrations.lock recorded on line 1: packages/core-schema/src/migrations/001_users.ts, or something that it uses, has been edited.
      If any database may have it, undo the edit and write a new migration. If none has, record the new SQL with: npx nx run migrator:lock --update"
    `)
  })

  test('what is no text of a migration changes no checksum: comments and blanks', async () => {
    using plain = await fixtureWorkspace(CORE)
    using formatted = await fixtureWorkspace(CORE, { lock: false })
    const text = `// A comment.\n\nimport { sql } from 'kysely'\n${ABOUT}\nexport const up = async (db) => {\n\n  await sql\`create table users ()\`.execute(db)\n}\nexport const down = async (db) => { await sql\`drop table users\`.execute(db) }\n`
    formatted.write(fileOf('core', '001_users'), text)
    await formatted.lock()
    const checksum = async (root: string) => (await openWorkspace(root)).order[0]!.checksum
    expect(await checksum(formatted.root)).toBe(await checksum(plain.root))
  })
})
