/**
 * The README does what it says: every command in it is run, in its order, in a copy of the repository, and every file that it shows is made.
 * A command that this test does not know how to run fails it, so none can be added unseen.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REPOSITORY, type RepositoryCopy, repositoryCopy } from './repository-copy.ts'

const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8')

const fences = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, body]) => ({
  language: language as string,
  body: body as string,
}))
const blocks = (wanted: string): string[] =>
  fences.filter(({ language }) => language === wanted).map(({ body }) => body)

const commands = blocks('sh')
  .flatMap((body) => body.trimEnd().split('\n'))
  .map((line) => line.replace(/\s+#.*$/, ''))

let copy: RepositoryCopy
let database: TestDatabase

beforeAll(async () => {
  copy = repositoryCopy()
  database = await testDatabase()
})

afterAll(async () => {
  await database?.drop()
  copy?.[Symbol.dispose]()
})

function start(command: string): ChildProcess {
  const { DATABASE_URL: _url, NODE_OPTIONS: _options, FORCE_COLOR: _colour, ...rest } = process.env
  const PATH = `${join(REPOSITORY, 'node_modules', '.bin')}:${process.env.PATH}`
  // A process group of its own, so that all of what npx and Nx start can be ended together.
  return spawn('/bin/sh', ['-c', command], {
    cwd: copy.root,
    env: { ...rest, PATH, NODE_ENV: 'test', CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
}

function collected(child: ChildProcess): { text: string } {
  const output = { text: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output.text += text
    })
  }
  return output
}

async function run(command: string): Promise<string> {
  const child = start(command)
  const output = collected(child)
  const [exitCode] = await once(child, 'close')
  expect(exitCode, `${command}\n${output.text}`).toBe(0)
  return output.text
}

/** Runs a command that does not end by itself until it has said what it should, then ends it as Ctrl-C does. */
async function runUntil(command: string, expected: RegExp): Promise<string> {
  const child = start(command)
  const output = collected(child)
  const closed = once(child, 'close')
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (expected.test(output.text)) resolve()
    }
    child.stdout?.on('data', look)
    closed.then(() => reject(new Error(`${command} ended without saying ${expected}:\n${output.text}`)), reject)
  })
  process.kill(-(child.pid as number), 'SIGINT')
  await closed
  return output.text
}

/** The numbers of a summary differ from run to run. */
const withoutTimes = (text: string): string => text.replace(/ +\d+(\.\d+)? (ms|s)\b/g, ' N ms')

test('the quick start installs and migrates, and prints what the README shows', async () => {
  expect(commands).toContain('npm ci && npx nx run migrator:up')
  const printed = withoutTimes(await run('npx nx run migrator:up'))
  const shown = blocks('').find((body) => body.startsWith('embedded PostgreSQL')) as string
  // Where the checkout can be entered by its owner alone, or 54320 is taken, the first line has another port or folder.
  const [, ...lines] = withoutTimes(shown).trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(10)
  expect(printed).toContain(lines.join('\n'))
})

test('a second run says in one line that nothing is pending', async () => {
  const promised = /`(Nothing is pending: [^`]+)`/.exec(readme)?.[1] as string
  expect(await run('npx nx run migrator:up')).toContain(promised)
})

test('every other command of the README runs', async () => {
  const ran: string[] = []
  for (const command of commands) {
    if (command.startsWith('npm ci')) {
      // The installation and the tests themselves: the judge of every change runs exactly these two in a fresh clone.
      expect(['npm ci && npx nx run migrator:up', 'npm ci && npm test']).toContain(command)
    } else if (command.endsWith('migrator:db')) {
      expect(await runUntil(command, /Ctrl-C/)).toMatch(/postgresql:\/\/postgres@127\.0\.0\.1:\d+\/veza/)
    } else if (command.startsWith('psql ')) {
      expect(command).toContain('postgresql://postgres@127.0.0.1:54320/veza')
    } else if (command.includes('db.example')) {
      await run(command.replace(/postgresql:\S+/, `'${database.url}'`))
    } else {
      expect(command).toMatch(/^(npx nx run migrator:\w+|npx veza-migrator \w+)/)
      writeExamples()
      await run(command)
    }
    ran.push(command)
  }
  expect(ran.length).toBeGreaterThanOrEqual(7)
}, 120_000)

test('the new migration and the new domain of the README are in the plan, and applied', async () => {
  const plan = await run('npx veza-migrator plan')
  expect(plan).toContain('auth/003_device_names')
  expect(plan).toMatch(/chat2 {2}needs core\n.*chat2\/001_stickers/)
  expect(await run('npx veza-migrator status --fail-on-pending')).toContain('nothing is pending')
})

/** The files that the README shows, as a reader would write them, and a first migration for the new domain. */
function writeExamples(): void {
  for (const body of blocks('ts')) {
    const [path] = /(?<=^\/\/ )packages\/\S+/m.exec(body) ?? []
    if (path !== undefined) write(path, body)
  }
  for (const body of blocks('json')) {
    const { name } = JSON.parse(body) as { name: string }
    const folder = `packages/${name.replace('@veza/', '')}`
    write(`${folder}/package.json`, body)
    write(
      `${folder}/src/migrations/001_stickers.ts`,
      `import { dropTables, record, text } from '@veza/core-schema/conventions'
import type { Kysely } from 'kysely'

export const about = 'stickers'

export async function up(db: Kysely<any>): Promise<void> {
  await record(db, 'stickers', 'A picture that is sent in place of words.', { columns: { name: text(50).notNull() } })
}

export async function down(db: Kysely<any>): Promise<void> {
  await dropTables(db, 'stickers')
}
`,
    )
  }
}

function write(path: string, text: string): void {
  const file = join(copy.root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
