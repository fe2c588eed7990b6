/**
 * The README is correct: every file that it shows is written and every command in it is run, in the README's order, in a copy of the
 * repository. The copy is cut back to V1, which the README describes, so that later migrations do not change its numbers and printed lines.
 * A command that this test does not know how to run makes the test fail, so that no command is left untested.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { cutBackToV1 } from '@veza/tools/v1'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REPOSITORY, type RepositoryCopy, repositoryCopy } from './repository-copy.ts'
import { run, runUntil } from './shell.ts'
import { blocksOf, writeShown } from './shown-files.ts'

const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8')
const blocks = blocksOf(readme)

const commandsOf = (body: string): string[] =>
  body
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, ''))
const commands = blocks.flatMap(({ language, body }) => (language === 'sh' ? commandsOf(body) : []))

let copy: RepositoryCopy
let database: TestDatabase

beforeAll(async () => {
  copy = repositoryCopy({ modules: 'linked', prepare: cutBackToV1 })
  database = await testDatabase()
})

afterAll(async () => {
  await database?.drop()
  copy?.[Symbol.dispose]()
})

const inCopy = (command: string): Promise<string> => run(copy.root, command)

/** The numbers of a summary differ from run to run. */
const withoutTimes = (text: string): string => text.replace(/ +\d+(\.\d+)? (ms|s)\b/g, ' N ms')

test('the quick start installs and migrates, and prints what the README shows', async () => {
  expect(commands).toContain('npm ci && npx nx run migrator:up')
  const printed = withoutTimes(await inCopy('npx nx run migrator:up'))
  const shown = blocks.find(({ body }) => body.startsWith('embedded PostgreSQL'))!.body
  // The first line has another folder if only the owner can enter the checkout, and another port if 54320 is taken.
  const [, ...lines] = withoutTimes(shown).trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(10)
  expect(printed).toContain(lines.join('\n'))
})

test('a second run says in one line that nothing is pending', async () => {
  const promised = /`(Nothing is pending: [^`]+)`/.exec(readme)?.[1] as string
  expect(await inCopy('npx nx run migrator:up')).toContain(promised)
})

test('every file is written where the README says, and every other command runs', async () => {
  const ran: string[] = []
  for (const { language, body, path } of blocks) {
    if (path !== undefined) expect(writeShown(copy.root, path, body)).toBe(path)
    for (const command of language === 'sh' ? commandsOf(body) : []) {
      await follow(command)
      ran.push(command)
    }
  }
  expect(ran.length).toBeGreaterThanOrEqual(7)
}, 240_000)

async function follow(command: string): Promise<void> {
  if (command.startsWith('npm ci')) {
    // The installation and the tests themselves are not run again here: CI runs both for every change, in a fresh clone.
    expect(['npm ci && npx nx run migrator:up', 'npm ci && npm test']).toContain(command)
  } else if (command === 'npm install') {
    // Not run here, where node_modules is a link. ordinary.slow.test.ts runs it in a copy with its own node_modules.
  } else if (command.endsWith('migrator:db')) {
    expect(await runUntil(copy.root, command, /Ctrl-C/)).toMatch(
      /postgresql:\/\/postgres:[\w-]{43}@127\.0\.0\.1:\d+\/veza/,
    )
  } else if (command.startsWith('PGPASSFILE=')) {
    expect(command).toBe('PGPASSFILE=.veza/pgpass psql "postgresql://postgres@127.0.0.1:54320/veza"')
    const port = '127\\.0\\.0\\.1:\\*'
    expect(readFileSync(join(copy.root, '.veza/pgpass'), 'utf8')).toMatch(
      new RegExp(`^${port}:\\*:postgres:[\\w-]{43}\\n$`),
    )
  } else if (command.includes('db.example')) {
    await inCopy(command.replace(/postgresql:\S+/, `'${database.url}'`))
  } else {
    expect(command).toMatch(/^(npx nx run migrator:\w+|npx veza-migrator \w+)/)
    await inCopy(command)
  }
}

test('the new migrations and the new domain of the README are in the plan, and applied', async () => {
  const plan = await inCopy('npx veza-migrator plan')
  for (const { path } of blocks) {
    const [, domain, name] = /^packages\/(\w+)-schema\/src\/migrations\/(\w+)\.ts$/.exec(path ?? '') ?? []
    if (domain !== undefined) expect(plan).toContain(`${domain}/${name}`)
  }
  expect(plan).toMatch(/chat2 {2}needs core\n.*chat2\/001_stickers/)
  expect(await inCopy('npx veza-migrator status --fail-on-pending')).toContain('nothing is pending')
})
