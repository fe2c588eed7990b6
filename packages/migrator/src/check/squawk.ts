/** The linter squawk, run once over many texts: https://squawkhq.com. Its program comes with the npm package of the platform. */
import { type ExecException, execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { locatePackage } from '../optional-package.ts'
import { LinterError } from './errors.ts'
import { disabledRules, OLDEST_POSTGRES } from './squawk-rules.ts'

export interface Text {
  readonly name: string
  readonly sql: string
}

export interface Remark {
  /** Name of the text. */
  readonly name: string
  /** Line in the text, from 0. */
  readonly line: number
  /** `adding-required-field`. */
  readonly rule: string
  readonly message: string
  readonly help: string | null
}

interface RawRemark {
  readonly file: string
  readonly line: number
  readonly rule_name: string
  readonly message: string
  readonly help: string | null
}

/** Throws LinterError, MissingPackageError. */
export async function squawk(texts: readonly Text[], { inTransaction }: { inTransaction: boolean }): Promise<Remark[]> {
  if (texts.length === 0) return []
  const folder = mkdtempSync(join(tmpdir(), 'veza-squawk-'))
  try {
    const names = new Map(texts.map(({ name, sql }, index) => [writeText(folder, index, sql), name]))
    const transaction = inTransaction ? '--assume-in-transaction' : '--no-assume-in-transaction'
    const options = [
      '--reporter',
      'json',
      '--pg-version',
      OLDEST_POSTGRES,
      transaction,
      '--exclude',
      Object.keys(disabledRules).join(),
    ]
    const found = JSON.parse(await output([...options, ...names.keys()], folder)) as readonly RawRemark[]
    return found.map(({ file, line, rule_name, message, help }) => {
      return { name: names.get(basename(file)) as string, line, rule: rule_name, message, help }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeText(folder: string, index: number, sql: string): string {
  const name = `${index}.sql`
  writeFileSync(join(folder, name), sql)
  return name
}

/** Standard output of squawk. Exit code 1 means that there are remarks; the JSON is printed then too. Throws LinterError. */
async function output(options: readonly string[], cwd: string): Promise<string> {
  const squawkProgram = program()
  try {
    return (await promisify(execFile)(squawkProgram, [...options], { cwd, maxBuffer: 1 << 28 })).stdout
  } catch (error) {
    const { code, stdout, stderr, message } = error as ExecException
    if (code === 1 && stdout?.startsWith('[')) return stdout
    throw new LinterError({ detail: stderr?.trim() || message }, error)
  }
}

function program(): string {
  const platform = `${process.platform}-${process.arch}`
  const exe = process.platform === 'win32' ? 'squawk.exe' : 'squawk'
  const umbrella = locatePackage('squawk-cli', 'squawk-cli/package.json')
  try {
    // Resolved from the folder of squawk-cli, since the platform package is a dependency of squawk-cli.
    return join(dirname(createRequire(umbrella).resolve(`@squawk-cli/${platform}/package.json`)), 'bin', exe)
  } catch (error) {
    throw new LinterError({ detail: `the package @squawk-cli/${platform} is not installed` }, error)
  }
}
