/**
 * The password of the embedded server's superuser. It is in the file `<dir>/pgpass`, which only the owner of `dir` may read, in the form in
 * which psql and every other client of libpq read it: `PGPASSFILE=.veza/pgpass psql ...`. The file is written when the server has the
 * password, so where there is none, the cluster has to get a new one.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { chownSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reason } from '../errors.ts'
import { isRoot } from './account.ts'
import { EmbeddedFolderError } from './errors.ts'

export const SUPERUSER = 'postgres'

export const passwordFile = (dir: string): string => join(dir, 'pgpass')

/** 256 random bits, in letters that no URL and no password file has to encode. */
export const newPassword = (): string => randomBytes(32).toString('base64url')

/** Undefined if there is none yet. Throws EmbeddedFolderError if this user may not read it. */
export function readPassword(dir: string): string | undefined {
  const file = passwordFile(dir)
  try {
    return readFileSync(file, 'utf8').trim().split(':').at(-1)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    const problem = `holds the password of the embedded database and cannot be read (${reason(cause)})`
    throw new EmbeddedFolderError({ folder: file, problem, remedy: 'Run as its owner.' }, cause)
  }
}

/** Any port, since the server may get another one at each start. */
export function keepPassword(dir: string, password: string): void {
  const file = passwordFile(dir)
  const fresh = `${file}.new-${process.pid}`
  rmSync(fresh, { force: true })
  writeFileSync(fresh, `127.0.0.1:*:*:${SUPERUSER}:${password}\n`, { mode: 0o600, flag: 'wx' })
  // Root may work in the folder of a user, who has to read the file later.
  const { uid, gid } = statSync(dir)
  if (isRoot()) chownSync(fresh, uid, gid)
  renameSync(fresh, file)
}

/**
 * What the server stores of a password, in its own form (PostgreSQL manual, 52.8). It is computed here so that the password itself is in no
 * file of initdb's and in no log. Many iterations make a guessable password hard to guess; this one has 256 random bits, so one is enough,
 * and a login costs next to nothing.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16)
  const iterations = 1
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const keyed = (words: string) => createHmac('sha256', salted).update(words).digest()
  const storedKey = createHash('sha256').update(keyed('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${keyed('Server Key').toString('base64')}`
}
