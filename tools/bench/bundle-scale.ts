/**
 * What a plan of many migrations costs from its bundle: the size of the file, the peak memory of `up` on an empty database, and how long a
 * whole process takes when nothing is pending.
 *
 *     node -C @veza/source tools/bench/bundle-scale.ts [--migrations 10000] [--runs 7]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { bundleOf } from '../../packages/migrator/src/bundle/bundle.ts'
import { acquireEmbedded } from '../../packages/migrator/src/embedded/server.ts'
import { recordMigrations } from '../../packages/migrator/src/workspace/record.ts'
import { openWorkspace } from '../../packages/migrator/src/workspace/workspace.ts'
import { median } from './result.ts'
import { generateWorkspace } from './scale-workspace.ts'
import { goalLines } from './table.ts'

const DOMAINS = 200
const MOST_PEAK_MB = 300
const MOST_NOTHING_S = 0.35
const PEAK = /^peak (\d+) kB$/m
/**
 * The process prints its own peak when it exits. The system's other record, ru_maxrss, begins with the memory of the process that started
 * this one.
 */
const atExit = `data:text/javascript,import { readFileSync } from 'node:fs';process.on('exit', () => console.error('peak %s kB', /^VmHWM:\\s*(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]))`

interface Ran {
  readonly peakMb: number
  readonly elapsedMs: number
}

async function up(bundle: string, url: string, ...options: readonly string[]): Promise<Ran> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...options, bundle, 'up', '--database-url', url], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = text(child.stderr)
  const [exitCode] = await once(child, 'exit')
  const elapsedMs = performance.now() - startedAt
  if (exitCode !== 0) throw new Error(`up ended with exit code ${exitCode}:\n${await said}`)
  return { peakMb: Number(PEAK.exec(await said)?.[1] ?? 0) / 1024, elapsedMs }
}

const { values } = parseArgs({ options: { migrations: { type: 'string' }, runs: { type: 'string' } } })
const migrations = Number(values.migrations ?? 10_000)
const folder = mkdtempSync(join(tmpdir(), 'veza-bundle-scale-'))
const domains = Math.min(DOMAINS, migrations)
const root = generateWorkspace({ domains, migrations: Math.ceil(migrations / domains) })
try {
  await recordMigrations(root, { update: false, check: false })
  const bundle = join(folder, 'veza-migrate.mjs')
  writeFileSync(bundle, (await bundleOf(await openWorkspace(root), 'veza-migrate.mjs')).text)
  const server = await acquireEmbedded({ dir: join(folder, 'server'), port: 0, durable: false })
  try {
    const first = await up(bundle, server.url, '--import', atExit)
    const nothing: number[] = []
    for (let run = 0; run < Number(values.runs ?? 7); run++) nothing.push((await up(bundle, server.url)).elapsedMs)
    const goal = (what: string, limit: number, measured: number) => ({
      goal: what,
      limit,
      measured,
      met: measured <= limit,
    })
    const lines = [
      `${migrations} migrations, a bundle of ${(statSync(bundle).size / 1024 / 1024).toFixed(1)} MB`,
      `up from empty took ${(first.elapsedMs / 1000).toFixed(1)} s`,
      ...goalLines([
        goal('up from empty: peak memory, MB', MOST_PEAK_MB, Math.round(first.peakMb)),
        goal('nothing pending: seconds', MOST_NOTHING_S, median(nothing) / 1000),
      ]),
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  } finally {
    await server.release()
  }
} finally {
  rmSync(root, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}
