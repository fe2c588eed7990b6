/** Ctrl-C or SIGTERM, once or twice, after each message of the conversation. */
import { conversations, isAt, type Place, placeText } from '../conversation.ts'
import type { Case, Kind } from '../kind.ts'
import { type Signalled, signal, WAYS } from '../signalled.ts'
import { tried } from '../trial.ts'

export const signals: Kind = {
  name: 'signals',
  about:
    'SIGINT, SIGTERM, or SIGINT twice after each message of the conversation: the run ends in time, does not go on to its end, and says what is so',
  cases: async (lab) =>
    (await conversations(lab)).flat().flatMap((place) => WAYS.map((way) => signalledAt(place, way))),
}

/** So much of the run is still to come that nothing but deafness leads it to its end. Later, its commit may be on its way already. */
const isEarly = ({ number, of }: Place): boolean => number * 3 <= of

const signalledAt = (place: Place, way: (typeof WAYS)[number]): Case => ({
  what: `${way.join(' and ')} after ${placeText(place)}`,
  run: (lab) => {
    const signalled: Signalled = { way }
    return tried(lab, {
      ...place,
      // The second signal ends the process before it has asked the server.
      knowable: way.length === 1,
      watch: (passing, { run }) =>
        isAt(passing, place)
          ? { bytes: passing.message.bytes.length, act: () => signal(run.child, signalled) }
          : undefined,
      asks: (ended) => [
        ...(signalled.late?.(ended) ?? []),
        ...(isEarly(place) && ended.exitCode === 0 ? ['it went on to the end as if nobody had interrupted it'] : []),
      ],
    })
  },
})
