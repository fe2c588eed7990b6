/** The disk of the database, or of the write-ahead log, runs full in a statement, in the commit, or in an index build. */

import { spawnSync } from 'node:child_process'
import { cpSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Case, Kind } from '../kind.ts'
import { Lab, type Plan } from '../lab.ts'
import { BIG_AT_COMMIT, BIG_INDEX, BIG_STATEMENT, type PlanData } from '../plans.ts'
import { labServer } from '../server.ts'
import { smallDisk, whyNoSmallDisk } from '../small-disk.ts'
import { tried } from '../trial.ts'

interface Full {
  readonly what: string
  readonly plan: PlanData
  readonly before: number
  readonly leaveKilobytes: number
}

const FULL: readonly Full[] = [
  { what: 'in a statement', plan: BIG_STATEMENT, before: 0, leaveKilobytes: 4000 },
  { what: 'in the commit', plan: BIG_AT_COMMIT, before: 0, leaveKilobytes: 4000 },
  { what: 'in the commit of the way down', plan: BIG_AT_COMMIT, before: 3, leaveKilobytes: 4000 },
  { what: 'in an index build', plan: BIG_INDEX, before: 1, leaveKilobytes: 300 },
  { what: 'before the first statement', plan: BIG_STATEMENT, before: 0, leaveKilobytes: 0 },
]

export const fullDisk: Kind = {
  name: 'full-disk',
  about: 'the disk of the database or of the write-ahead log full in a statement, in the commit, in an index build',
  lanes: 1,
  missing: async () => whyNoSmallDisk(),
  cases: async () => [...FULL.map(ofData), ...FULL.slice(0, 3).map(ofLog)],
}

const ofData = ({ what, plan: data, before, leaveKilobytes }: Full): Case => ({
  what: `the disk of the database is full ${what}`,
  run: async (lab) => {
    using disk = smallDisk(lab.server, 64)
    const plan = await lab.plan(data)
    const tablespace = `small_${Date.now()}`
    await lab.admin(`create tablespace ${tablespace} location '${disk.folder}'`)
    try {
      return await tried(lab, {
        ...{ plan, before, tablespace },
        direction: what.includes('down') ? 'down' : 'up',
        prepare: async () => disk.fill({ kilobytes: leaveKilobytes }),
        asks: failed,
        afterwards: async () => disk.empty(),
      })
    } finally {
      await lab.admin(`drop tablespace ${tablespace}`).catch(() => {})
    }
  },
})

/** A server that cannot write its log ends at once; when there is room again, it is started and recovers. */
const ofLog = ({ what, plan: data, before }: Full): Case => ({
  what: `the disk of the write-ahead log is full ${what}`,
  run: async () => {
    await using server = await labServer()
    using disk = smallDisk(server, 160)
    await server.crash()
    moveLog(server.dataDir, disk.folder)
    await server.start()
    await using lab = new Lab(server)
    const plan: Plan = await lab.plan(data)
    const direction = what.includes('down') ? 'down' : 'up'
    return await tried(lab, {
      ...{ plan, before, direction },
      knowable: false,
      prepare: async () => disk.fill({ kilobytes: 100 }),
      asks: failed,
      afterwards: async ({ database }) => {
        disk.empty()
        await server.crash()
        await server.start()
        await database.reconnect()
      },
    })
  },
})

function moveLog(dataDir: string, folder: string): void {
  const [log, target] = [join(dataDir, 'pg_wal'), join(folder, 'pg_wal')]
  cpSync(log, target, { recursive: true })
  spawnSync('chown', ['-R', '--reference', dataDir, target])
  renameSync(log, `${log}.old`)
  symlinkSync(target, log)
  rmSync(`${log}.old`, { recursive: true })
}

const failed = ({ exitCode }: { readonly exitCode: number | null }): readonly string[] =>
  exitCode === 0 ? ['the disk was not full enough: the run ended with exit code 0'] : []
