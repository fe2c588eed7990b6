/** The laboratory's own server: a cluster in a temporary folder that nobody else uses, of the major version that is asked for. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { binariesOf } from '../../packages/migrator/src/check/matrix.ts'
import {
  acquireEmbedded,
  type EmbeddedServer,
  isRunning,
  processTag,
} from '../../packages/migrator/src/embedded/server.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

export interface LabServer extends AsyncDisposable {
  readonly folder: string
  /** `18.4`. */
  readonly version: string
  readonly dataDir: string
  urlFor(database: string): string
  /** Ends the server at once, as a crash would. Resolves when no process of it is left. */
  crash(): Promise<void>
  /** Starts it again on the same port. */
  start(): Promise<void>
}

/** `major`: undefined for the version that the workspace installs. */
export async function labServer(major?: number): Promise<LabServer> {
  const folder = mkdtempSync(join(tmpdir(), 'veza-faults-'))
  // If this runs as root, the server runs as another user, who must be able to enter this folder.
  chmodSync(folder, 0o755)
  const binaries = major === undefined ? undefined : await binariesOf(REPOSITORY, major)
  const options = { dir: join(folder, 'server'), durable: false, database: 'postgres', ...(binaries && { binaries }) }
  const held: EmbeddedServer[] = [await acquireEmbedded({ ...options, port: 0 })]
  const current = (): EmbeddedServer => held.at(-1) as EmbeddedServer
  return {
    folder,
    version: current().version,
    dataDir: current().dataDir,
    urlFor: (database) => current().urlFor(database),
    crash: async () => {
      const { pid } = current()
      const tag = processTag(pid)
      // It may have ended by itself: a server that cannot write its log does.
      if (isRunning(tag)) process.kill(pid, 'SIGQUIT')
      for (let turn = 0; turn < 1000 && isRunning(tag); turn++) await sleep(10)
    },
    start: async () => void held.push(await acquireEmbedded({ ...options, port: current().port })),
    [Symbol.asyncDispose]: async () => {
      for (const server of held) await server.release().catch(() => {})
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
