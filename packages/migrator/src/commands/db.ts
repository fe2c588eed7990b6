import { join } from 'node:path'
import { InterruptedError } from '../errors.ts'
import { serverLines, serverReport } from '../report/server.ts'
import { parsePort } from '../settings.ts'
import { verb } from '../verb.ts'
import { findWorkspace, LOCAL_FOLDER } from '../workspace/discover.ts'

/** Keeps the embedded database running until Ctrl-C, for psql, a service or a test. */
export const db = verb({
  options: (command) =>
    command.option('--port <number>', 'default: 54320, or any free one', (value) => parsePort('--port', value)),
  examples: [
    'veza-migrator db                 then, in another terminal, with the URL that it printed: psql "postgresql://..."',
    'veza-migrator db --port 5544',
  ],
  run: async ({ workspace, port }, { cwd, env, signal, tell, lastWords }) => {
    const dir = join(findWorkspace(workspace ?? cwd), LOCAL_FOLDER)
    const { acquireEmbedded } = await import('../embedded/server.ts')
    const server = await acquireEmbedded({ dir, env, ...(port === undefined ? {} : { port }) })
    tell(serverLines(server))
    lastWords(
      () =>
        new InterruptedError({ during: 'while the embedded server was stopping, which it goes on doing by itself' }),
    )
    return { ...serverReport(server), afterwards: () => aborted(signal).finally(() => server.release()) }
  },
})

/** Resolves when the signal aborts. The server is another process, so without a timer Node would have nothing left to do and exit. */
function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const awake = setInterval(() => {}, 60_000)
  const stop = () => {
    clearInterval(awake)
    resolve()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  return promise
}
