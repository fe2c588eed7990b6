/**
 * PostgreSQL in Docker through Testcontainers. Testcontainers takes most of a second to load, and longer to find out that there is no
 * Docker engine. So the places where it would look are tried first, each with a short time-out.
 */
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const IMAGE = 'postgres:18-alpine'
const PROBE_MS = 500
const START_MS = 120_000

export interface Container {
  readonly url: string
  stop(): Promise<void>
}

export async function dockerAnswers(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return (await Promise.all(engines(env).map(ping))).includes(true)
}

export async function startContainer(): Promise<Container> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql')
  const starting = new PostgreSqlContainer(IMAGE)
    .withDatabase('postgres')
    .withUsername('postgres')
    .withPassword('postgres')
    .withStartupTimeout(START_MS)
    // The data need not survive a power cut.
    .withCommand(['postgres', '-c', 'fsync=off', '-c', 'full_page_writes=off'])
    .start()
  const started = await within(START_MS, starting)
  return { url: started.getConnectionUri(), stop: async () => void (await started.stop()) }
}

/** Limits the time: a registry that never answers would otherwise block the run for minutes. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

type Engine = { readonly socketPath: string } | { readonly host: string; readonly port: number }

function engines(env: NodeJS.ProcessEnv): readonly Engine[] {
  if (env.DOCKER_HOST !== undefined && env.DOCKER_HOST !== '') {
    const url = new URL(env.DOCKER_HOST)
    return url.protocol === 'unix:'
      ? [{ socketPath: url.pathname }]
      : [{ host: url.hostname, port: Number(url.port) || 2375 }]
  }
  if (process.platform === 'win32') return [{ socketPath: '//./pipe/docker_engine' }]
  const user = join('/run/user', `${process.getuid?.()}`)
  return [
    '/var/run/docker.sock',
    join(env.XDG_RUNTIME_DIR ?? user, 'docker.sock'),
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
    join(user, 'docker.sock'),
  ]
    .filter((path) => existsSync(path))
    .map((socketPath) => ({ socketPath }))
}

function ping(engine: Engine): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request({ ...engine, path: '/_ping', timeout: PROBE_MS }, (response) => {
      response.resume()
      // Any answer means that there is an engine. One behind TLS answers 400 here, and Testcontainers knows its certificates.
      resolve(true)
    })
    asking.once('timeout', () => asking.destroy())
    asking.once('error', () => resolve(false))
    asking.end()
  })
}
