/** Measures the peak memory of `lock`, run as a separate process on a generated workspace without a migrations.lock. */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { generateWorkspace } from './scale-workspace.ts'

export interface LockPeak {
  readonly migrations: number
  readonly peakMb: number
}

const DOMAINS = 200
const program = fileURLToPath(new URL('../../packages/migrator/bin/veza-migrator.js', import.meta.url))
const PEAK = /^peak (\d+) kB$/m
/** The process prints its own peak when it exits. The system records the peak, so no sampling is needed that could miss it. */
const atExit = `data:text/javascript,process.on('exit', () => console.error('peak %d kB', process.resourceUsage().maxRSS))`

/** Throws when `lock` fails. */
export async function peakOfLock(migrations: number): Promise<LockPeak> {
  const domains = Math.min(DOMAINS, migrations)
  const root = generateWorkspace({ domains, migrations: Math.ceil(migrations / domains) })
  try {
    const child = spawn(process.execPath, ['--import', atExit, program, 'lock'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [words, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
    const locked = /has (\d+) migrations/.exec(words)?.[1]
    const peak = PEAK.exec(errors)?.[1]
    if (locked === undefined || peak === undefined) throw new Error(`lock failed:\n${words}${errors}`)
    return { migrations: Number(locked), peakMb: Number(peak) / 1024 }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
