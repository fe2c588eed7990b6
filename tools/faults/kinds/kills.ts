/** The process is killed when exactly so many messages of the conversation have passed: between any two of its statements and answers. */
import { conversations, isAt, type Place, placeText } from '../conversation.ts'
import type { Case, Kind } from '../kind.ts'
import { tried } from '../trial.ts'

export const kills: Kind = {
  name: 'kills',
  about: 'SIGKILL of the process after each message of the conversation with the server, of `up` and of `down`',
  cases: async (lab) => (await conversations(lab)).flat().map(killedAt),
}

const killedAt = (place: Place): Case => ({
  what: `killed after ${placeText(place)}`,
  run: (lab) =>
    tried(lab, {
      ...place,
      watch: (passing, { run }) =>
        isAt(passing, place)
          ? {
              bytes: passing.message.bytes.length,
              act: (link) => {
                link.drop('client')
                run.child.kill('SIGKILL')
              },
            }
          : undefined,
    }),
})
