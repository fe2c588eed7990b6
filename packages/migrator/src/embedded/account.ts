/**
 * The OS user that the server runs as. PostgreSQL refuses to run as root, so root starts it as the user `postgres`, which is created if it
 * is missing. If an ordinary user made the data earlier, root starts it as that user. An ordinary user needs no account: the server runs
 * as the same user.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { programEnvironment } from './environment.ts'
import { EmbeddedAccountError } from './errors.ts'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const CREATE: readonly (readonly string[])[] = [
  ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'],
  ['adduser', '--system', '--group', '--no-create-home', 'postgres'],
  // BusyBox, as in Alpine
  ['addgroup', '-S', 'postgres'],
  ['adduser', '-S', '-D', '-H', '-G', 'postgres', 'postgres'],
]

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

export function serverAccount(data: string): Account | undefined {
  if (!isRoot()) return undefined
  const owner = ownerOf(data)
  if (owner !== undefined && owner.uid !== 0) return { name: `the owner of ${data}`, ...owner }
  const known = lookUp('postgres')
  if (known !== undefined) return known
  for (const [command = '', ...args] of CREATE) {
    spawnSync(command, args, { stdio: 'ignore' })
    const made = lookUp('postgres')
    if (made !== undefined) return made
  }
  throw new EmbeddedAccountError({ tried: [...new Set(CREATE.map(([command = '']) => command))] })
}

/** Runs the tests as that user, since only the system takes modes, groups, access lists and mount options all into account. */
export function can(account: Account | undefined, tests: readonly { flag: '-x' | '-r'; path: string }[]): boolean {
  if (account === undefined) return true
  const script = tests.map(({ flag }, at) => `test ${flag} "$${at + 1}"`).join(' && ')
  const { uid, gid } = account
  const args = ['-c', script, 'sh', ...tests.map(({ path }) => path)]
  return spawnSync('/bin/sh', args, { uid, gid, cwd: '/', env: programEnvironment() }).status === 0
}

function ownerOf(path: string): { uid: number; gid: number } | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && { uid: found.uid, gid: found.gid }
}

function lookUp(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? idOf(name)
  return uid === undefined ? undefined : { name, uid: Number(uid), gid: Number(gid) }
}

/** Finds users that are not in /etc/passwd but in a directory service. */
function idOf(name: string): readonly (string | undefined)[] {
  const ask = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' })
  const uid = ask('-u')
  return uid.status === 0 ? ['', '', uid.stdout.trim(), ask('-g').stdout.trim()] : []
}
