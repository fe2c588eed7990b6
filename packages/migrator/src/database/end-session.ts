/**
 * Ends the server's session of a connection that is given up. A session that waits for a client which it will not hear keeps what it has
 * locked. In the middle of a message no time limit of the server counts, and the next run would wait for as long as the dead connection is
 * taken for a living one.
 */
import type { Client } from './connect.ts'
import { within } from './within.ts'

/** The name is compared as well, since a pooler invents the process id that it gives to a client. */
const END_SESSION = `select pg_terminate_backend(pid) from pg_stat_activity
where pid = $1 and application_name = $2 and wait_event_type = 'Client'`

/** `on`: another connection to the same database. A session that is at work, and so will notice it by itself, stays as it is. */
export async function endSession({ processID, applicationName }: Client, on: Client): Promise<void> {
  await on.query(END_SESSION, [processID, applicationName])
}

/** After Ctrl-C nobody waits longer for that. */
const ABANDON_MS = 300

/** Where nobody can be asked within a moment, the session stays as it is. Never throws. */
export async function endAbandoned(client: Client): Promise<void> {
  let other: Client | undefined
  const asked = async () => {
    other = await client.another('aftermath', { timeoutMs: ABANDON_MS, isWatched: false })
    await endSession(client, other)
  }
  await within(ABANDON_MS, asked()).catch(() => {})
  other?.destroy(new Error('the session was ended'))
}
