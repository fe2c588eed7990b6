/**
 * The OS user that the server runs as. PostgreSQL refuses root, so root runs it as the user `postgres`, made when missing;
 * data that an ordinary user made before stay that user's. An ordinary user runs it as itself: no account.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
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

/** Asks as that user: nothing else knows modes, groups, access lists and mount options together. */
export function can(account: Account | undefined, tests: readonly { flag: '-x' | '-r'; path: string }[]): boolean {
  if (account === undefined) return true
  const script = tests.map(({ flag }, at) => `test ${flag} "$${at + 1}"`).join(' && ')
  const { uid, gid } = account
  return (
    spawnSync('/bin/sh', ['-c', script, 'sh', ...tests.map(({ path }) => path)], { uid, gid, cwd: '/' }).status === 0
  )
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

/** Users that are not in the file but in a directory service. */
function idOf(name: string): readonly (string | undefined)[] {
  const ask = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' })
  const uid = ask('-u')
  return uid.status === 0 ? ['', '', uid.stdout.trim(), ask('-g').stdout.trim()] : []
}
