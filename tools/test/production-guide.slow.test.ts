/**
 * docs/guides/production.md is followed, command by command, on a real server: the roles, a release as veza_migrator, the services' users, and
 * monitoring. Roles belong to the whole server, so their prefix is another one here.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDatabase } from '@veza/tools/test-database'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { REPOSITORY } from './repository-copy.ts'
import { finished } from './shell.ts'
import { blocksOf } from './shown-files.ts'

const prefix = `p${randomBytes(4).toString('hex')}_`
const page = readFileSync(join(REPOSITORY, 'docs/guides/production.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'veza-guide-'))
const database = await testDatabase()
const admin = database.client

afterAll(async () => {
  const { rows } = await admin.query('select rolname from pg_roles where starts_with(rolname, $1)', [prefix])
  const roles = rows.map(({ rolname }) => pg.escapeIdentifier(rolname)).join(', ')
  if (roles !== '') await admin.query(`drop owned by ${roles} cascade; drop role ${roles}`)
  await database.drop()
  rmSync(folder, { recursive: true })
})

/** The URLs that the page names, once their roles can log in. */
async function urls(): Promise<Record<string, string>> {
  const urlOf = async (role: string): Promise<string> => {
    const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role])
    if (rowCount === 1) await admin.query(`alter role ${role} password 'of a test'`)
    const url = new URL(database.url)
    url.username = role
    url.password = 'of a test'
    return url.href
  }
  const migrator = await urlOf(`${prefix}migrator`)
  return {
    ADMIN_URL: database.url,
    MIGRATOR_URL: migrator,
    DATABASE_URL: migrator,
    EXPORTER_URL: await urlOf(`${prefix}exporter`),
  }
}

/** What a reader would do with it. psql is asked for nothing but to run a file. */
async function follow(command: string): Promise<string> {
  const known = await urls()
  const [, variable, file] = /^psql -v ON_ERROR_STOP=1 -d "\$(\w+)" -f (\S+)$/.exec(command) ?? []
  if (variable !== undefined) {
    const client = new pg.Client({ connectionString: known[variable]! })
    await client.connect()
    try {
      await client.query(readFileSync(join(folder, file!), 'utf8'))
    } finally {
      await client.end()
    }
    return ''
  }
  if (command.startsWith('export ')) return ''
  expect(command).toMatch(/^npx veza-migrator /)
  const settings = Object.entries(known).map(([name, url]) => `export ${name}='${url}';`)
  const here = command.replace(/--out (\S+)/, (_, name) => `--out ${join(folder, name)}`)
  const { exitCode, output } = await finished(REPOSITORY, `${settings.join(' ')} ${here}`)
  expect(exitCode, `${command}\n${output}`).toBe(0)
  return output
}

const blocks = blocksOf(page.replaceAll('veza_', prefix))

test('every command succeeds in the order of the page, and ends with a database that is watched', async () => {
  const followed: string[] = []
  for (const { language, body } of blocks) {
    if (language === 'sql') await admin.query(body)
    if (language !== 'sh') continue
    for (const command of body.trimEnd().split('\n')) {
      await follow(command)
      followed.push(command.split(' ').slice(0, 3).join(' '))
    }
  }
  expect(followed).toContain('npx veza-migrator up')
  const { rows } = await admin.query("select pg_get_userbyid(relowner) as owner from pg_class where relname = 'users'")
  expect(rows).toEqual([{ owner: `${prefix}migrator` }])
  // A service's own user, as the page makes it, can do its work.
  await admin.query(`set role ${prefix}auth_service`)
  expect((await admin.query('select from users union all select from user_sessions')).rowCount).toBe(0)
  await admin.query('delete from user_sessions')
  await expect(admin.query('delete from users')).rejects.toThrow(/permission denied/)
  await admin.query('reset role')
}, 180_000)

test('the rules name metrics that there are', () => {
  const rules = blocksOf(page).find(({ language }) => language === 'yaml')!.body
  const named = new Set(rules.match(/\bveza_(migrations|table)_\w+/g))
  expect(named.size).toBeGreaterThan(7)
  const source = readFileSync(join(REPOSITORY, 'packages/migrator/src/monitor/metrics.ts'), 'utf8')
  const states = ['applied', 'pending', 'changed', 'running', 'interrupted', 'unknown']
  const there = new Set([...source.matchAll(/'(veza_\w+)'/g)].map(([, name]) => name))
  for (const state of states) there.add(`veza_migrations_${state}`)
  expect([...named].filter((name) => !there.has(name))).toEqual([])
})
