/**
 * How long `audit` takes on a generated database, phase by phase, and how much memory the process has had at most until then, for 10000
 * tables or the number in `--tables`. All formats are written in one process, so that the last line is more than any command needs.
 *
 *     npm run bench:audit -- [--tables 10000]
 *
 * Each table has a key, a reference to an earlier table, a list, an index and a comment. It breaks the conventions as legacy tables do, so
 * that there are findings to write. If the time grows linearly, half the tables take half the time.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { audit } from '../../packages/migrator/src/audit/audit.ts'
import { FORMATS } from '../../packages/migrator/src/audit/formats/format.ts'
import { readLive } from '../../packages/migrator/src/audit/live/live.ts'
import { connect } from '../../packages/migrator/src/database/connect.ts'
import { acquireEmbedded } from '../../packages/migrator/src/embedded/server.ts'
import { openWorkspace } from '../../packages/migrator/src/workspace/workspace.ts'
import { withDatabases } from './databases.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 0 }

/** Tables that one statement creates, limited by the locks that a transaction may hold on a server with default settings. */
const AT_ONCE = 250

function tableSql(number: number): string {
  const name = `legacy_${number}`
  return `create table ${name} (id bigserial primary key, name varchar(100) not null, kind text check (kind in ('a', 'b')),
  parent_id bigint${number === 0 ? '' : ` references legacy_${number >> 1} (id)`}, created_at timestamp default now());
create index ${name}_name on ${name} (name); comment on table ${name} is 'Legacy table ${number}.';`
}

export async function fill(url: string, tables: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (let first = 0; first < tables; first += AT_ONCE) {
      const count = Math.min(AT_ONCE, tables - first)
      await client.query(Array.from({ length: count }, (_, index) => tableSql(first + index)).join('\n'))
    }
  } finally {
    await client.end()
  }
}

export interface Phase {
  readonly name: string
  readonly durationMs: number
  /** The most resident memory that the process has had until the phase ended. */
  readonly peakMb: number
}

/** Linux and macOS count it in kilobytes. */
const peakMb = (): number => process.resourceUsage().maxRSS / 1024

export interface Measured {
  readonly phases: readonly Phase[]
  readonly tables: number
  readonly findings: number
}

/** Reads the catalogue once more on its own to time that phase, since `audit` does not report its phases. */
async function measured(url: string): Promise<Measured> {
  const phases: Phase[] = []
  const timed = async <T>(name: string, act: () => Promise<T> | T): Promise<T> => {
    const startedAt = performance.now()
    const answer = await act()
    phases.push({ name, durationMs: performance.now() - startedAt, peakMb: peakMb() })
    return answer
  }
  const workspace = await timed('open the workspace', () => openWorkspace(repository))
  const client = await connect(url, 'audit')
  try {
    await timed('read the catalogue', () => readLive(client, limits))
    const report = await timed('audit in all', () => audit({ client, workspace, limits, baseline: new Set() }))
    for (const [format, load] of Object.entries(FORMATS))
      await timed(`write as ${format}`, async () => (await load())(report))
    return { phases, tables: report.tables, findings: report.findings.length }
  } finally {
    await client.end()
  }
}

/** Measures on a server of its own, whose data is removed afterwards. */
export async function measureAudit(tables: number): Promise<Measured> {
  const dir = mkdtempSync(join(tmpdir(), 'veza-audit-scale-'))
  try {
    const server = await acquireEmbedded({ dir: join(dir, 'server'), port: 0, durable: false })
    try {
      return await withDatabases(server, async (databases) => {
        const url = server.urlFor(await databases.create())
        const startedAt = performance.now()
        await fill(url, tables)
        const generating = { name: 'generate', durationMs: performance.now() - startedAt, peakMb: peakMb() }
        const { phases, ...rest } = await measured(url)
        return { phases: [generating, ...phases], ...rest }
      })
    } finally {
      await server.release()
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { tables: { type: 'string' } } })
  const { phases, tables, findings } = await measureAudit(Number(values.tables ?? 10_000))
  console.log(`${tables} tables, ${findings} findings, on PostgreSQL 18`)
  for (const phase of phases) {
    const seconds = (phase.durationMs / 1000).toFixed(2).padStart(8)
    console.log(`  ${phase.name.padEnd(20)} ${seconds} s, at most ${phase.peakMb.toFixed(0).padStart(5)} MB so far`)
  }
}
