/**
 * Runs the code of a migration: its module while it is imported, its `up` and its `down`. Whatever this code starts, such as a timer or a
 * promise that it does not await, is known as that migration's own. When the command has to end, the code is not waited for any longer.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { commandSignal } from './command-signal.ts'
import { unlessAborted } from './unless-aborted.ts'

const running = new AsyncLocalStorage<string>()
const underWay = new Set<{ readonly id: string }>()

/** Throws what the code throws, and the reason for which the command has to end. */
export async function asMigration<T>(id: string, code: () => T | Promise<T>): Promise<T> {
  const entry = { id }
  underWay.add(entry)
  try {
    return await unlessAborted(commandSignal(), () => running.run(id, code))
  } finally {
    underWay.delete(entry)
  }
}

/** The migration whose code is running, or has started what is running. */
export const runningMigration = (): string | undefined => running.getStore()

/** The migration that has been waited for longest. */
export const awaitedMigration = (): string | undefined => [...underWay][0]?.id
