/** The command line as a process of its own: for what only a process can show (exit codes, streams, signals, a kill). */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { main } from '../src/cli.ts'
import { REPOSITORY } from './fixture-workspace.ts'

const BIN = fileURLToPath(new URL('../bin/veza-migrator.js', import.meta.url))

export interface Finished {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves when standard output or standard error has said something that matches; rejects when it ends without. */
  said(pattern: RegExp): Promise<void>
}

export interface CommandOptions {
  /** Default: the repository. */
  readonly cwd?: string
  /** On top of an environment without the test run's own settings. */
  readonly env?: Readonly<Record<string, string>>
}

/** Nothing of the test run's own environment decides: no database, no colours, no terminal, no CI. */
function environment(extra: CommandOptions['env'] = {}): NodeJS.ProcessEnv {
  const {
    CI: _ci,
    DATABASE_URL: _url,
    NODE_OPTIONS: _options,
    FORCE_COLOR: _colour,
    NO_COLOR: _none,
    ...rest
  } = process.env
  return { ...rest, NODE_ENV: 'test', ...extra }
}

export function startCommand(args: readonly string[], { cwd = REPOSITORY, env }: CommandOptions = {}): Started {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
      for (const listener of listeners) listener()
    })
  }
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, ...said }))
  })
  const waitFor = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (!pattern.test(`${said.stdout}\n${said.stderr}`)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
      finished.then(() => reject(new Error(`ended without saying ${pattern}:\n${said.stdout}\n${said.stderr}`)), reject)
    })
  return { child, finished, said: waitFor }
}

/**
 * The same without a process: what it writes is caught, what it would exit with is answered. Twenty times as fast; one at a time.
 * Its current folder is the test's own, so a workspace is named with --workspace.
 */
export async function callCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const said = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += text
      return true
    }),
  )
  try {
    for (const [name, value] of Object.entries({ CI: '', DATABASE_URL: '', ...env })) vi.stubEnv(name, value)
    return { exitCode: await main(args), ...said }
  } finally {
    vi.unstubAllEnvs()
    for (const spy of spies) spy.mockRestore()
  }
}

export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  return startCommand(args, options).finished
}
