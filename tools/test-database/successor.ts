/**
 * Stops the embedded test server after a run that ended without its teardown (SIGTERM, Ctrl-C outside a terminal). It waits until the run
 * has ended, takes a lease on the server and releases it, which stops the server unless another run uses it.
 * Arguments: process id of the run, folder of the server, folder of its programs or ''.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { acquireEmbedded, isRunning, processTag } from '@veza/migrator/embedded'

const [, , pid = '', dir = '', binaries = ''] = process.argv
const tag = processTag(Number(pid))
// When the parent process has ended, this process gets another parent.
while (process.ppid === Number(pid) && isRunning(tag)) await delay(20)
const server = await acquireEmbedded({
  dir,
  durable: false,
  port: 0,
  database: 'postgres',
  ...(binaries && { binaries }),
})
await server.release()
