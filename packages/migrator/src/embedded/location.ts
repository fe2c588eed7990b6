/**
 * Where the data are: in `<dir>/postgres`. There is one exception: if root runs the command and the server's user cannot enter `dir` (it is
 * below a folder with mode 700, for example), the data are in `/var/tmp/veza-<hash of dir>/postgres`. The file `<dir>/OUTSIDE.md` says so
 * and is the claim to those data: if `dir` is removed, the data count as abandoned.
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
  /** The real path of the folder that the caller named. It holds the lock, the leases and the log. */
  readonly dir: string
  /** The folder that holds the data and, if the installed binaries cannot be used, a copy of them. */
  readonly home: string
  readonly data: string
  readonly account: Account | undefined
  /** True if `home` holds data that `dir` no longer claims. */
  readonly abandoned: boolean
}

const POINTER = 'OUTSIDE.md'

export const lockFolder = (dir: string) => join(dir, 'lock')
export const leaseFolder = (dir: string) => join(dir, 'leases')

/**
 * `dir` is a path that `ownFolder` returned. Call this while holding the mutex of `dir`, since abandoned data are removed afterwards.
 * Throws EmbeddedAccountError, EmbeddedFolderError.
 */
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

/** Writes OUTSIDE.md if the data are outside `dir`. Call this after the cluster is made. */
export function claim({ dir, home, account }: Location): void {
  if (home === dir) return
  const text =
    `The data of the embedded database are in\n\n    ${home}\n\n` +
    `because the user "${account?.name}", which the server runs as, cannot enter this folder.\n` +
    'If this file is removed, they are taken for leftovers and made anew.\n'
  writeFileSync(join(dir, POINTER), text)
}

/** Makes the folder if it is missing and returns its real path. Throws EmbeddedFolderError. */
export function ownFolder(asked: string): string {
  const folder = resolve(asked)
  try {
    const first = mkdirSync(folder, { recursive: true })
    // The umask may be strict, but the server's user has to enter every folder that was made here.
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

/**
 * Makes a folder of root that other users may enter but not change. Everybody may write to /var/tmp, so another user may have made a folder
 * under this name: such a folder is refused.
 */
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
