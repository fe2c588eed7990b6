/** PgBouncer where it is installed, in front of the laboratory's server. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LabServer } from './server.ts'

export const isInstalled = (): boolean => spawnSync('pgbouncer', ['--version']).status === 0

export interface Pooler extends AsyncDisposable {
  urlFor(database: string): string
}

export async function pgbouncer(server: LabServer, pooling: 'transaction' | 'session'): Promise<Pooler> {
  const folder = mkdtempSync(join(server.folder, 'pgbouncer-'))
  const { hostname, port: serverPort, username, password } = new URL(server.urlFor('postgres'))
  const login = `user=${decodeURIComponent(username)}${password === '' ? '' : ` password=${decodeURIComponent(password)}`}`
  const port = await freePort()
  const settings = [
    '[databases]',
    `* = host=${hostname} port=${serverPort} ${login}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${pooling}`,
    'default_pool_size = 4',
    'max_client_conn = 100',
    'server_idle_timeout = 5',
  ]
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(file, `${settings.join('\n')}\n`, { mode: 0o600 })
  // It refuses to run as root, so it runs as whoever the server runs as.
  const { uid, gid } = statSync(server.dataDir)
  const isRoot = process.getuid?.() === 0
  if (isRoot) spawnSync('chown', ['-R', `${uid}:${gid}`, folder])
  const child = spawn('pgbouncer', ['-q', file], { stdio: 'ignore', ...(isRoot && { uid, gid }) })
  const ended = once(child, 'exit')
  for (let turn = 0; !(await answers(port)); turn++) {
    if (turn > 200 || child.exitCode !== null) throw new Error('PgBouncer did not start')
    await sleep(25)
  }
  return {
    urlFor: (database) => {
      const url = new URL(server.urlFor(database))
      url.port = String(port)
      return url.href
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await Promise.race([ended, sleep(3000).then(() => child.kill('SIGKILL'))])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => done(true)).once('error', () => done(false))
  })
}
