/**
 * The connection is cut after each byte of the closing exchange: the last statements, the history rows and the commit on their way out, and
 * the answers on their way back. So a commit is lost in both senses: it never arrived, or it was done and the answer never came.
 */
import { conversations, isAt, type Place, placeText } from '../conversation.ts'
import type { Case, Kind } from '../kind.ts'
import { tried } from '../trial.ts'

const WAYS = ['both', 'client', 'server'] as const
type Way = (typeof WAYS)[number]

export const cuts: Kind = {
  name: 'cuts',
  about:
    'the connection cut after each byte of the closing exchange (last statements, history rows, COMMIT, and the answers), on one side or both',
  cases: async (lab) =>
    (await conversations(lab))
      .flatMap(closing)
      .flatMap((place) => bytesOf(place).map((at) => cutAt(place, at, WAYS[(place.number + at) % WAYS.length] as Way))),
}

/** In the closing exchange, the few bytes of a COMMIT are rarely the ones that chance chooses, so they are a kind of their own. */
export const commits: Kind = {
  name: 'commits',
  about:
    'the connection cut after each byte of every COMMIT and of its answer, on one side or both: it never arrived, or it was done and nobody was told',
  cases: async (lab) =>
    (await conversations(lab))
      .flat()
      .filter(({ sql }) => /^commit/i.test(sql))
      .flatMap((place) => bytesOf(place).flatMap((at) => WAYS.map((side) => cutAt(place, at, side)))),
}

const bytesOf = ({ bytes }: Place): number[] => Array.from({ length: bytes }, (_, at) => at)

/** From the last statement of the last migration to the end, both sides. */
function closing(places: readonly Place[]): readonly Place[] {
  const { plan, direction } = places[0] as Place
  const last = (direction === 'up' ? plan.migrations.at(-1)?.up : plan.migrations[0]?.down)?.at(-1) as string
  const onSide = (side: Place['side']): readonly Place[] => {
    const own = places.filter((place) => place.side === side)
    return own.slice(own.findIndex(({ sql }) => sql === last))
  }
  return [...onSide('client'), ...onSide('server')]
}

const cutAt = (place: Place, bytes: number, side: Way): Case => ({
  what: `cut (${side}) after byte ${bytes} of ${placeText(place)}`,
  run: (lab) =>
    tried(lab, {
      ...place,
      watch: (passing) => (isAt(passing, place) ? { bytes, act: (link) => link.cut(side) } : undefined),
    }),
})
