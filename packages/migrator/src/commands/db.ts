import { join } from 'node:path'
import { InvalidOptionError } from '../errors.ts'
import type { CommonOptions, Verb } from '../verb.ts'
import { findWorkspace } from '../workspace/discover.ts'
import { EMBEDDED_FOLDER } from './with-database.ts'

interface DbOptions extends CommonOptions {
  readonly port?: string
}

const EXAMPLES = `
Examples:
  veza-migrator db                 then, in another terminal: psql "postgresql://postgres@127.0.0.1:54320/veza"
  veza-migrator db --port 5544`

function portFrom(value: string): number {
  const port = Number(value)
  if (!/^\d+$/.test(value) || port < 1 || port > 65_535) {
    throw new InvalidOptionError({ option: '--port', value, expected: 'a port number from 1 to 65535' })
  }
  return port
}

/** Keeps the embedded database running until Ctrl-C, for psql, a service or a test. */
export const db: Verb = (command) => {
  command.option('--port <number>', 'default: 54320, or any free one').addHelpText('after', EXAMPLES)

  return {
    run: async ({ workspace, port }: DbOptions, output, { cwd, env, signal }) => {
      const root = findWorkspace(workspace ?? cwd)
      const { acquireEmbedded } = await import('../embedded/server.ts')
      const server = await acquireEmbedded({
        dir: join(root, EMBEDDED_FOLDER),
        env,
        ...(port === undefined ? {} : { port: portFrom(port) }),
      })
      try {
        output.line(`embedded PostgreSQL ${server.version}, data in ${server.dataDir}`)
        output.line(output.paint('bold', server.url))
        output.line('Ctrl-C stops it.')
        output.document({ command: 'db', url: server.url, port: server.port, pid: server.pid, dataDir: server.dataDir })
        await stopped(signal)
      } finally {
        await server.release()
      }
      return undefined
    },
  }
}

/** The server is a process of its own: without a timer of ours Node would see nothing left to do. */
function stopped(signal: AbortSignal): Promise<void> {
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
