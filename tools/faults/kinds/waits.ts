/** Ctrl-C or SIGTERM while a run waits for something that will not come for a long time, each thing that a run can wait for. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case, Kind } from '../kind.ts'
import type { Lab, Plan } from '../lab.ts'
import { ORDINARY, type PlanData, SLOW_INDEX, SLOW_JAVASCRIPT, SLOW_STATEMENT } from '../plans.ts'
import { type Signalled, signal, WAYS } from '../signalled.ts'
import { type Scene, type Stage, type Trial, tried } from '../trial.ts'

interface Wait {
  readonly what: string
  readonly plan: PlanData
  /** Makes the thing to wait for before the run begins. */
  readonly prepare?: (stage: Stage) => Promise<void>
  /** Resolves when the run waits. */
  readonly reached: (scene: Scene) => Promise<unknown>
  /** Ends the thing that was waited for, when the run has ended. */
  readonly release?: (scene: Scene) => Promise<unknown>
  /** False where nobody can be asked what became of the run. Default true. */
  readonly knowable?: false
}

const LOCK = 'select pg_advisory_xact_lock(1986361953, 1)'

const said =
  (pattern: RegExp) =>
  async ({ run }: Scene) =>
    run.said(pattern)
const connecting = async ({ proxy }: Scene): Promise<void> => {
  while (proxy.links.length === 0) await sleep(5)
}

const WAITS: readonly Wait[] = [
  {
    what: 'while it connects and nothing answers',
    plan: ORDINARY,
    prepare: async ({ proxy }) => {
      proxy.newcomers = 'silent'
    },
    reached: connecting,
  },
  { what: 'in a statement of a transaction', plan: SLOW_STATEMENT, reached: said(/core\/001/) },
  {
    what: 'in a statement, while the network brings nothing any more',
    plan: SLOW_STATEMENT,
    knowable: false,
    reached: async (scene) => {
      await said(/core\/001/)(scene)
      scene.proxy.newcomers = 'silent'
      for (const link of scene.proxy.links) link.silence()
    },
    release: async ({ proxy }) => {
      for (const link of proxy.links) link.cut()
    },
  },
  { what: 'while a migration awaits something of its own', plan: SLOW_JAVASCRIPT, reached: said(/core\/001/) },
  {
    what: "while it waits for another run's lock",
    plan: ORDINARY,
    prepare: async ({ database }) => void (await database.client.query(`begin; ${LOCK}`)),
    reached: said(/waiting for another run/),
    release: ({ database }) => database.client.query('rollback'),
  },
  {
    what: 'while an index that is built concurrently waits for an old snapshot',
    plan: SLOW_INDEX,
    prepare: async ({ database }) =>
      void (await database.client.query('begin isolation level repeatable read; select 1')),
    reached: said(/waits for a lock|core\/002/),
    release: ({ database }) => database.client.query('rollback'),
  },
]

export const waits: Kind = {
  name: 'waits',
  about:
    'SIGINT, SIGTERM, or SIGINT twice while the run connects, runs a long statement (on a network that falls silent, too), awaits something in JavaScript, waits for the lock or builds an index',
  cases: async (lab) => {
    const cases: Case[] = []
    for (const wait of WAITS)
      for (const way of WAYS)
        cases.push({
          what: `${way.join(' and ')} ${wait.what}`,
          run: async () => tried(lab, await signalledIn(lab, wait, way)),
        })
    return cases
  },
}

async function signalledIn(lab: Lab, wait: Wait, way: Signalled['way']): Promise<Trial> {
  const plan: Plan = await lab.plan(wait.plan)
  const signalled: Signalled = { way }
  return {
    plan,
    direction: 'up',
    knowable: way.length === 1 && wait.knowable !== false,
    prepare: wait.prepare,
    meanwhile: async (scene) => {
      // A run that ends before it waits has nothing to be interrupted in: that is asked below.
      await Promise.race([wait.reached(scene), scene.run.ended])
      await sleep(150)
      signal(scene.run.child, signalled)
    },
    afterwards: async (scene) => {
      await wait.release?.(scene)
      scene.proxy.newcomers = 'served'
    },
    asks: (ended) => [
      ...(signalled.late?.(ended) ?? []),
      ...(ended.exitCode === 0 ? ['it went on to the end as if nobody had interrupted it'] : []),
    ],
    env: { LAB_SLOW_MS: '20000' },
  }
}
