/**
 * Data in memory, for servers whose data are thrown away: `/dev/shm/veza-<uid>-<hash of dir>/postgres`, if /dev/shm is a file system in
 * memory with enough room. The data begin as a copy of the cluster that is kept on disk (an initdb takes ten times as long) and are removed
 * with the last lease. If a process is killed before that, the next run in the same workspace removes its data; if the workspace is gone,
 * the next run in any other workspace does.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { programEnvironment } from './environment.ts'
import type { Location } from './location.ts'

const MEMORY = '/dev/shm'
const TMPFS = 0x01021994
const PREFIX = 'veza-'
/** A file next to the data that says which `dir` the data belong to. */
const CLAIM = 'claim'

/** The place in memory for the data of `dir`. It is the same whether or not data are there now. */
export function memoryLocation({ dir, home, account }: Location): Location {
  const hash = createHash('sha256').update(identity(dir)).digest('hex').slice(0, 12)
  // If root runs in the checkout of another user, root uses the same place as that user.
  const uid = account?.uid ?? process.getuid?.()
  return { dir, home, account, data: join(MEMORY, `${PREFIX}${uid}-${hash}`, 'postgres'), abandoned: false }
}

export function hasRoomInMemory(mb: number, folder = MEMORY): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(folder)
    return type === TMPFS && bavail * bsize >= mb * 2 ** 20
  } catch {
    return false
  }
}

/** Copies a cluster on which no server runs. False if the copy cannot be made; the caller then uses the data on disk. */
export function copyToMemory(cluster: string, memory: Location): boolean {
  const { dir, data, account } = memory
  const folder = dirname(data)
  removeFromMemory(memory)
  try {
    mkdirSync(folder)
    chmodSync(folder, account === undefined ? 0o700 : 0o711)
    writeFileSync(join(folder, CLAIM), JSON.stringify({ dir, identity: identity(dir), mounts: mounts() }))
    mkdirSync(data, { mode: 0o700 })
    if (account !== undefined) chownSync(data, account.uid, account.gid)
    const server = account && { uid: account.uid, gid: account.gid }
    const env = programEnvironment()
    if (spawnSync('cp', ['-R', `${cluster}/.`, data], { ...server, cwd: '/', env }).status === 0) {
      rmSync(join(data, 'postmaster.pid'), { force: true })
      return true
    }
  } catch {
    // There is no permission, or the folder exists and belongs to another user.
  }
  removeFromMemory(memory)
  return false
}

/** Ignores failures, since an ordinary user cannot remove a folder that root made. */
export function removeFromMemory(location: Pick<Location, 'data' | 'account'>): void {
  if (!isOurs(location)) return
  try {
    rmSync(dirname(location.data), { recursive: true, force: true })
  } catch {
    // While the folder exists, copyToMemory answers false and the data stay on disk.
  }
}

/** Everybody may write to /dev/shm, so a folder counts only if this user, root or the server's user owns it and nobody else may write. */
export function isOurs({ data, account }: Pick<Location, 'data' | 'account'>): boolean {
  const found = lstatSync(dirname(data), { throwIfNoEntry: false })
  return (
    found?.isDirectory() === true &&
    [0, process.getuid?.(), account?.uid].includes(found.uid) &&
    (found.mode & 0o022) === 0
  )
}

/** Data folders in memory whose `dir` is gone, so that no run in that workspace will remove them. */
export function leftInMemory(): readonly Pick<Location, 'data' | 'account'>[] {
  try {
    return readdirSync(MEMORY)
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => ({ data: join(MEMORY, name, 'postgres'), account: undefined }))
      .filter((left) => isOurs(left) && isLeft(dirname(left.data)))
  } catch {
    return []
  }
}

function isLeft(folder: string): boolean {
  try {
    const claim = JSON.parse(readFileSync(join(folder, CLAIM), 'utf8'))
    return claim.mounts === mounts() && claim.identity !== identity(claim.dir)
  } catch {
    return false
  }
}

/** The path alone is not enough: containers may share /dev/shm and have different folders under the same path. */
function identity(dir: string): string {
  const found = statSync(dir, { throwIfNoEntry: false })
  return `${dir} ${found?.dev} ${found?.ino}`
}

/** The mount namespace of this process. Only processes in the same namespace see the same folders and can say that one is gone. */
const mounts = (): string => readlinkSync('/proc/self/ns/mnt')
