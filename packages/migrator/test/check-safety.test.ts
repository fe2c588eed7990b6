import { describe, expect, test } from 'vitest'
import { adding, auth, checked, checkWorkspace, core, findings, useScratchServer } from './check-workspace.ts'
import { type FixtureWorkspace, migrationSource } from './fixture-workspace.ts'
import { git, initialise } from './git-repository.ts'

useScratchServer()

const add = "alter table users add column email text not null constraint chk_users_email check (email <> '')"
const path = 'packages/core-schema/src/migrations/003_email.ts'
const email = { up: [add], down: ['alter table users drop column email'] }
const source = (allow: string) => `${migrationSource('003_email', email)}export const allow = ${allow}\n`

/** V1 is on the main branch; the migration is new. */
async function withNew(migration: string): Promise<FixtureWorkspace> {
  const workspace = await checkWorkspace({ core, auth })
  initialise(workspace)
  git(workspace.root, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
  workspace.writeDomain('core', adding(core, { '003_email': migration }))
  await workspace.lock()
  return workspace
}

const shown = async (workspace: FixtureWorkspace) =>
  (await findings(workspace.root)).map(({ rule, severity, statement }) => [rule, severity, statement])

describe('a new migration', () => {
  test('that is unsafe on a table in use is told by the linter, with statement and remedy', async () => {
    using workspace = await withNew(source('{}'))
    expect(await findings(workspace.root)).toEqual([
      {
        rule: 'safety/adding-required-field',
        severity: 'error',
        message:
          'core/003_email statement 1: Adding a new column that is `NOT NULL` and has no default value to an existing table ' +
          'effectively makes it required.',
        remedy:
          'Make the field nullable or add a non-VOLATILE DEFAULT. ' +
          "If it is safe here, say why in the migration: export const allow = { 'adding-required-field': 'the reason' }",
        file: path,
        migration: 'core/003_email',
        statement: 1,
      },
    ])
  })

  test('may do so with a reason', async () => {
    using workspace = await withNew(source("{ 'adding-required-field': 'the table is empty before launch' }"))
    expect(await shown(workspace)).toEqual([])
  })

  test('that allows what it does not do is warned', async () => {
    using workspace = await withNew(
      source("{ 'adding-required-field': 'empty', 'ban-drop-table': 'why not', 'prefer-identity': 'no' }"),
    )
    expect((await findings(workspace.root)).map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', 'core/003_email allows "ban-drop-table", but nothing in it breaks that rule.'],
      [
        'warning',
        'core/003_email allows "prefer-identity", but nothing in it breaks that rule, which is off for all migrations.',
      ],
    ])
  })

  test('has the statement counted through function bodies, parameters and several lines', async () => {
    const text = `import { type Kysely, sql } from 'kysely'
export const about = 'x'
export async function up(db: Kysely<any>) {
  await sql\`comment on table users
is 'Users; all
of them.'\`.execute(db)
  await db.updateTable('users').set({ name: "it's; two" }).execute()
  await sql.raw(${JSON.stringify(add)}).execute(db)
}
export async function down(db: Kysely<any>) {
  await sql\`alter table users drop column email\`.execute(db)
  await sql\`comment on table users is 'One row for each of the users.'\`.execute(db)
}
`
    using workspace = await withNew(text)
    expect(await shown(workspace)).toEqual([['safety/adding-required-field', 'error', 3]])
  })

  test('outside a transaction may build an index concurrently; inside one it fails before any linter', async () => {
    const build = {
      up: ['create index concurrently idx_users_name on users (name)'],
      down: ['drop index concurrently idx_users_name'],
    }
    using workspace = await withNew(migrationSource('003_email', { ...build, transaction: false }))
    expect(await shown(workspace)).toEqual([])
    using other = await withNew(
      migrationSource('003_email', {
        up: ['create index idx_users_name on users (name)'],
        down: ['drop index idx_users_name'],
      }),
    )
    expect(await shown(other)).toEqual([['safety/require-concurrent-index-creation', 'error', 1]])
  })
})

test('a table that the same change set creates has no locks to fear', async () => {
  using workspace = await withNew(source('{}'))
  workspace.remove('migrations.lock')
  git(workspace.root, 'rm', '--quiet', '--cached', 'migrations.lock')
  git(workspace.root, 'commit', '--quiet', '--amend', '--message', 'V1 without its plan')
  git(workspace.root, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
  await workspace.lock()
  const { proofs } = await checked(workspace.root)
  const safety = proofs.find(({ name }) => name === 'safety')
  expect(safety).toMatchObject({ proven: '4 new migrations', checked: true, findings: [] })
})

test('without a main branch to tell what is new, nothing of it counts as checked, and what can be seen is still told', async () => {
  using workspace = await checkWorkspace({
    core: adding(core, { '003_email': source("{ 'ban-drop-table': 'why not' }") }),
    auth,
  })
  const { proofs } = await checked(workspace.root)
  const safety = proofs.find(({ name }) => name === 'safety')
  expect(safety).toMatchObject({ checked: false, proven: 'nothing tells which of 4 migrations are new' })
  expect(safety?.findings.map(({ rule }) => rule)).toEqual(['safety/needless-allow'])
})

test('allow takes reasons and nothing else', async () => {
  await expect(checkWorkspace({ core: adding(core, { '003_email': source("['ban-drop-table']") }) })).rejects.toThrow(
    `${path} exports "allow" with a wrong value: it must be { 'rule-name': 'the reason, as a sentence' }.`,
  )
})
