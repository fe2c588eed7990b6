/**
 * A migration is code, and code can end the process that runs it, or make it fail where nobody awaits anything. While a command is under
 * way each of these is the failure of the command instead, with the name of the migration, and everything is ended in order: the run is
 * rolled back, the embedded server released.
 */
import { syncBuiltinESMExports } from 'node:module'
import { MigratorError, reason, StrayMigrationError } from '../errors.ts'
import { awaitedMigration, runningMigration } from '../migration-code.ts'
import { keepListening } from './listening.ts'

const TOO_EARLY = 'which would have ended the command before it was done'

export interface Guard {
  /** Called at once, as often as it happens. */
  fail(failure: unknown): void
  /** Called if the process ends all the same. The process can do nothing any more but write. */
  atExit(): void
}

/** Returns a function that takes the guard away. */
export function guardProcess({ fail, atExit }: Guard): () => void {
  const stopReplacing = replaceExits((call) => {
    const failure = new StrayMigrationError({ id: runningMigration(), what: `called ${call}, ${TOO_EARLY}` })
    fail(failure)
    throw failure
  })
  const listeners = {
    uncaughtException: (error: unknown) => fail(stray(error, 'failed outside of what it awaits')),
    unhandledRejection: (error: unknown) =>
      fail(stray(error, 'started a promise that it does not await, and that failed')),
    // Node has nothing left to wait for, and would end with the exit code 0 or 13.
    beforeExit: () =>
      fail(
        new StrayMigrationError({
          id: awaitedMigration(),
          what: 'awaits something that never happens: nothing is left that could make it happen',
        }),
      ),
    exit: () => {
      if ((process as Ending)._exiting) atExit()
    },
  } as const
  const stopListening = keepListening(listeners)
  return () => {
    stopListening()
    stopReplacing()
  }
}

/** Node sets it when the process really ends; a migration may emit `exit` as any other event. */
type Ending = NodeJS.Process & { _exiting?: boolean }

/** An error of our own says enough; one that no migration has caused is a defect and is shown with its stack. */
function stray(error: unknown, what: string): unknown {
  const id = runningMigration()
  if (error instanceof MigratorError || id === undefined) return error
  return new StrayMigrationError({ id, what: `${what}: ${reason(error)}` }, error)
}

/** Replaces what ends a process at once, also for `import { exit } from 'node:process'`. Returns a function that puts it back. */
function replaceExits(refuse: (call: string) => never): () => void {
  const node = process as Ending & { reallyExit(code?: number): never }
  const { exit, reallyExit, abort, kill, execve } = node
  node.exit = (code) => refuse(`process.exit(${code ?? ''})`)
  // Node's own `exit`, if somebody kept it, comes here too, and has noted that the process is ending.
  node.reallyExit = (code) => {
    node._exiting = false
    return refuse(`process.exit(${code ?? ''})`)
  }
  node.abort = () => refuse('process.abort()')
  // Node 22.15 and later: the process becomes another program, with the exit code of that. Older ones have no such function.
  if (execve !== undefined) node.execve = (file) => refuse(`process.execve(${file})`)
  node.kill = (pid, signal) => {
    const isOwn = pid === process.pid || pid === -process.pid || pid === 0
    return isOwn && signal !== 0
      ? refuse(`process.kill(${pid}, ${signal ?? 'SIGTERM'})`)
      : kill.call(process, pid, signal)
  }
  syncBuiltinESMExports()
  return () => {
    Object.assign(node, { exit, reallyExit, abort, kill, ...(execve && { execve }) })
    syncBuiltinESMExports()
  }
}
