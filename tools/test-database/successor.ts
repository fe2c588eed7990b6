/**
 * Stops the embedded test server after a run that ended without its teardown (SIGTERM, Ctrl-C outside a terminal): waits for the run
 * to be gone, takes the server over and gives it back, which stops it unless another run uses it. Arguments: pid of the run, folder.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { acquireEmbedded, isRunning, processTag } from '@veza/migrator/embedded'

const [, , pid = '', dir = ''] = process.argv
const tag = processTag(Number(pid))
// A process that has ended is adopted, so its pid is no longer our parent's.
while (process.ppid === Number(pid) && isRunning(tag)) await delay(20)
const server = await acquireEmbedded({ dir, durable: false, port: 0, database: 'postgres' })
await server.release()
