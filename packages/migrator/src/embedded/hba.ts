/** pg_hba.conf of the embedded server: who is let in, and how they prove who they are. */
import { chmodSync, chownSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Account } from './account.ts'

const RULES = `# Written by veza-migrator, which starts this server. Whoever has the password in the file .veza/pgpass is let in.
host all all 127.0.0.1/32 scram-sha-256
`

/** The whole of pg_hba.conf, in place of what is there. */
export function writeRules(data: string, account: Account | undefined): void {
  const file = join(data, 'pg_hba.conf')
  const fresh = `${file}.new`
  writeFileSync(fresh, RULES)
  chmodSync(fresh, 0o600)
  if (account !== undefined) chownSync(fresh, account.uid, account.gid)
  renameSync(fresh, file)
}

/** Whether a server on these data lets somebody in without a password. */
export function trustsEverybody(data: string): boolean {
  const file = join(data, 'pg_hba.conf')
  return existsSync(file) && /^\s*[^#\s].*\btrust\b/m.test(readFileSync(file, 'utf8'))
}
