/** A file system of a few megabytes that can be filled and emptied. Only root may mount one. */
import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabServer } from './server.ts'

const MEGABYTE = 2 ** 20

export interface SmallDisk extends Disposable {
  /** Belongs to the user that the server runs as. */
  readonly folder: string
  /** Fills the disk until only so much is left. */
  fill(leave: { readonly kilobytes: number }): void
  empty(): void
}

/** Why there can be no small disk here; undefined if there can. */
export function whyNoSmallDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a small disk'
  const folder = '/dev/shm/veza-lab-mount'
  mkdirSync(folder, { recursive: true })
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0
  if (mounted) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true, force: true })
  return mounted ? undefined : 'mounting is not allowed here'
}

export function smallDisk(server: LabServer, megabytes: number): SmallDisk {
  const folder = join(server.folder, `disk-${process.hrtime.bigint()}`)
  mkdirSync(folder)
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  if (status !== 0) throw new Error(`the small disk could not be mounted: ${stderr}`)
  const { uid, gid } = statSync(server.dataDir)
  chownSync(folder, uid, gid)
  const ballast = join(folder, 'ballast')
  const empty = () => rmSync(ballast, { force: true })
  return {
    folder,
    fill: ({ kilobytes }) => {
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(
        ballast,
        Buffer.alloc(Math.min(Math.max(0, bavail * bsize - kilobytes * 1024), megabytes * MEGABYTE)),
      )
    },
    empty,
    [Symbol.dispose]: () => {
      // Lazily: the server may still have a file open there.
      spawnSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
