/**
 * The data folder. It is made completely or not at all: initdb works in `postgres.new-<pid>-<start>`, which is renamed when it is complete.
 * Only the major version that made the folder opens it.
 */
import { spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandSignal } from '../command-signal.ts'
import { type Binaries, program } from './binaries.ts'
import { programEnvironment } from './environment.ts'
import { EmbeddedFolderError, EmbeddedStartError, EmbeddedUnavailableError, EmbeddedVersionError } from './errors.ts'
import { writeRules } from './hba.ts'
import type { Location } from './location.ts'
import { keepPassword, newPassword, SUPERUSER, scramVerifier } from './password.ts'
import { processTag } from './process.ts'

/** True if there is a cluster for this major version, false if there is none. Throws EmbeddedFolderError, EmbeddedVersionError. */
export function hasCluster(location: Location, binaries: Binaries): boolean {
  const { data } = location
  if (!existsSync(data)) return false
  const file = join(data, 'PG_VERSION')
  if (!existsSync(file)) {
    const remedy = `Remove it and run the command again:\n  rm -rf '${data}'`
    throw new EmbeddedFolderError({
      folder: data,
      problem: 'is not a complete database cluster (it has no PG_VERSION)',
      remedy,
    })
  }
  const found = readFileSync(file, 'utf8').trim()
  if (Number(found) !== binaries.major)
    throw new EmbeddedVersionError({ folder: data, found, expected: binaries.major })
  return true
}

export async function makeCluster(
  location: Location,
  binaries: Binaries,
  { durable }: { durable: boolean },
): Promise<void> {
  const { dir, home, data, account } = location
  removeHalfMade(home)
  const fresh = `${data}.new-${processTag(process.pid)}`
  mkdirSync(fresh, { mode: 0o700 })
  if (account !== undefined) chownSync(fresh, account.uid, account.gid)
  // initdb takes what the server stores of a password in place of the password.
  const password = newPassword()
  const stored = `${fresh}.password`
  writeFileSync(stored, `${scramVerifier(password)}\n`, { mode: 0o600 })
  if (account !== undefined) chownSync(stored, account.uid, account.gid)
  const options = ['-D', fresh, '-U', SUPERUSER, '-A', 'scram-sha-256', '--pwfile', stored, '-E', 'UTF8']
  options.push('--no-locale', '--no-instructions')
  // This locale sorts by code point, as C does, but unlike C it knows the upper and lower case of all letters.
  if (binaries.major >= 17) options.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8')
  if (!durable) options.push('--no-sync')
  try {
    await runInitdb(binaries, options, location)
    writeRules(fresh, account)
    renameSync(fresh, data)
    keepPassword(dir, password)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(stored, { force: true })
  }
}

function removeHalfMade(home: string): void {
  for (const name of readdirSync(home)) {
    if (!name.startsWith('postgres.new-')) continue
    try {
      rmSync(join(home, name), { recursive: true, force: true })
    } catch {
      // The initdb of a killed process may still write there. The folder does no harm: its name is not that of a cluster.
    }
  }
}

function runInitdb(binaries: Binaries, options: readonly string[], { home, account }: Location): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program(binaries, 'initdb'), options, {
      ...(account && { uid: account.uid, gid: account.gid }),
      cwd: home,
      env: programEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const signal = commandSignal()
    const stop = () => child.kill()
    signal?.addEventListener('abort', stop, { once: true })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.once('error', (cause) => reject(spawnFailure(cause, binaries)))
    child.once('close', (code, killed) => {
      signal?.removeEventListener('abort', stop)
      if (code === 0) resolve()
      else if (signal?.aborted) reject(signal.reason)
      else reject(new EmbeddedStartError({ what: `initdb ended with ${killed ?? `exit code ${code}`}`, output }))
    })
  })
}

/** ENOENT for a program that exists means that the C library that it needs is missing (glibc on a system with musl, for example). */
export function spawnFailure(cause: Error, binaries: Binaries): Error {
  const { code } = cause as NodeJS.ErrnoException
  if (code !== 'ENOENT')
    return new EmbeddedStartError({ what: `${binaries.native} could not be run`, output: cause.message }, cause)
  const why = 'its programs need a C library (glibc) that this system does not have'
  return new EmbeddedUnavailableError({ platform: `${process.platform}-${process.arch}`, why }, cause)
}
