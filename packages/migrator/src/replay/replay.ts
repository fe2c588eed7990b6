/**
 * Replays the plan or a part of it: applies its migrations to an empty throw-away database, as `up --per-migration` does, then reads the
 * catalogue and which migration made each object.
 */
import { randomUUID } from 'node:crypto'
import { readCatalog } from '../catalog/read.ts'
import type { Catalog } from '../catalog/types.ts'
import { commandSignal } from '../command-signal.ts'
import { type Client, connect, isConnectionLoss, operator } from '../database/connect.ts'
import { ensureHistory } from '../database/history.ts'
import { assignTransactionId } from '../database/own-transaction.ts'
import { sendAll } from '../database/pipeline.ts'
import { runAlone } from '../run/alone.ts'
import { failedStep } from '../run/failure.ts'
import type { PieceContext } from '../run/piece.ts'
import { PieceFailure } from '../run/piece-failure.ts'
import { NO_LIMITS, Progress } from '../run/request.ts'
import { runTransaction } from '../run/transaction.ts'
import { statement } from '../statement.ts'
import { toolVersion } from '../version.ts'
import type { Planned } from '../workspace/workspace.ts'
import { ReplayFailedError, ReplayInterruptedError } from './errors.ts'
import { endWatch, type Makers, makerIs, toMakers, watchMakers } from './makers.ts'
import type { Scratch } from './scratch.ts'
import { assertAllMade } from './unseen.ts'

export interface ReplayRequest {
  /** In the order of the plan. */
  readonly steps: readonly Planned[]
  /** How an error names these steps (`the migrations of auth`); undefined = the whole plan. */
  readonly part?: string | undefined
}

export interface Replayed {
  /** Includes the migrator's history table. */
  readonly catalog: Catalog
  readonly makers: Makers
}

export interface OpenReplay extends Replayed {
  /** For further queries on the same state. A read-only transaction is open. */
  readonly client: Client
}

/** Replays, calls `use` and closes the connection. Throws ReplayFailedError, ReplayInterruptedError, UnseenMakerError. */
export async function withReplay<T>(
  scratch: Scratch,
  request: ReplayRequest,
  use: (replay: OpenReplay) => Promise<T>,
): Promise<T> {
  const client = await connect(await scratch.createDatabase(), 'replay', { signal: commandSignal() })
  try {
    const makers = await apply(client, request)
    await sendAll(client, [statement('begin isolation level repeatable read, read only')])
    const catalog = await readCatalog(client)
    assertAllMade(catalog, makers)
    return await use({ catalog, makers, client })
  } finally {
    await client.end().catch(() => {})
  }
}

/** What the steps build, for callers that need no further queries. Throws what withReplay throws. */
export const replay = (scratch: Scratch, request: ReplayRequest): Promise<Replayed> =>
  withReplay(scratch, request, async ({ catalog, makers }) => ({ catalog, makers }))

async function apply(client: Client, { steps, part }: ReplayRequest): Promise<Makers> {
  await sendAll(client, [watchMakers, ...(await ensureHistory())])
  const context = replayContext(client)
  for (const [index, step] of steps.entries()) {
    try {
      await applyStep(context, step, index + 1)
    } catch (error) {
      throw error instanceof PieceFailure ? explained(client, error, step, part) : error
    }
  }
  const [noted] = await sendAll(client, endWatch)
  return toMakers(noted!.rows, steps)
}

/** Nobody else uses the database, so the pieces need no time limits and no second connection that looks for blocking sessions. */
export const replayContext = (client: Client): Omit<PieceContext, 'transactionId'> => ({
  client,
  direction: 'up',
  identity: { runId: randomUUID(), toolVersion, appliedBy: operator() },
  limits: NO_LIMITS,
  watch: {
    pid: 0,
    lockTimeoutMs: 0,
    blockers: [],
    connectSide: () => Promise.reject(new Error('a replay is alone on its database')),
  },
  progress: new Progress(),
  signal: new AbortController().signal,
})

/** Applies a step with the functions of a real run, so that a replay does the same as `up`. Throws PieceFailure. */
async function applyStep(context: Omit<PieceContext, 'transactionId'>, step: Planned, number: number): Promise<void> {
  const [, , own] = await sendAll(context.client, [makerIs(number), statement('begin'), assignTransactionId])
  const inside = { ...context, transactionId: own!.rows[0].transaction_id }
  const piece = step.transaction
    ? runTransaction(inside, [step], { createHistory: false, known: undefined, dropHistory: false, beforeCommit: [] })
    : runAlone(inside, step, { createHistory: false, row: undefined, known: undefined, dropHistory: false })
  for (let next = await piece.next(); !next.done; ) next = await piece.next()
}

function explained(client: Client, { cause, place }: PieceFailure, step: Planned, part: string | undefined): Error {
  if (isConnectionLoss(client, cause))
    return new ReplayInterruptedError({ id: step.id, detail: (cause as Error).message }, cause)
  const failed = failedStep(cause, place ?? { step })
  return new ReplayFailedError({ ...failed, atCommit: place === undefined, part }, cause)
}
