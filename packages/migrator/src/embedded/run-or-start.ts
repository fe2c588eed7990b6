/**
 * Finds the running server of a folder or starts one, on the data on disk or on a copy of them in memory. Call it while holding the mutex
 * of the folder. While a server is in use, its data stay where they are, even if the caller asks for memory.
 */
import { rmSync } from 'node:fs'
import type { Binaries } from './binaries.ts'
import { hasCluster, makeCluster } from './cluster.ts'
import { usableBinaries } from './copy.ts'
import { isLocked, lockDoors } from './doors.ts'
import { EmbeddedPortError, EmbeddedStartError } from './errors.ts'
import { isLeased, liveLeases } from './lease.ts'
import { claim, type Location, leaseFolder } from './location.ts'
import { copyToMemory, hasRoomInMemory, isOurs, leftInMemory, memoryLocation, removeFromMemory } from './memory.ts'
import { type Postmaster, runningPostmaster } from './postmaster.ts'
import { startPostmaster } from './start.ts'
import { stopPostmaster } from './stop.ts'

/** The options of the caller that matter here: see EmbeddedOptions. */
export interface Wishes {
  readonly port?: number
  readonly durable?: boolean
  readonly memoryMb?: number
}

export interface Running {
  readonly postmaster: Postmaster
  readonly location: Location
  /** False if the data are in memory. */
  readonly kept: boolean
  /** Pids of the processes that use the server already. */
  readonly inUse: readonly number[]
}

/** Throws what makeCluster, startPostmaster and stopPostmaster throw, and EmbeddedPortError. */
export async function runOrStart(onDisk: Location, binaries: Binaries, wishes: Wishes): Promise<Running> {
  const folder = leaseFolder(onDisk.dir)
  const inMemory = memoryLocation(onDisk)
  if (onDisk.abandoned) await removeAbandoned(onDisk, binaries)
  const isInMemory = isLeased({ folder, data: inMemory.data })
  if (isInMemory || (isAskedFor(wishes) && !isLeased({ folder, data: onDisk.data }))) {
    const inUse = liveLeases({ folder, data: inMemory.data })
    const postmaster = await runOrStartInMemory({ onDisk, inMemory, binaries, wishes, inUse })
    if (postmaster !== undefined) return { postmaster, location: inMemory, kept: false, inUse }
  }
  await clearMemory(inMemory, binaries)
  const inUse = liveLeases({ folder, data: onDisk.data })
  const postmaster = await runOrStartOnDisk(onDisk, binaries, wishes, inUse)
  return { postmaster, location: onDisk, kept: true, inUse }
}

const isAskedFor = ({ memoryMb }: Wishes): boolean => memoryMb !== undefined && hasRoomInMemory(memoryMb)
const isDurable = ({ durable, memoryMb }: Wishes): boolean => durable ?? memoryMb === undefined

async function runOrStartOnDisk(
  location: Location,
  binaries: Binaries,
  wishes: Wishes,
  inUse: readonly number[],
): Promise<Postmaster> {
  const { data } = location
  const running = hasCluster(location, binaries) ? await runningPostmaster(data) : undefined
  if (running !== undefined) {
    // A server without a password that is in use keeps running: its next start closes the doors.
    const isKept = inUse.length > 0 || isLocked(location)
    if (isWanted(running, wishes, inUse) && isKept) return running
    await stopPostmaster(running, { data, binaries })
  }
  const usable = await prepare(location, binaries, wishes)
  const storage = isDurable(wishes) ? 'durable' : 'fast'
  return startPostmaster({ location, binaries: usable, storage, port: wishes.port })
}

interface InMemory {
  readonly onDisk: Location
  readonly inMemory: Location
  readonly binaries: Binaries
  readonly wishes: Wishes
  readonly inUse: readonly number[]
}

/** Undefined if the server cannot run in memory; the caller then uses the data on disk. */
async function runOrStartInMemory(given: InMemory): Promise<Postmaster | undefined> {
  const { onDisk, inMemory, binaries, wishes, inUse } = given
  const running = isOurs(inMemory) ? await runningPostmaster(inMemory.data) : undefined
  if (running !== undefined && inUse.length > 0 && isWanted(running, wishes, inUse)) return running
  for (const left of [inMemory, ...leftInMemory()]) await clearMemory(left, binaries)
  // The server on disk is not in use. It is stopped, since the data of a running server cannot be copied.
  const onDisks = hasCluster(onDisk, binaries) ? await runningPostmaster(onDisk.data) : undefined
  if (onDisks !== undefined) await stopPostmaster(onDisks, { data: onDisk.data, binaries })
  const usable = await prepare(onDisk, binaries, wishes)
  if (!copyToMemory(onDisk.data, inMemory)) return undefined
  try {
    return await startPostmaster({ location: inMemory, binaries: usable, storage: 'memory', port: wishes.port })
  } catch (error) {
    removeFromMemory(inMemory)
    if (error instanceof EmbeddedStartError) return undefined
    throw error
  }
}

/** Makes the cluster on disk if it is missing, and returns the binaries that its user can run. */
async function prepare(onDisk: Location, binaries: Binaries, wishes: Wishes): Promise<Binaries> {
  const usable = usableBinaries(binaries, onDisk)
  if (!hasCluster(onDisk, binaries)) await makeCluster(onDisk, usable, { durable: isDurable(wishes) })
  else if (!isLocked(onDisk)) await lockDoors(onDisk, usable)
  claim(onDisk)
  return usable
}

/** Whether the running server has the port that was asked for. Throws EmbeddedPortError if it has another port and is in use. */
function isWanted(running: Postmaster, wishes: Wishes, inUse: readonly number[]): boolean {
  if (!wishes.port || wishes.port === running.port) return true
  if (inUse.length === 0) return false
  const problem = `the embedded database already runs on port ${running.port}, used by process ${inUse.join(', ')}`
  throw new EmbeddedPortError({ port: wishes.port, problem })
}

/** `dir` was removed, and the claim to the data with it: the user wants an empty database. */
async function removeAbandoned({ data }: Location, binaries: Binaries): Promise<void> {
  const running = await runningPostmaster(data)
  if (running !== undefined) await stopPostmaster(running, { data, binaries })
  rmSync(data, { recursive: true, force: true })
}

/** Stops the server and removes the data that a killed process left in memory. */
async function clearMemory(left: Pick<Location, 'data' | 'account'>, binaries: Binaries): Promise<void> {
  if (!isOurs(left)) return
  const { data } = left
  const running = await runningPostmaster(data)
  if (running !== undefined) await stopPostmaster(running, { data, binaries, kept: false })
  removeFromMemory(left)
}
