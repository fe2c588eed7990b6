/**
 * An ordinary migration breaks no check and no test. In a copy of the repository the test does what the README shows (a column, a table, a
 * concurrent index, a domain), adds the migrations in `ordinary/`, whose names no team uses, and runs every check and the whole fast suite.
 * Only the files that the README names are edited.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { USER_STATUS_VALUES } from '@veza/core-schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REPOSITORY, type RepositoryCopy, repositoryCopy } from './repository-copy.ts'
import { finished, run } from './shell.ts'
import { blocksOf, writeShown } from './shown-files.ts'

const PAGES = ['README.md', 'packages/core-schema/README.md']
const LOCKFILE = 'migrations.lock'

/** user_statuses.ts adds a status to those of V1. Later migrations may have added more, so the list is taken from the generated types. */
const withAllStatuses = (text: string): string =>
  text.replaceAll("'active', 'inactive', 'suspended', 'banned'", USER_STATUS_VALUES.map((one) => `'${one}'`).join(', '))

/** The files that the README tells its reader to write, and the files in the folder `ordinary` for each domain. */
const files = [
  ...PAGES.flatMap((page) => blocksOf(readFileSync(join(REPOSITORY, page), 'utf8'))).flatMap(({ path, body }) =>
    path === undefined ? [] : [{ path, text: body }],
  ),
  ...readdirSync(join(import.meta.dirname, 'ordinary'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({
      path: `packages/${parentPath.slice(import.meta.dirname.length + '/ordinary/'.length)}-schema/src/migrations/000_${name}`,
      text: withAllStatuses(readFileSync(join(parentPath, name), 'utf8')),
    }))
    .sort((one, other) => (one.path < other.path ? -1 : 1)),
]

/** The README's commands for a new domain, from `npm install` to `check`. readme.slow.test.ts runs `up`. */
const COMMANDS = ['npm install', ...['lock', 'types', 'check'].map((verb) => `npx nx run migrator:${verb}`)]

let copy: RepositoryCopy
let lockBefore: string
let written: readonly string[]

const read = (path: string): string => readFileSync(join(copy.root, path), 'utf8')

beforeAll(async () => {
  copy = repositoryCopy({ modules: 'own' })
  lockBefore = read(LOCKFILE)
  written = files.map(({ path, text }) => writeShown(copy.root, path, text)).filter((path) => path !== undefined)
  for (const command of COMMANDS) await run(copy.root, command)
}, 300_000)

afterAll(() => copy?.[Symbol.dispose](), 120_000)

test('the commands are those of the README', () => {
  const shown = blocksOf(readFileSync(join(REPOSITORY, 'README.md'), 'utf8')).filter(
    ({ language }) => language === 'sh',
  )
  const ofDomain = shown.find(({ body }) => body.startsWith('npm install'))!.body
  const lines = ofDomain.trimEnd().split('\n')
  expect(lines.map((line) => line.replace(/\s+#.*$/, ''))).toEqual([...COMMANDS, 'npx nx run migrator:up'])
})

test('nothing has changed but the files that were written, their lines in migrations.lock, and what is generated', () => {
  const isGenerated = (path: string): boolean =>
    /^packages\/\w+-schema\/(src\/tables\.generated\.ts|src\/index\.ts|schema\.sql)$/.test(path)
  const rest = copy.changed().filter((path) => !written.includes(path) && !isGenerated(path))
  const isDomainNew = written.some((path) => path.endsWith('package.json'))
  const expected = [...(written.length > 0 ? [LOCKFILE] : []), ...(isDomainNew ? ['package-lock.json'] : [])]
  expect(rest).toEqual(expected)

  expect(read(LOCKFILE).startsWith(lockBefore)).toBe(true)
  const added = read(LOCKFILE).slice(lockBefore.length).trimEnd().split('\n').filter(Boolean)
  const migrations = written
    .filter((path) => path.endsWith('.ts'))
    .map((path) => path.replace(/^packages\/(\w+)-schema\/src\/migrations\/(\w+)\.ts$/, '$1/$2'))
  expect(added.map((line) => line.split(' ')[0]).sort()).toEqual(migrations.sort())
})

const checks = Object.keys(JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')).scripts).filter((name) =>
  name.startsWith('check:'),
)

test.each(checks)(
  'npm run %s passes',
  async (check) => {
    await run(copy.root, `npm run --silent ${check}`)
  },
  180_000,
)

test('Nx builds the new domain and generates its types', async () => {
  await run(copy.root, 'npx nx run-many -t build,types -p chat2-schema')
  for (const made of ['dist/index.js', 'dist/index.d.ts', 'src/index.ts', 'schema.sql'])
    expect(existsSync(join(copy.root, 'packages/chat2-schema', made)), made).toBe(true)
}, 180_000)

test('npm test passes', async () => {
  const results = join(copy.root, '.veza/results.json')
  const { exitCode, output } = await finished(
    copy.root,
    `npm test -- --reporter=default --reporter=json --outputFile.json=${results}`,
  )
  const { numPassedTests, testResults } = JSON.parse(readFileSync(results, 'utf8'))
  const failed = testResults.flatMap((file: any) => [
    ...(file.status === 'failed' && file.assertionResults.length === 0 ? [`${file.name}: ${file.message}`] : []),
    ...file.assertionResults
      .filter(({ status }: any) => status === 'failed')
      .map(({ fullName, failureMessages }: any) => `${file.name}: ${fullName}\n${failureMessages.join('\n')}`),
  ])
  expect(failed).toEqual([])
  expect(exitCode, output).toBe(0)
  expect(numPassedTests).toBeGreaterThan(1000)
}, 600_000)
