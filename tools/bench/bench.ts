/**
 * How long a whole run takes, compared with two others: kysely's own Migrator with the same migrations, and the floor, a Node process that
 * only sends the rendered SQL as one query. docs/benchmark.md says what the figures mean.
 *
 *     npm run bench -- --runs 7 --only nothing --json
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { acquireEmbedded } from '../../packages/migrator/src/embedded/server.ts'
import { v1Workspace } from '../v1.ts'
import { type Contender, makeContenders, STATES } from './contenders.ts'
import { withDatabases } from './databases.ts'
import { measure, type Scenario } from './measure.ts'
import { goals, results } from './result.ts'
import { goalLines, NOTE, tableLines } from './table.ts'

const DELAY_MS = 20
const SCENARIOS: readonly Scenario[] = STATES.flatMap((state) => [
  { name: `${state}-loopback`, state, delayMs: 0 },
  { name: `${state}-${DELAY_MS}ms`, state, delayMs: DELAY_MS },
])

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
})
const runs = Number(values.runs)
const scenarios = SCENARIOS.filter(({ name }) => name.includes(values.only))
if (!Number.isInteger(runs) || runs < 1 || scenarios.length === 0) {
  const names = SCENARIOS.map(({ name }) => name).join(', ')
  process.stderr.write(`--runs takes a whole number from 1, --only a part of a scenario's name: ${names}\n`)
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'veza-bench-'))
// If this runs as root, the server runs as another user, who must be able to enter this folder. Otherwise its data would be kept elsewhere.
chmodSync(folder, 0o755)
const stop = new AbortController()
// `on` and not `once`: a process group can get the signal twice, and the second must not end this process before the server is stopped.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
const progress = (words: string) => process.stderr.isTTY && process.stderr.write(`\r${words.padEnd(40)}`)
try {
  using v1 = v1Workspace()
  const contenders = await makeContenders(folder, v1.root)
  await using server = await ownServer()
  const samples = await withDatabases(server, (databases) => {
    const onRound = (round: number) => progress(round === 0 ? 'warming up' : `round ${round} of ${runs}`)
    return measure({ server, databases, contenders, scenarios, runs, onRound, signal: stop.signal })
  })
  progress('')
  print(contenders, server.version, results(scenarios, samples))
} catch (error) {
  if (!stop.signal.aborted) throw error
  process.stderr.write('interrupted\n')
  process.exitCode = 130
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** A cluster of the benchmark's own, without fsync, since the speed of the disk would hide the differences between the programs. */
async function ownServer() {
  const server = await acquireEmbedded({ dir: join(folder, 'server'), port: 0, durable: false, database: 'postgres' })
  return { ...server, [Symbol.asyncDispose]: server.release }
}

function print(contenders: readonly Contender[], postgres: string, measured: ReturnType<typeof results>): void {
  const reached = goals(measured)
  const environment = { node: process.version, postgres, cpus: cpus().length, runs }
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ note: NOTE, ...environment, scenarios: measured, goals: reached }, undefined, 2)}\n`,
    )
    return
  }
  const lines = [
    `Median of ${runs} whole processes, Node ${environment.node}, PostgreSQL ${postgres} embedded, ${environment.cpus} CPUs.`,
    ...tableLines(contenders, measured),
    '',
    ...goalLines(reached),
    '',
    NOTE,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
