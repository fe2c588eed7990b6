/** Another session ends or cancels the run's backend between two of its messages, or while it answers. */
import { conversations, isAt, type Place, placeText } from '../conversation.ts'
import type { Case, Kind } from '../kind.ts'
import { tried } from '../trial.ts'

const HOW = ['pg_terminate_backend', 'pg_cancel_backend'] as const

export const terminations: Kind = {
  name: 'terminations',
  about: '`pg_terminate_backend` or `pg_cancel_backend` from another session after each message of the conversation',
  cases: async (lab) => (await conversations(lab)).flat().flatMap((place) => HOW.map((how) => endedAt(place, how))),
}

/** What the client says next is held back until the other session's statement is done, so that it comes before it and not beside it. */
const endedAt = (place: Place, how: (typeof HOW)[number]): Case => ({
  what: `${how} after ${placeText(place)}`,
  run: (lab) =>
    tried(lab, {
      ...place,
      watch: (passing, { database }) =>
        isAt(passing, place)
          ? {
              bytes: passing.message.bytes.length,
              act: (link) => {
                link.silence('client')
                const sql = `select ${how}(pid) from pg_stat_activity
                  where datname = current_database() and application_name like 'veza-migrator ${place.direction} %'`
                void database.client.query(sql).finally(() => link.resume())
              },
            }
          : undefined,
    }),
})
