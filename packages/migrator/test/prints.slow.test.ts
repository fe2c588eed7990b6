/** What a migration prints goes to standard error, in every verb and at every time: standard output is the report's. */
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'

const NOISY = `
import { stdout } from 'node:process'
import { type Kysely, sql } from 'kysely'
const say = (when: string) => {
  // The test itself renders it as well, to make the lock file.
  if (process.env.NOISY === undefined) return
  console.log('noise', when)
  console.table([{ noise: when }])
  process.stdout.write('noise ' + when + '\\n')
  stdout.write(Buffer.from('noise ' + when + '\\n'))
  console.error('noise', when)
}
say('at import')
setTimeout(() => say('in a timer'), 1)
export const about = 'prints'
export async function up(db: Kysely<any>): Promise<void> {
  say('while it is rendered, or live')
  const { rows } = await sql\`select 1\`.execute(db)
  if (rows.length > 0) say('live')
}
export async function down(): Promise<void> {
  say('down')
}
`

const NOISE = { env: { NOISY: '1' } }

async function noisy(): Promise<FixtureWorkspace> {
  return fixtureWorkspace({ core: { migrations: { '001_noisy': NOISY } } })
}

test.each([
  ['up', '--json'],
  ['up', '--dry-run', '--json'],
  ['status', '--json'],
  ['plan', '--json'],
  ['lock', '--json'],
])('%s %s prints one JSON document and nothing else', async (...args) => {
  using workspace = await noisy()
  await using db = await testDatabase()
  const { stdout, stderr, exitCode } = await runCommand(
    [...args, '--workspace', workspace.root, '--database-url', db.url],
    NOISE,
  )
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ command: args[0] })
  expect(stderr).toContain('noise at import')
})

test('check --format sarif too', async () => {
  using workspace = await noisy()
  const { stdout, stderr } = await runCommand(
    [...['check', '--no-base', '--format', 'sarif'], ...['--workspace', workspace.root]],
    NOISE,
  )
  expect(JSON.parse(stdout)).toMatchObject({ version: '2.1.0' })
  expect(stderr).toContain('noise live')
})

test('and a report in words has its own lines alone', async () => {
  using workspace = await noisy()
  const { stdout, stderr } = await runCommand(['plan', '--workspace', workspace.root], NOISE)
  expect(stdout).toMatch(/^core\n +1 {2}core\/001_noisy {2}prints/)
  expect(stdout).not.toContain('noise')
  expect(stderr).toContain('noise while it is rendered')
})

test('what a migration says about itself cannot move the cursor or end a line', async () => {
  const about = 'harmless\u001b[2K\u009b31m\u202e'
  using workspace = await fixtureWorkspace({ core: { migrations: { '001_a': { about, up: ['create table a ()'] } } } })
  const { stdout } = await runCommand(['plan', '--workspace', workspace.root])
  expect(stdout).toContain('harmless\\x1b[2K\\x9b31m\\u202e')
})
