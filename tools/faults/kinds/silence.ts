/** The network falls silent: sockets stay open and nothing arrives any more, both ways or one way, in each phase of a run. */

import type { Side } from '../../tcp-proxy/wire.ts'
import { conversations, isAt, type Place, placeText } from '../conversation.ts'
import type { Case, Kind } from '../kind.ts'
import { type Signalled, signal } from '../signalled.ts'
import { tried } from '../trial.ts'

const SIDES: readonly (Side | 'both')[] = ['both', 'client', 'server']
const INTERRUPT_AFTER_MS = 1000

interface Silence {
  readonly side: Side | 'both'
  /** Whether new connections work: a firewall has forgotten one connection, or the network is gone. */
  readonly newcomers: 'served' | 'silent'
  readonly interrupted: boolean
}

const SILENCES: readonly Silence[] = SIDES.flatMap((side) =>
  (['served', 'silent'] as const).flatMap((newcomers) =>
    [false, true].map((interrupted) => ({ side, newcomers, interrupted })),
  ),
)

export const silence: Kind = {
  name: 'silence',
  about:
    'a network that goes silent after each message of the conversation, both ways or one way, for this connection or for all, with and without Ctrl-C',
  // Each round is mostly waiting.
  lanes: 6,
  cases: async (lab) =>
    (await conversations(lab))
      .flat()
      .flatMap((place) => SILENCES.filter((one) => isPossible(place, one)).map((how) => silentAt(place, how))),
}

/**
 * If no connection gets through, the server learns of it only by its idle timeout or by TCP's keepalives, which a proxy goes on answering.
 * The first does not count in the middle of a message, so the network falls silent there only where another connection can tell.
 */
const isPossible = ({ side, kind }: Place, { newcomers }: Silence): boolean =>
  newcomers === 'served' || side === 'server' || 'QSp'.includes(kind) || kind === 'startup'

const silentAt = (place: Place, { side, newcomers, interrupted }: Silence): Case => ({
  what: `silence (from ${side === 'both' ? 'both sides' : `the ${side}`}, new connections ${newcomers}${interrupted ? ', then Ctrl-C' : ''}) after ${placeText(place)}`,
  run: (lab) => {
    const signalled: Signalled = { way: ['SIGINT'] }
    return tried(lab, {
      ...place,
      options: ['--connect-timeout', '2s', '--idle-timeout', '3s'],
      boundMs: 60_000,
      sessionsMs: 30_000,
      // The server cannot know that a session is dead as long as it is only idle; it holds nothing that anybody waits for.
      left: { idleMayStay: true },
      // After Ctrl-C there is no time to wait for an answer.
      knowable: newcomers === 'served' && !interrupted,
      watch: (passing, { run, proxy }) =>
        isAt(passing, place)
          ? {
              bytes: passing.message.bytes.length,
              act: (link) => {
                link.silence(side)
                proxy.newcomers = newcomers
                if (interrupted) setTimeout(() => signal(run.child, signalled), INTERRUPT_AFTER_MS)
              },
            }
          : undefined,
      asks: (ended) => signalled.late?.(ended) ?? [],
    })
  },
})
