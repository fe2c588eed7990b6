/**
 * Who is let into the embedded server: whoever has the password, over loopback, and nobody else. A cluster that an older version of the
 * migrator made trusts every user of the machine: it is given a password before it is started again, and keeps its data.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type Binaries, program } from './binaries.ts'
import { spawnFailure } from './cluster.ts'
import { programEnvironment } from './environment.ts'
import { EmbeddedStartError } from './errors.ts'
import { trustsEverybody, writeRules } from './hba.ts'
import type { Location } from './location.ts'
import { keepPassword, newPassword, passwordFile, SUPERUSER, scramVerifier } from './password.ts'
import { PREDECESSOR } from './start.ts'

/** Whether only the password lets anybody in. */
export const isLocked = ({ dir, data }: Pick<Location, 'dir' | 'data'>): boolean =>
  existsSync(passwordFile(dir)) && !trustsEverybody(data)

const RETRY_MS = 20_000

/**
 * Gives the superuser a new password and writes the rules. Call it while no server runs on the data: PostgreSQL is started for this one
 * statement without a port, so that there is no moment at which anybody could connect. If the process is killed in between, the next start
 * does all of it again. Throws EmbeddedStartError.
 */
export async function lockDoors(location: Location, binaries: Binaries): Promise<void> {
  const { dir, data, account } = location
  const password = newPassword()
  const sql = `alter role ${SUPERUSER} password '${scramVerifier(password)}'\n`
  for (const deadline = Date.now() + RETRY_MS; ; await delay(50)) {
    const output = await alone(sql, location, binaries)
    if (output === undefined) break
    if (!PREDECESSOR.test(output) || Date.now() > deadline)
      throw new EmbeddedStartError({ what: 'The embedded PostgreSQL did not take a password', output })
  }
  writeRules(data, account)
  keepPassword(dir, password)
}

/** Runs a statement in PostgreSQL's single-user mode. Returns what it printed if that failed. */
function alone(sql: string, { data, home, account }: Location, binaries: Binaries): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program(binaries, 'postgres'), ['--single', '-D', data, 'postgres'], {
      ...(account && { uid: account.uid, gid: account.gid }),
      cwd: home,
      env: programEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.stdin.on('error', () => {}).end(sql)
    child.once('error', (cause) => reject(spawnFailure(cause, binaries)))
    // A statement that fails does not change the exit code.
    child.once('close', (code) => resolve(code === 0 && !/\b(ERROR|FATAL|PANIC):/.test(output) ? undefined : output))
  })
}
