/**
 * Where the data are: `<dir>/postgres`. Only when root's checkout lies where the server's user cannot enter (below a folder with mode
 * 700, say) they are in `/var/tmp/veza-<hash of dir>/postgres`, and `<dir>/OUTSIDE.md` says so. Removing `dir` removes the claim to them.
 */
import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { reason } from '../errors.ts'
import { type Account, can, isRoot, serverAccount } from './account.ts'
import { EmbeddedFolderError } from './errors.ts'

export interface Location {
  /** The real path of the folder that was asked for: lock, leases and log. */
  readonly dir: string
  /** The folder that holds the data and, where the package's are not usable, a copy of the binaries. */
  readonly home: string
  readonly data: string
  readonly account: Account | undefined
  /** True when `home` has data that no `dir` claims any more. */
  readonly abandoned: boolean
}

const POINTER = 'OUTSIDE.md'

export const lockFolder = (dir: string) => join(dir, 'lock')
export const leaseFolder = (dir: string) => join(dir, 'leases')

/** Call it under the mutex of `dir`, the answer of `ownFolder`: what it finds decides what is removed. */
export function locate(dir: string): Location {
  const inside = join(dir, 'postgres')
  const account = serverAccount(inside)
  if (account === undefined) return { dir, home: dir, data: ownData(inside), account, abandoned: false }
  if (existsSync(inside)) return { dir, home: dir, data: inside, account, abandoned: false }
  const outside = `/var/tmp/veza-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`
  const data = join(outside, 'postgres')
  if (existsSync(join(dir, POINTER))) return { dir, home: rootOnly(outside), data, account, abandoned: false }
  if (can(account, [{ flag: '-x', path: dir }])) return { dir, home: dir, data: inside, account, abandoned: false }
  const abandoned = existsSync(outside)
  return { dir, home: rootOnly(outside), data, account, abandoned }
}

/** Written once the data are there and are this folder's. */
export function claim({ dir, home, account }: Location): void {
  if (home === dir) return
  const text =
    `The data of the embedded database are in\n\n    ${home}\n\n` +
    `because the user "${account?.name}", which the server runs as, cannot enter this folder.\n` +
    'If this file is removed, they are taken for leftovers and made anew.\n'
  writeFileSync(join(dir, POINTER), text)
}

/** Makes the folder when missing and gives its real path. */
export function ownFolder(asked: string): string {
  const folder = resolve(asked)
  try {
    const first = mkdirSync(folder, { recursive: true })
    // Whatever the umask: the server's user has to pass all that was made.
    for (let made = folder; first !== undefined && made.length >= first.length; made = dirname(made))
      chmodSync(made, 0o755)
    const dir = realpathSync(folder)
    for (const used of [dir, lockFolder(dir), leaseFolder(dir)]) {
      if (used === dir || existsSync(used)) accessSync(used, constants.W_OK | constants.X_OK)
    }
    return dir
  } catch (cause) {
    const remedy = 'Run as its owner, or remove it (sudo rm -rf) to start anew.'
    throw new EmbeddedFolderError(
      {
        folder,
        problem: `is not writable for this user (${reason(cause)})`,
        remedy,
      },
      cause,
    )
  }
}

function ownData(data: string): string {
  const found = statSync(data, { throwIfNoEntry: false })
  if (found === undefined || isRoot() || process.getuid === undefined || found.uid === process.getuid()) return data
  const remedy = 'Run as that user, or remove the folder (sudo rm -rf) to start anew.'
  throw new EmbeddedFolderError({ folder: data, problem: `belongs to another user (uid ${found.uid})`, remedy })
}

/** A folder of root's that others may pass through but not change. /var/tmp is open to everybody, so one that was planted is refused. */
function rootOnly(folder: string): string {
  mkdirSync('/var/tmp', { recursive: true })
  try {
    mkdirSync(folder)
    chmodSync(folder, 0o711)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = lstatSync(folder)
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return folder
  const remedy = 'Remove it and run the command again.'
  throw new EmbeddedFolderError({ folder, problem: 'was not made by root, so data do not go there', remedy })
}
