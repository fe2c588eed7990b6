/** The end of the process, once the command is over. */
import { existsSync } from 'node:fs'
import { divert } from './divert.ts'

const SHELL = '/bin/sh'
/** How long the process may take to end by itself. Then it is ended: a migration may have left a timer or a socket behind. */
const BY_ITSELF_MS = 20

/**
 * Ends the process with this exit code. What was written is given to its reader before that: a pipe may take it slowly. What a migration has
 * left running can no longer change the result: neither the exit code nor what stands on standard output.
 */
export async function leave(
  exitCode: number,
  { stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>,
): Promise<void> {
  process.exitCode = exitCode
  // A listener of a migration may set another exit code. Listeners are called in the order in which they were added.
  process.on('exit', () => {
    process.exitCode = exitCode
  })
  for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => {})
  const taken = [stdout, stderr].map(flushed)
  divert(stdout, stderr)
  await Promise.all(taken)
  setTimeout(endNow, BY_ITSELF_MS, exitCode).unref()
}

const flushed = (stream: NodeJS.WritableStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()))

/**
 * `process.exit` waits for what blocks Node's threads, such as a name lookup that no name server answers. Then the process replaces itself
 * by a shell that ends with the exit code.
 */
function endNow(exitCode: number): void {
  const isBlocked = process.getActiveResourcesInfo().some((name) => /^(GetAddrInfo|GetNameInfo|FS)Req/.test(name))
  if (isBlocked && process.platform !== 'win32') {
    if (existsSync(SHELL)) process.execve?.(SHELL, ['sh', '-c', `exit ${exitCode}`], {})
    // Without a shell the exit code is lost, but not the time.
    else process.kill(process.pid, 'SIGKILL')
  }
  process.exit(exitCode)
}
