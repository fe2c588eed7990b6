/**
 * Finds a network that brings nothing any more while its connections stay open: a firewall that has forgotten them, a cable, a host that is
 * gone. A statement on such a connection would be awaited for ever. A server that is at work says nothing either, so a second connection
 * asks it: for what it waits itself, or whether it says anything at all. Any answer counts as one, a refusal as well.
 */
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from './connect.ts'
import { NoAnswer } from './connection-failure.ts'
import { endSession } from './end-session.ts'
import { sideOf } from './side.ts'
import { within } from './within.ts'

const POLL_MS = 1000
/** A look begins when nothing has come for this long. */
const QUIET_MS = 3000
const NEXT_LOOK_MS = 4000
/** How long the second connection may take to answer, and a third one after it. */
const ANSWER_MS = 5000
/** Only then a connection is given up: what looks like silence may be a short interruption. */
const GIVE_UP_MS = 12_000
/** Where it is not known yet whether a pooler stands between, in which a question may wait until a server connection is free. */
const GIVE_UP_UNKNOWN_MS = 30_000
/** What was sent may still be on its way: this many bytes in a millisecond are believed of any network. */
const SLOWEST = 50

/** What a look has found out. */
type Finding = 'at work' | 'waits for us' | 'gone' | 'silent' | 'unanswered'

/** Ends when nothing is owed any more. A connection whose network is silent is ended with the reason, with which all that is owed fails. */
export async function watchSilence(client: Client, isOwed: () => boolean): Promise<void> {
  const { stream } = client.connection as unknown as { stream: Socket }
  let heard = { bytes: stream.bytesRead, at: performance.now() - QUIET_MS, sent: stream.bytesWritten }
  let suspectSince: number | undefined
  for (let looked = Number.NEGATIVE_INFINITY; isOwed() && !client.lost; ) {
    const now = performance.now()
    if (stream.bytesRead !== heard.bytes) {
      heard = { bytes: stream.bytesRead, at: now, sent: stream.bytesWritten }
      suspectSince = undefined
    } else if (now - heard.at >= QUIET_MS && now - looked >= NEXT_LOOK_MS) {
      const finding = await look(client)
      looked = performance.now()
      suspectSince = finding === 'at work' ? undefined : (suspectSince ?? now)
      const most = finding === 'unanswered' && client.isPooled === undefined ? GIVE_UP_UNKNOWN_MS : GIVE_UP_MS
      const patience = most + (stream.bytesWritten - heard.sent) / SLOWEST
      const isSure =
        finding === 'silent' ||
        finding === 'gone' ||
        (suspectSince !== undefined && looked - suspectSince >= 2 * NEXT_LOOK_MS)
      const isLost = finding !== 'at work' && isSure && looked - heard.at >= patience
      if (isLost && stream.bytesRead === heard.bytes && isOwed()) {
        // What the server says of the end of its session could still arrive, and would be told as the reason.
        stream.pause()
        if (finding === 'waits for us') await endThat(client)
        return client.destroy(new SilentNetwork(finding, looked - heard.at))
      }
    }
    await sleep(POLL_MS, undefined, { ref: false })
  }
}

const WHY: Readonly<Record<Finding, string>> = {
  silent: 'and another connection got no answer either',
  'waits for us': 'although the server has nothing more to do for it and waits',
  unanswered: 'and other connections are made, but no question on them is answered',
  gone: 'and the server has ended the session',
  'at work': 'although the server is at work',
}

class SilentNetwork extends Error {
  constructor(finding: Finding, quietMs: number) {
    super(`the network is silent: nothing has come for ${Math.round(quietMs / 1000)} s, ${WHY[finding]}`)
  }
}

/**
 * Whether a server process waits for its client, to read from it or to write to it; null if there is no such process. The name is compared
 * as well, since a pooler invents the process id that it gives to a client.
 */
const WAITS_FOR_CLIENT = `select pg_backend_pid() as own, (select coalesce(wait_event_type = 'Client', false) from pg_stat_activity
  where pid = $1 and application_name = $2) as waits`

async function look(client: Client): Promise<Finding> {
  try {
    return await within(ANSWER_MS, askSide(client))
  } catch (error) {
    if (!isSilence(error)) return 'at work'
    sideOf(client).drop()
  }
  let other: Client
  try {
    other = await client.another('watch', { timeoutMs: ANSWER_MS, isWatched: false })
  } catch (error) {
    return isSilence(error) ? 'silent' : 'at work'
  }
  try {
    // Through a pooler, a question may wait until a server connection is free. A login does not.
    if (client.isPooled !== true) await within(ANSWER_MS, other.query('select'))
    return 'at work'
  } catch (error) {
    return isSilence(error) ? 'unanswered' : 'at work'
  } finally {
    other.destroy(new Error('the look is over'))
  }
}

async function askSide(client: Client): Promise<Finding> {
  const side = await sideOf(client).connect({ timeoutMs: ANSWER_MS })
  const [found] = (await side.query(WAITS_FOR_CLIENT, [client.processID, client.applicationName])).rows
  client.isPooled = found.own !== side.processID
  // Behind a pooler there is never a session of that process id, and the second connection is behind the same one.
  if (found.waits === null) return client.isPooled ? 'at work' : 'gone'
  return found.waits ? 'waits for us' : 'at work'
}

/** Without an answer the session stays as it is. */
async function endThat(client: Client): Promise<void> {
  const asked = async () => endSession(client, await sideOf(client).connect({ timeoutMs: ANSWER_MS }))
  await within(ANSWER_MS, asked()).catch(() => {})
}

const NO_SIGN = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EAI_AGAIN'])

/** Whether nobody has said anything. `cause`: what the network said, of an error that is worded for a person. */
function isSilence(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: unknown }
  if (error instanceof NoAnswer || (code !== undefined && NO_SIGN.has(code))) return true
  return cause instanceof Error && isSilence(cause)
}
