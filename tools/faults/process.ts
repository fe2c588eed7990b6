/** The migrator as a process of its own, which is how it meets every fault. It always ends: after its bound it is killed, and has hung. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../packages/migrator/bin/veza-migrator.js', import.meta.url))

export interface Ended {
  /** Null if a signal ended it. */
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly elapsedMs: number
  /** It had not ended after its bound. */
  readonly hung: boolean
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when it has said something that matches, or has ended. */
  said(pattern: RegExp): Promise<void>
}

interface ProcessOptions {
  readonly workspace: string
  readonly url: string
  readonly boundMs: number
  readonly env?: Readonly<Record<string, string>>
}

const { NODE_OPTIONS, CI, FORCE_COLOR, ...inherited } = process.env

/** `words`: the verb and its options. The document on standard output is asked for. */
export function startMigrator(words: readonly string[], options: ProcessOptions): Running {
  const { workspace, url, boundMs, env } = options
  const startedAt = performance.now()
  const child = spawn(process.execPath, [BIN, ...words, '--json', '--workspace', workspace], {
    env: { ...inherited, NODE_ENV: 'test', DATABASE_URL: url, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C at the laboratory's own terminal is no fault of a run.
    detached: true,
  })
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
      child.emit('words')
    })
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    child.kill('SIGKILL')
  }, boundMs)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer)
      resolve({ exitCode, signal, ...said, elapsedMs: performance.now() - startedAt, hung })
    })
  })
  const heard = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(`${said.stdout}\n${said.stderr}`) && child.exitCode === null && child.signalCode === null)
      await Promise.race([once(child, 'words'), once(child, 'close')])
  }
  return { child, ended, said: heard }
}
