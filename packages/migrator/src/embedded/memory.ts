/**
 * Data in memory, for servers whose data are thrown away: `/dev/shm/veza-<uid>-<hash of dir>/postgres`, where that is a file system in
 * memory with room. They begin as a copy of the cluster that is kept on disk (an initdb takes ten times as long), and are removed with
 * the last lease, since memory is not for keeping. What a killed process left is removed by the next run, of whatever workspace.
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
import type { Location } from './location.ts'

const MEMORY = '/dev/shm'
const TMPFS = 0x01021994
const PREFIX = 'veza-'
/** In each folder, beside the data: whose they are. */
const CLAIM = 'claim'

/** Where the data of `dir` are while they are in memory, whether they are or not. */
export function memoryLocation({ dir, home, account }: Location): Location {
  const hash = createHash('sha256').update(identity(dir)).digest('hex').slice(0, 12)
  // Root in somebody's checkout finds what that user has.
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

/** A copy of a cluster that nobody runs. False where it cannot be made: then the data stay on disk. */
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
    if (spawnSync('cp', ['-R', `${cluster}/.`, data], { ...server, cwd: '/' }).status === 0) {
      rmSync(join(data, 'postmaster.pid'), { force: true })
      return true
    }
  } catch {
    // No permission, or a folder of somebody else stands there.
  }
  removeFromMemory(memory)
  return false
}

/** Best effort: what root made, an ordinary user cannot remove. */
export function removeFromMemory(location: Pick<Location, 'data' | 'account'>): void {
  if (!isOurs(location)) return
  try {
    rmSync(dirname(location.data), { recursive: true, force: true })
  } catch {
    // The data stay on disk then: see copyToMemory.
  }
}

/** /dev/shm is open to everybody: a folder that this user, root or the user that root runs the server as did not make counts for nothing. */
export function isOurs({ data, account }: Pick<Location, 'data' | 'account'>): boolean {
  const found = lstatSync(dirname(data), { throwIfNoEntry: false })
  return (
    found?.isDirectory() === true &&
    [0, process.getuid?.(), account?.uid].includes(found.uid) &&
    (found.mode & 0o022) === 0
  )
}

/** Data folders in memory whose `dir` is gone, and with it everybody who would have removed them. */
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

/** Containers may share /dev/shm and have other folders under the same paths. */
function identity(dir: string): string {
  const found = statSync(dir, { throwIfNoEntry: false })
  return `${dir} ${found?.dev} ${found?.ino}`
}

/** Only who sees the same folders can tell that one is gone. */
const mounts = (): string => readlinkSync('/proc/self/ns/mnt')
