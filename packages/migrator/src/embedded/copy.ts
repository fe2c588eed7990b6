/**
 * Binaries that the server's user can run: the installed ones, or a copy of them where that user cannot reach or read them (a checkout
 * below /root, an installation under umask 077) or where their library links cannot be made (a read-only node_modules).
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

/** Call it under the mutex and while no server runs in `home`: copies of other versions are removed. */
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
  // A copy that was killed half-way has another name and goes with the next one.
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

/** Everybody may read the copy, whatever the modes of the original and the umask. */
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
