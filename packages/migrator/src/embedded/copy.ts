/**
 * Binaries that the server's user can run: the installed ones, or a copy of them. A copy is needed if that user cannot reach or read the
 * installed ones (a checkout below /root, an installation under umask 077) or if their library links cannot be made (a read-only
 * node_modules).
 */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Account, can } from './account.ts'
import { type Binaries, linkLibraries, program } from './binaries.ts'

/** Call this while holding the mutex and while no server runs in `home`, since it removes copies of other versions. */
export function usableBinaries(
  found: Binaries,
  { home, account }: { home: string; account: Account | undefined },
): Binaries {
  if (linkLibraries(found) && canRun(account, found)) return found
  const name = `binaries-${found.packageVersion}`
  const copied = { ...found, native: join(home, name) }
  for (const other of readdirSync(home)) {
    if (other.startsWith('binaries-') && other !== name) rmSync(join(home, other), { recursive: true, force: true })
  }
  if (existsSync(copied.native)) return copied
  // A copy is made under a temporary name. If the process is killed before the copy is complete, the loop above removes it the next time.
  const fresh = { ...found, native: `${copied.native}.new-${process.pid}` }
  copyReadable(found.native, fresh.native)
  linkLibraries(fresh)
  renameSync(fresh.native, copied.native)
  return copied
}

function canRun(account: Account | undefined, binaries: Binaries): boolean {
  const postgres = program(binaries, 'postgres')
  return can(account, [
    { flag: '-x', path: postgres },
    { flag: '-r', path: postgres },
    { flag: '-x', path: join(binaries.native, 'lib') },
    { flag: '-x', path: join(binaries.native, 'share') },
  ])
}

/** Makes a copy that every user may read, independent of the modes of the original and of the umask. */
function copyReadable(from: string, to: string): void {
  mkdirSync(to)
  chmodSync(to, 0o755)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isDirectory()) copyReadable(source, target)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else {
      copyFileSync(source, target, constants.COPYFILE_FICLONE)
      chmodSync(target, (statSync(source).mode & 0o100) === 0 ? 0o644 : 0o755)
    }
  }
}
