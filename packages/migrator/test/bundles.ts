/** Bundles as production has them: one file, alone in a folder outside of the repository, run with nothing in its environment. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import { callCommand, type Finished } from './command.ts'

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** The program that runs it. Default: the Node of the tests. */
  readonly node?: string
}

export interface BundleFile extends Disposable {
  /** The folder that has the file and nothing else. */
  readonly folder: string
  readonly file: string
  readonly text: string
  /** Replaces a text in the file, which has to be there. */
  edit(from: string, to: string): void
  run(args: readonly string[], options?: RunOptions): Promise<Finished>
}

/** What `bundle` writes for a workspace. */
export async function bundleOf(root: string): Promise<BundleFile> {
  const folder = mkdtempSync(join(tmpdir(), 'veza-bundle-'))
  const file = join(folder, 'veza-migrate.mjs')
  const made = await callCommand(['bundle', '--workspace', root, '--out', file])
  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  return {
    folder,
    file,
    text: readFileSync(file, 'latin1'),
    edit: (from, to) => {
      const before = readFileSync(file, 'latin1')
      expect(before.includes(from)).toBe(true)
      writeFileSync(file, before.replaceAll(from, to), 'latin1')
    },
    run: (args, options) => runFile(folder, args, options),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function runFile(
  folder: string,
  args: readonly string[],
  { env = {}, node = process.execPath }: RunOptions = {},
): Promise<Finished> {
  const child = spawn(node, ['veza-migrate.mjs', ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve)),
  ])
  return { exitCode, stdout, stderr }
}
