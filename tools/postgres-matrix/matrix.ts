/**
 * The suites that depend on what a server does, on each major version of PostgreSQL that the migrator supports, one version after the other.
 * The servers come from npm packages; there is no Docker in it.
 *
 *     npm run test:postgres-matrix
 *     npm run test:postgres-matrix -- --only 15,18
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { majors } from '../../packages/migrator/src/check/matrix.ts'
import { type Counted, counted, tableLines } from './table.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const tests = (...names: string[]): string[] => names.map((name) => `packages/migrator/test/${name}`)

/** By project of vitest: each file is named, so that a new one is added on purpose. */
const SUITES = {
  fast: tests(
    'run.test.ts',
    'transaction.test.ts',
    'alone.test.ts',
    'own-transaction.test.ts',
    'lock.test.ts',
    'domains.test.ts',
    'preview.test.ts',
    'repair.test.ts',
    'monitor.test.ts',
    'grants.test.ts',
    'grants-script.test.ts',
  ),
  slow: [...tests('crash.slow.test.ts'), 'tools/faults/faults.slow.test.ts'],
} as const

const { values } = parseArgs({ options: { only: { type: 'string', default: majors.join() } } })
const wanted = values.only.split(',').map(Number)
const unknown = wanted.filter((major) => !majors.includes(major))
if (unknown.length > 0) {
  process.stderr.write(`--only takes versions of ${majors.join(', ')}, separated by commas\n`)
  process.exit(2)
}

const results: Counted[] = []
for (const major of wanted) {
  for (const [project, files] of Object.entries(SUITES)) {
    process.stdout.write(`\n== PostgreSQL ${major}, ${project} tests\n`)
    results.push(await onServer(major, project, files))
  }
}
process.stdout.write(`\n${tableLines(results).join('\n')}\n`)
process.exitCode = results.some(({ failed }) => failed > 0) ? 1 : 0

async function onServer(major: number, project: string, files: readonly string[]): Promise<Counted> {
  const folder = mkdtempSync(join(tmpdir(), 'veza-matrix-'))
  const output = join(folder, 'results.json')
  const { TEST_DATABASE_URL: _, ...environment } = process.env
  try {
    const vitest = join(REPOSITORY, 'node_modules/vitest/vitest.mjs')
    const args = [
      vitest,
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${output}`,
    ]
    const child = spawn(process.execPath, [...args, ...files], {
      cwd: REPOSITORY,
      env: { ...environment, TEST_POSTGRES: String(major) },
      stdio: 'inherit',
    })
    const [exitCode] = await once(child, 'exit')
    return counted(major, project, exitCode, read(output))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
