/** The server crashes in the middle of a run, stays away for a moment and comes back on the same port. */
import { setTimeout as sleep } from 'node:timers/promises'
import { conversations, isAt, type Place, placeText } from '../conversation.ts'
import type { Case, Kind } from '../kind.ts'
import { tried } from '../trial.ts'

const AWAY_MS = [0, 300, 1500, 4000]

export const restarts: Kind = {
  name: 'restarts',
  about: 'an immediate shutdown of the server after each message of the conversation, and its start up to 4 s later',
  // The server is everybody's.
  lanes: 1,
  cases: async (lab) => (await conversations(lab)).flat().map(crashedAt),
}

const crashedAt = (place: Place): Case => ({
  what: `the server crashes after ${placeText(place)}`,
  run: (lab, random) => {
    const awayMs = random.pick(AWAY_MS)
    let back: Promise<void> | undefined
    const crash = async (): Promise<void> => {
      await lab.server.crash()
      await sleep(awayMs)
      await lab.server.start()
    }
    return tried(lab, {
      ...place,
      // A run may give up asking before the server is back.
      knowable: false,
      watch: (passing) =>
        isAt(passing, place)
          ? {
              bytes: passing.message.bytes.length,
              act: () => {
                back = crash()
              },
            }
          : undefined,
      afterwards: async ({ database }) => {
        await back
        await database.reconnect()
      },
    })
  },
})
