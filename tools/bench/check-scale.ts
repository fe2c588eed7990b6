/**
 * Measures how time and memory grow with the number of migrations: how long each phase of `check` takes on a generated workspace and on one
 * with a quarter of its domains, and how much memory `lock` takes at its peak.
 *
 *     node -C @veza/source tools/bench/check-scale.ts [--domains 200] [--migrations 10] [--lock 10000]
 *
 * If the time is linear, four times the migrations take four times as long. `--domains 0` leaves `check` out, `--lock 0` leaves `lock` out.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { check } from '../../packages/migrator/src/check/check.ts'
import { formatLockfile, LOCKFILE } from '../../packages/migrator/src/workspace/lockfile.ts'
import { planLock } from '../../packages/migrator/src/workspace/relock.ts'
import { readWorkspaceFiles, renderAll } from '../../packages/migrator/src/workspace/workspace.ts'
import { type LockPeak, peakOfLock } from './lock-peak.ts'
import { type CheckTimes, scaleLines } from './scale-table.ts'
import { generateWorkspace, type Size } from './scale-workspace.ts'

/** The times of the phases of one check; the last entry is the whole check. */
export async function timesOfCheck(size: Size): Promise<CheckTimes> {
  const root = generateWorkspace(size)
  try {
    const layout = readWorkspaceFiles(root)
    const { lines } = planLock(layout, await renderAll(layout.files), { update: false })
    writeFileSync(join(root, LOCKFILE), formatLockfile(lines))
    const startedAt = performance.now()
    const { proofs } = await check({ from: root, base: false, postgres: [], signal: new AbortController().signal })
    const phases = proofs.map(({ name, durationMs }) => ({ name, durationMs }))
    return {
      ...size,
      phases: [...phases, { name: 'check in all', durationMs: performance.now() - startedAt }],
      findings: proofs.reduce((sum, { findings }) => sum + findings.length, 0),
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { domains: text, migrations: text, lock: text } })
  const domains = Number(values.domains ?? 200)
  const migrations = Number(values.migrations ?? 10)
  const locked = Number(values.lock ?? 10_000)
  const times: CheckTimes[] = []
  for (const count of domains > 0 ? [Math.ceil(domains / 4), domains] : [])
    times.push(await timesOfCheck({ domains: count, migrations }))
  const peaks: LockPeak[] = locked > 0 ? [await peakOfLock(locked)] : []
  for (const line of scaleLines(times, peaks)) console.log(line)
}
