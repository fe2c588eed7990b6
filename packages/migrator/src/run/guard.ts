/** Which servers and connections a run accepts. */
import { isFull } from '../database/access.ts'
import type { Client } from '../database/connect.ts'
import type { DatabaseState } from '../database/inspect.ts'
import { targetText } from '../database/target.ts'
import { ServerTooOldError } from './errors.ts'
import type { Wish } from './writable.ts'

const OLDEST_SERVER = 150_000

/** Loads what it takes to say why only where the connection has not every right. Throws what assertWritable throws. */
export async function assertMayWrite(client: Client, state: DatabaseState, wish: Wish): Promise<void> {
  if (isFull(state.access) || wish.steps.length === 0) return
  const { assertWritable } = await import('./writable.ts')
  await assertWritable(client, state, wish)
}

/** The same for a change that is no run: whether its user has the rights is found out when it is made. Throws what assertNotReadOnly throws. */
export async function assertMayChange(client: Client, state: DatabaseState): Promise<void> {
  if (isFull(state.access)) return
  const { assertNotReadOnly } = await import('./writable.ts')
  await assertNotReadOnly(client, state, { target: targetText(client.target), overrideReadOnly: false })
}

/** Throws ServerTooOldError. */
export function assertServer(state: DatabaseState, target: string): void {
  if (state.serverVersionNumber < OLDEST_SERVER) throw new ServerTooOldError({ version: state.serverVersion, target })
}
