/** Runs through PgBouncer, undisturbed, killed, several at once: what needs a session of its own is refused before anything runs. */
import { type FaultProxy, faultProxy } from '../../tcp-proxy/fault-proxy.ts'
import { claimOf } from '../claim.ts'
import type { Case, Kind, Observed } from '../kind.ts'
import type { Lab } from '../lab.ts'
import { inconsistencies, untruths } from '../oracle.ts'
import { isInstalled, pgbouncer } from '../pgbouncer.ts'
import { MIXED, ORDINARY, type PlanData } from '../plans.ts'
import { type Ended, startMigrator } from '../process.ts'
import type { Random } from '../random.ts'
import { leftBehind, stateOf } from '../state.ts'
import { recovered } from '../trial.ts'

const POOLINGS = ['transaction', 'session'] as const
const DEEDS = ['undisturbed', 'killed', 'cut', 'four at once'] as const

export const poolers: Kind = {
  name: 'poolers',
  about: 'runs through PgBouncer with transaction and with session pooling: undisturbed, killed, cut, four at once',
  missing: async () =>
    isInstalled() ? undefined : 'pgbouncer is not installed (Debian has it as a package of that name)',
  cases: async () =>
    POOLINGS.flatMap((pooling) =>
      [ORDINARY, MIXED].flatMap((plan) =>
        DEEDS.map(
          (deed): Case => ({
            what: `${plan.name} through ${pooling} pooling, ${deed}`,
            run: (lab, random) => pooled(lab, { pooling, data: plan, deed }, random),
          }),
        ),
      ),
    ),
}

interface Pooled {
  readonly pooling: (typeof POOLINGS)[number]
  readonly data: PlanData
  readonly deed: (typeof DEEDS)[number]
}

async function pooled(lab: Lab, { pooling, data, deed }: Pooled, random: Random): Promise<Observed> {
  const plan = await lab.plan(data)
  await using database = await lab.database()
  await using pooler = await pgbouncer(lab.server, pooling)
  const at = 1 + random.below(110)
  let harm: () => void = () => {}
  await using proxy: FaultProxy = await faultProxy(pooler.urlFor(database.name), ({ side, number, message }) =>
    side === 'client' && number === at && (deed === 'killed' || deed === 'cut')
      ? { bytes: message.bytes.length, act: (link) => (deed === 'cut' ? link.cut() : harm()) }
      : undefined,
  )
  const run = () => startMigrator(['up'], { workspace: plan.root, url: proxy.url, boundMs: 60_000 })
  const runs = deed === 'four at once' ? [run(), run(), run(), run()] : [run()]
  harm = () => void runs[0]?.child.kill('SIGKILL')
  const ends = await Promise.all(runs.map(({ ended }) => ended))
  const left = await leftBehind(database.client, 15_000, { idleMayStay: true })
  const state = await stateOf(database.client)
  const wrong = [
    ...left.map((what) => `left behind: ${what}`),
    ...inconsistencies(plan, state),
    ...ends.flatMap((ended) => {
      const claim = claimOf(ended)
      // Of several runs, each says what it did itself; the database has what all of them did.
      if (runs.length > 1) return claim.kind === 'wrong' ? [claim.why] : []
      return untruths(claim, plan, state, { direction: 'up', before: 0, knowable: true })
    }),
    ...(data === MIXED && state.finished.length > 0
      ? ['a plan that needs a session of its own was begun through a pooler']
      : []),
    ...(await recovered(database, plan, { idleMayStay: true })),
  ]
  return { wrong: wrong.length === 0 ? [] : [...wrong, ...ends.map(told)], said: claimOf(ends[0] as Ended).kind }
}

const told = ({ exitCode, signal, stderr }: Ended): string =>
  `a run ended with ${signal ?? `exit code ${exitCode}`}:\n${stderr}`
