/**
 * The connection is cut after each byte of the closing exchange: the last statements, the history rows and the commit on their way out, and
 * the answers on their way back. So a commit is lost in both senses: it never arrived, or it was done and the answer never came.
 */
import { conversation, isAt, type Place, placeText } from '../conversation.ts'
import type { Case, Kind } from '../kind.ts'
import type { Lab, Plan } from '../lab.ts'
import { MIXED, ORDINARY } from '../plans.ts'
import { tried } from '../trial.ts'

const WAYS = ['both', 'client', 'server'] as const

export const cuts: Kind = {
  name: 'cuts',
  about:
    'the connection cut after each byte of the closing exchange (last statements, history rows, COMMIT, and the answers), on one side or both',
  cases: async (lab) => {
    const cases: Case[] = []
    for (const plan of [await lab.plan(ORDINARY), await lab.plan(MIXED)])
      for (const direction of ['up', 'down'] as const)
        for (const place of await closing(lab, plan, direction))
          for (let bytes = 0; bytes < place.bytes; bytes++)
            cases.push(cutAt(place, bytes, WAYS[(place.number + bytes) % WAYS.length] as (typeof WAYS)[number]))
    return cases
  },
}

/** In the closing exchange, the few bytes of a COMMIT are rarely the ones that chance chooses, so they are a kind of their own. */
export const commits: Kind = {
  name: 'commits',
  about:
    'the connection cut after each byte of every COMMIT and of its answer, on one side or both: it never arrived, or it was done and nobody was told',
  cases: async (lab) => {
    const cases: Case[] = []
    for (const plan of [await lab.plan(ORDINARY), await lab.plan(MIXED)])
      for (const direction of ['up', 'down'] as const)
        for (const place of await conversation(lab, plan, direction))
          if (/^commit/i.test(place.sql))
            for (let bytes = 0; bytes < place.bytes; bytes++)
              for (const side of WAYS) cases.push(cutAt(place, bytes, side))
    return cases
  },
}

/** From the last statement of the last migration to the end, both sides. */
async function closing(lab: Lab, plan: Plan, direction: Place['direction']): Promise<readonly Place[]> {
  const places = await conversation(lab, plan, direction)
  const last = (direction === 'up' ? plan.migrations.at(-1)?.up : plan.migrations[0]?.down)?.at(-1) as string
  const onSide = (side: Place['side']): readonly Place[] => {
    const own = places.filter((place) => place.side === side)
    return own.slice(own.findIndex(({ sql }) => sql === last))
  }
  return [...onSide('client'), ...onSide('server')]
}

const cutAt = (place: Place, bytes: number, side: (typeof WAYS)[number]): Case => ({
  what: `cut (${side}) after byte ${bytes} of ${placeText(place)}`,
  run: (lab) =>
    tried(lab, {
      ...place,
      watch: (passing) => (isAt(passing, place) ? { bytes, act: (link) => link.cut(side) } : undefined),
    }),
})
