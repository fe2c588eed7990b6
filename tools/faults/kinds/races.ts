/** 8 to 16 runners at once on one database: of `up` alone, or of `up` and `down`, some of them killed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { claimOf } from '../claim.ts'
import type { Case, Kind, Observed } from '../kind.ts'
import type { Lab } from '../lab.ts'
import { inconsistencies } from '../oracle.ts'
import { MIXED, ORDINARY, type PlanData } from '../plans.ts'
import { type Ended, startMigrator } from '../process.ts'
import type { Random } from '../random.ts'
import { leftBehind, stateOf } from '../state.ts'
import { recovered } from '../trial.ts'

interface Race {
  readonly plan: PlanData
  readonly runners: number
  readonly downs: boolean
  readonly kills: boolean
}

const RACES: readonly Race[] = [ORDINARY, MIXED].flatMap((plan) =>
  [8, 12, 16].flatMap((runners) =>
    [false, true].flatMap((downs) => [false, true].map((kills) => ({ plan, runners, downs, kills }))),
  ),
)

export const races: Kind = {
  name: 'races',
  about: '8 to 16 runners at once on one database, of `up` alone or of `up` and `down`, some of them killed in between',
  lanes: 1,
  cases: async () =>
    RACES.map(
      (race): Case => ({
        what: `${race.runners} runners of ${race.plan.name}${race.downs ? ', up and down' : ''}${race.kills ? ', some killed' : ''}`,
        run: (lab, random) => raced(lab, race, random),
      }),
    ),
}

async function raced(lab: Lab, { plan: data, runners, downs, kills }: Race, random: Random): Promise<Observed> {
  const plan = await lab.plan(data)
  await using database = await lab.database()
  const run = async (index: number): Promise<Ended> => {
    await sleep(random.below(400))
    const isDown = downs && index % 3 === 2
    const words = isDown ? ['down', '--all', '--yes'] : ['up']
    const { child, ended } = startMigrator(words, { workspace: plan.root, url: database.url, boundMs: 120_000 })
    if (kills && index % 4 === 1) setTimeout(() => child.kill('SIGKILL'), 300 + random.below(2500))
    return ended
  }
  const ends = await Promise.all(Array.from({ length: runners }, (_, index) => run(index)))
  const left = await leftBehind(database.client, 15_000)
  const state = await stateOf(database.client)
  const claims = ends.map(claimOf)
  const wrong = [
    ...claims.flatMap((claim) => (claim.kind === 'wrong' ? [claim.why] : [])),
    ...left.map((what) => `left behind: ${what}`),
    ...inconsistencies(plan, state),
    ...ends.flatMap(failedWrongly),
    ...(downs || kills
      ? []
      : onceEach(
          ends,
          plan.migrations.map(({ id }) => id),
        )),
    ...(await recovered(database, plan)),
  ]
  return { wrong, said: claims.every(({ kind }) => kind === 'complete') ? 'all complete' : 'some ended otherwise' }
}

/** Only one failure is right: of a `down` whose plan another run has changed while it waited. */
function failedWrongly({ exitCode, signal, stdout, stderr }: Ended): string[] {
  const isRight = exitCode === 0 || signal === 'SIGKILL' || stdout.includes('"HistoryMovedError"')
  return isRight ? [] : [`a runner failed: ${stderr.slice(-500)}`]
}

/** Nobody reverts and nobody is killed: each migration was applied by exactly one of them. */
function onceEach(ends: readonly Ended[], ids: readonly string[]): string[] {
  const applied = ends
    .filter(({ exitCode }) => exitCode === 0)
    .flatMap(({ stdout }) => JSON.parse(stdout).applied.map(({ id }: any) => id))
  return applied.length === ids.length
    ? []
    : [`${ids.length} migrations were applied ${applied.length} times in all: ${applied}`]
}
