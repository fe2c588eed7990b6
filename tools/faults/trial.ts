/**
 * One fault: a database in a known state, a run through the proxy, harm, and then the questions. Is the database as its history says? Is it
 * as the run said? Is nobody left? Does the next `up`, without the proxy, lead to the same state as a run that nothing disturbed?
 */
import { type FaultProxy, faultProxy, type Passing, type Stop } from '../tcp-proxy/fault-proxy.ts'
import { claimOf } from './claim.ts'
import type { Observed } from './kind.ts'
import type { Lab, LabDatabase, Plan } from './lab.ts'
import { differences, inconsistencies, untruths } from './oracle.ts'
import { type Ended, type Running, startMigrator } from './process.ts'
import { type Left, leftBehind, stateOf } from './state.ts'

export interface Trial {
  readonly plan: Plan
  readonly direction: 'up' | 'down'
  /** How many migrations are applied before; default none for `up`, all for `down`. */
  readonly before?: number
  readonly options?: readonly string[]
  /** Where the database is; default where the server has all others. */
  readonly tablespace?: string
  /** May be asked to wait at a message; `run` is the process. */
  readonly watch?: (passing: Passing, scene: Scene) => Stop | undefined
  /** Called before the process is started. */
  readonly prepare?: ((stage: Stage) => Promise<void>) | undefined
  /** Called when the process has been started. */
  readonly meanwhile?: (scene: Scene) => Promise<void>
  /** Called when the process has ended, before the database is looked at. */
  readonly afterwards?: (scene: Scene) => Promise<void>
  readonly env?: Readonly<Record<string, string>>
  /** How long the process may take; default 30,000. */
  readonly boundMs?: number
  /** How long its sessions may outlive it; default 15,000. */
  readonly sessionsMs?: number
  readonly left?: Left
  /** Default true. */
  readonly knowable?: boolean
  /** A fault that a run need not survive but must refuse: further questions about how it ended. */
  readonly asks?: (ended: Ended) => readonly string[]
}

export interface Stage {
  readonly proxy: FaultProxy
  readonly database: LabDatabase
}

export interface Scene extends Stage {
  readonly run: Running
}

const NEXT_RUN_MS = 60_000

export async function tried(lab: Lab, trial: Trial): Promise<Observed> {
  const { plan, direction, options = [], boundMs = 30_000, knowable = true } = trial
  const before = trial.before ?? (direction === 'up' ? 0 : plan.migrations.length)
  await using database = await lab.database({
    plan,
    applied: before,
    ...(trial.tablespace && { tablespace: trial.tablespace }),
  })
  let scene: Scene | undefined
  await using proxy = await faultProxy(database.url, (passing) => scene && trial.watch?.(passing, scene))
  await trial.prepare?.({ proxy, database })
  const words = direction === 'up' ? ['up', ...options] : ['down', '--all', '--yes', ...options]
  const run = startMigrator(words, {
    workspace: plan.root,
    url: proxy.url,
    boundMs,
    ...(trial.env && { env: trial.env }),
  })
  scene = { run, proxy, database }
  const [ended] = await Promise.all([run.ended, trial.meanwhile?.(scene)])
  await trial.afterwards?.(scene)
  const claim = claimOf(ended)
  const left = await leftBehind(database.client, trial.sessionsMs ?? 15_000, trial.left)
  const state = await stateOf(database.client)
  const wrong = [
    ...left.map((what) => `left behind: ${what}`),
    ...inconsistencies(plan, state),
    ...untruths(claim, plan, state, { direction, before, knowable }),
    ...(ended.exitCode === 2 ? ['it was refused as a wrong use, so nothing was tried'] : []),
    ...(trial.asks?.(ended) ?? []),
  ]
  return {
    wrong: [...wrong, ...(await recovered(database, plan, trial.left))].concat(wrong.length > 0 ? [told(ended)] : []),
    said: claim.kind,
  }
}

/** The next run goes to the server itself and finishes. */
export async function recovered(database: LabDatabase, plan: Plan, left: Left = {}): Promise<string[]> {
  const again = startMigrator(['up'], { workspace: plan.root, url: database.url, boundMs: NEXT_RUN_MS })
  const ended = await again.ended
  if (ended.exitCode !== 0) return [`the next up failed: ${told(ended)}`]
  const state = await stateOf(database.client)
  const wrong = differences(plan.prefixes.at(-1) ?? [], state.lines)
  return [
    ...inconsistencies(plan, state),
    ...(wrong.length === 0
      ? []
      : [`after the next up the database is not as after an undisturbed one:\n${wrong.join('\n')}`]),
    ...(await leftBehind(database.client, 5000, left)).map((what) => `left behind by the next up: ${what}`),
  ]
}

const told = ({ exitCode, signal, stdout, stderr }: Ended): string =>
  `the process ended with ${signal ?? `exit code ${exitCode}`} and said:\n${`${stderr}${stdout}`.slice(0, 1500)}`
