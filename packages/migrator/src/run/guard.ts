/** Which versions of PostgreSQL a run accepts. */
import type { DatabaseState } from '../database/inspect.ts'
import { ServerTooOldError } from './errors.ts'

const OLDEST_SERVER = 150_000

/** Throws ServerTooOldError. */
export function assertServer(state: DatabaseState, target: string): void {
  if (state.serverVersionNumber < OLDEST_SERVER) throw new ServerTooOldError({ version: state.serverVersion, target })
}
