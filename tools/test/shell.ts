/** Runs commands as a person types them, in a copy of the repository, without the settings in the test run's own environment. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'vitest'

const OURS = /^(VITEST|npm_|NX_|NODE_OPTIONS$|DATABASE_URL$|FORCE_COLOR$)/i

function start(root: string, command: string): ChildProcess {
  const rest = Object.entries(process.env).filter(([name]) => !OURS.test(name))
  // The command gets its own process group, so that all processes that npx and Nx start can be ended together.
  return spawn('/bin/sh', ['-c', command], {
    cwd: root,
    env: {
      ...Object.fromEntries(rest),
      PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
      NODE_ENV: 'test',
      CI: 'true',
      // All packages are installed, so the test does not depend on a registry.
      npm_config_offline: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
}

export interface Finished {
  readonly exitCode: number | null
  /** Standard output and standard error together. */
  readonly output: string
}

export async function finished(root: string, command: string): Promise<Finished> {
  const child = start(root, command)
  const said = collected(child)
  const [exitCode] = await once(child, 'close')
  return { exitCode, output: said.text }
}

/** Runs a command that must succeed and returns its output. */
export async function run(root: string, command: string): Promise<string> {
  const { exitCode, output } = await finished(root, command)
  expect(exitCode, `${command}\n${output}`).toBe(0)
  return output
}

/** Runs a command that does not end by itself until its output matches `expected`, then ends it as Ctrl-C does. */
export async function runUntil(root: string, command: string, expected: RegExp): Promise<string> {
  const child = start(root, command)
  const said = collected(child)
  const closed = once(child, 'close')
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (expected.test(said.text)) resolve()
    }
    child.stdout?.on('data', look)
    closed.then(() => reject(new Error(`${command} ended without saying ${expected}:\n${said.text}`)), reject)
  })
  process.kill(-(child.pid as number), 'SIGINT')
  await closed
  return said.text
}

function collected(child: ChildProcess): { text: string } {
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said.text += text
    })
  }
  return said
}
