/**
 * A throw-away npm workspace with domains given as data, for tests of what the migrator makes of files.
 *
 *     using workspace = await fixtureWorkspace({
 *       core: { migrations: { '001_users': { up: ['create table users (id int)'], down: ['drop table users'] } } },
 *       auth: { dependencies: ['core'], migrations: { '001_sessions': sourceText } },
 *     })
 *     await openWorkspace(workspace.root)
 *
 * Its node_modules is the repository's, so migrations may import `kysely` and `@veza/core-schema/conventions`. A module that was imported
 * once stays as it was in its process: to test an edit, make a second workspace, or let a process of its own look.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatLockfile, LOCKFILE } from '../src/workspace/lockfile.ts'
import { assertStable, planLock } from '../src/workspace/relock.ts'
import { readWorkspaceFiles, renderAll } from '../src/workspace/workspace.ts'

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

/** A migration by its statements. `about` is made up where none is given; `down` is [] where neither it nor `irreversible` is. */
export interface MigrationData {
  readonly about?: string
  readonly up: readonly string[]
  readonly down?: readonly string[]
  readonly irreversible?: string
  readonly transaction?: boolean
}

export interface DomainData {
  /** Names of domains, not of packages. */
  readonly dependencies?: readonly string[]
  /** By name without `.ts`: the source text of the module, or its statements. */
  readonly migrations: Readonly<Record<string, string | MigrationData>>
}

export type DomainsData = Readonly<Record<string, DomainData>>

export interface FixtureWorkspace extends Disposable {
  readonly root: string
  /** Path from the root, text. Folders are made. */
  write(path: string, text: string): void
  remove(path: string): void
  /** Adds or replaces a domain with all its files; migrations.lock stays as it is. */
  writeDomain(name: string, domain: DomainData): void
  /** What `lock` does; with `update` what `lock --update` does. */
  lock(options?: { readonly update?: boolean }): Promise<void>
}

const packageOf = (domain: string): string => `@fixture/${domain}-schema`
const folderOf = (domain: string): string => `packages/${domain}-schema`
export const fileOf = (domain: string, name: string): string => `${folderOf(domain)}/src/migrations/${name}.ts`

/** `lock: false` writes no migrations.lock: for files that no lock could be made of. */
export async function fixtureWorkspace(
  domains: DomainsData,
  { lock = true }: { readonly lock?: boolean } = {},
): Promise<FixtureWorkspace> {
  const workspace = emptyWorkspace()
  try {
    for (const [name, domain] of Object.entries(domains)) workspace.writeDomain(name, domain)
    if (lock) await workspace.lock()
    return workspace
  } catch (error) {
    workspace[Symbol.dispose]()
    throw error
  }
}

function emptyWorkspace(): FixtureWorkspace {
  const root = mkdtempSync(join(tmpdir(), 'veza-workspace-'))
  // If the tests run as root, PostgreSQL runs as another user: where that one cannot enter, its data would be left behind in /var/tmp.
  chmodSync(root, 0o755)
  const write = (path: string, text: string): void => {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  write('package.json', json({ name: 'fixture', private: true, type: 'module', workspaces: ['packages/*'] }))
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction')
  return {
    root,
    write,
    remove: (path) => rmSync(join(root, path), { recursive: true }),
    writeDomain: (name, domain) => {
      write(`${folderOf(name)}/package.json`, manifest(name, domain.dependencies ?? []))
      for (const [migration, data] of Object.entries(domain.migrations)) {
        write(fileOf(name, migration), typeof data === 'string' ? data : migrationSource(migration, data))
      }
      // A domain without migrations still has its folder, or it would be refused for that.
      const folder = join(root, dirname(fileOf(name, '')))
      if (!existsSync(folder)) mkdirSync(folder, { recursive: true })
    },
    lock: async ({ update = false } = {}) => {
      const layout = readWorkspaceFiles(root)
      const rendered = await renderAll(layout.files)
      const change = planLock(layout, rendered, { update })
      await assertStable(rendered)
      write(LOCKFILE, formatLockfile(change.lines))
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

function manifest(domain: string, dependencies: readonly string[]): string {
  return json({
    name: packageOf(domain),
    version: '0.0.0',
    type: 'module',
    nx: { name: `${domain}-schema`, tags: ['kind:domain'] },
    dependencies: Object.fromEntries(dependencies.map((name) => [packageOf(name), '0.0.0'])),
  })
}

/** The module that a team would write for these statements. */
export function migrationSource(name: string, data: MigrationData): string {
  const { about = name.replace(/^\d+_/, '').replaceAll('_', ' '), up, irreversible, transaction } = data
  const down = data.down ?? (irreversible === undefined ? [] : undefined)
  return [
    "import { type Kysely, sql } from 'kysely'",
    `export const about = ${JSON.stringify(about)}`,
    ...(transaction === undefined ? [] : [`export const transaction = ${transaction}`]),
    ...(irreversible === undefined ? [] : [`export const irreversible = ${JSON.stringify(irreversible)}`]),
    step('up', up),
    ...(down === undefined ? [] : [step('down', down)]),
    '',
  ].join('\n')
}

function step(direction: 'up' | 'down', statements: readonly string[]): string {
  const calls = statements.map((statement) => `  await sql.raw(${JSON.stringify(statement)}).execute(db)\n`)
  return `export async function ${direction}(db: Kysely<any>): Promise<void> {\n${calls.join('')}}`
}
