/** On one major version of PostgreSQL: replays the plan with a recorder and runs it as `up` does, each on its own empty database. */

import { readCatalog } from '../catalog/read.ts'
import type { Catalog } from '../catalog/types.ts'
import { commandSignal } from '../command-signal.ts'
import { type Client, connect } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import { DatabaseError } from '../errors.ts'
import { planUp } from '../plan/plan.ts'
import { withScratch } from '../replay/scratch.ts'
import { HistoryTamperedError, MigrationFailedError } from '../run/errors.ts'
import { NO_LIMITS } from '../run/request.ts'
import { run } from '../run/run.ts'
import { statement } from '../statement.ts'
import type { Graph } from '../workspace/graph.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { RecordedReplay } from './record.ts'
import { recordReplay } from './recording.ts'

export interface Proving {
  readonly replay: RecordedReplay
  readonly replayMs: number
  readonly run: Ran
  readonly runMs: number
}

/** The result of `up` on an empty database. */
type Ran =
  | { readonly outcome: 'applied'; readonly catalog: Catalog }
  | {
      readonly outcome: 'failed'
      readonly migration: string | undefined
      readonly message: string
      /** A migration has changed the history. */
      readonly isTampered: boolean
    }

export interface ProvingGiven {
  readonly root: string
  readonly order: readonly Planned[]
  readonly graph: Graph
  readonly signal: AbortSignal
  /** Folder `native` with the programs of another major version than the workspace's own. */
  readonly binaries?: { readonly major: number; readonly native: string } | undefined
}

/** Throws what the embedded server's start throws, and a DatabaseError where the database and not the plan is at fault. */
export function prove(given: ProvingGiven): Promise<Proving> {
  const { root, binaries } = given
  const server = binaries === undefined ? {} : { binaries: binaries.native, name: `scratch-${binaries.major}` }
  return withScratch(
    root,
    async ({ createDatabase }) => {
      const urls = [await createDatabase(), await createDatabase()] as const
      const [recorded, ran] = await Promise.all([
        timed(() => connected(urls[0], (client) => recordReplay(client, given.order))),
        timed(() => connected(urls[1], (client) => runForReal(client, given))),
      ])
      return { replay: recorded.value, replayMs: recorded.ms, run: ran.value, runMs: ran.ms }
    },
    server,
  )
}

export async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const startedAt = performance.now()
  return { value: await work(), ms: performance.now() - startedAt }
}

async function connected<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(url, 'check', { signal: commandSignal() })
  try {
    return await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Runs the plan as `up` does: in one transaction wherever possible. That can fail where one transaction for each migration does not. */
async function runForReal(client: Client, { order, graph, signal }: ProvingGiven): Promise<Ran> {
  const events = run(client, {
    order,
    graph,
    direction: 'up',
    decide: (known) => planUp(known),
    target: 'the empty database',
    appliedBy: 'check',
    limits: NO_LIMITS,
    lockWaitMs: 0,
    signal,
  })
  try {
    for (let next = await events.next(); !next.done; ) next = await events.next()
  } catch (error) {
    if (!(error instanceof DatabaseError) || signal.aborted) throw error
    return {
      outcome: 'failed',
      migration: error instanceof MigrationFailedError ? error.id : undefined,
      message: error.message,
      isTampered: error instanceof HistoryTamperedError,
    }
  }
  await sendAll(client, [statement('begin isolation level repeatable read, read only')])
  const catalog = await readCatalog(client)
  await sendAll(client, [statement('rollback')])
  return { outcome: 'applied', catalog }
}
