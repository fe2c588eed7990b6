/**
 * Which PostgreSQL the tests use: TEST_DATABASE_URL if set, else the embedded server of the major version in TEST_POSTGRES if set, else Docker
 * if an engine answers, else the embedded server.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { acquireEmbedded, EmbeddedStartError } from '@veza/migrator/embedded'
import { binariesOf, majors } from '../../packages/migrator/src/check/matrix.ts'
import { LOCAL_FOLDER } from '../../packages/migrator/src/workspace/discover.ts'
import { type Container, dockerAnswers, IMAGE, startContainer } from './docker.ts'

export interface ChosenServer {
  readonly url: string
  /** For the line that is printed: `embedded`, and why no other server is used. */
  readonly description: string
  readonly embedded: boolean
  stop(): Promise<void>
}

export async function chooseServer(fields: { workspace: string; env?: NodeJS.ProcessEnv }): Promise<ChosenServer> {
  const { workspace, env = process.env } = fields
  if (env.TEST_DATABASE_URL) {
    const { host } = new URL(env.TEST_DATABASE_URL)
    return {
      url: env.TEST_DATABASE_URL,
      description: `TEST_DATABASE_URL (${host})`,
      embedded: false,
      stop: async () => {},
    }
  }
  if (env.TEST_POSTGRES) return embedded(workspace, `embedded (TEST_POSTGRES=${env.TEST_POSTGRES})`, testMajor(env))
  if (!(await dockerAnswers(env))) return embedded(workspace, 'embedded')
  let container: Container
  try {
    container = await startContainer()
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return embedded(workspace, `embedded (Docker answers but gives no ${IMAGE}: ${reason})`)
  }
  return { ...container, description: `Docker (${IMAGE})`, embedded: false }
}

/**
 * The embedded server for tests, in a folder next to the developer's database. The cluster is kept between runs, since making one takes a
 * second and starting it 50 ms. Runs at the same time share the server, and if a run is killed, the next run takes it over.
 */
async function embedded(workspace: string, description: string, major?: number): Promise<ChosenServer> {
  const binaries = major === undefined ? undefined : await binariesOf(workspace, major)
  const dir = join(workspace, LOCAL_FOLDER, binaries === undefined ? 'test' : `test-${major}`)
  const options = { dir, durable: false, port: 0, database: 'postgres', ...(binaries && { binaries }) }
  const server = await acquireEmbedded(options).catch((error) => {
    if (!(error instanceof EmbeddedStartError)) throw error
    // Without fsync, a crash of the machine may leave a cluster that does not start. It holds only test data, so it is made anew.
    rmSync(options.dir, { recursive: true, force: true })
    return acquireEmbedded(options)
  })
  const leaveBehind = () => succeed(options)
  process.once('exit', leaveBehind)
  const stop = () => {
    process.off('exit', leaveBehind)
    return server.release()
  }
  return { url: server.url, description, embedded: true, stop }
}

/** The major version in TEST_POSTGRES; undefined where it is not set. Throws if it is not one of those that can be installed. */
export function testMajor({ TEST_POSTGRES }: NodeJS.ProcessEnv = process.env): number | undefined {
  if (!TEST_POSTGRES) return undefined
  const major = Number(TEST_POSTGRES)
  if (!majors.includes(major)) throw new Error(`TEST_POSTGRES=${TEST_POSTGRES}: it takes one of ${majors.join(', ')}`)
  return major
}

/** Lets another process stop the server. On a signal outside a terminal, vitest ends without teardown and without asynchronous work. */
function succeed({ dir, binaries = '' }: { readonly dir: string; readonly binaries?: string }): void {
  const script = fileURLToPath(new URL('successor.ts', import.meta.url))
  const args = ['--conditions=@veza/source', script, String(process.pid), dir, binaries]
  spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref()
}
