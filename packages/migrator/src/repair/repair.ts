/**
 * A person's change of one row of the history. What it would change is looked up and shown first, without a lock; then the same is looked up
 * again while the run's lock is held, and the change and its record are committed together.
 */
import { type Client, operator } from '../database/connect.ts'
import { type HistoryRow, historyRow, idOf, readHistoryRows } from '../database/history.ts'
import { type DatabaseState, inspect } from '../database/inspect.ts'
import { sendAll } from '../database/pipeline.ts'
import { ensureRepairs, readRepairs, repairRow } from '../database/repairs.ts'
import { sessionSettings } from '../database/session.ts'
import { targetText } from '../database/target.ts'
import { RunInterruptedError } from '../run/errors.ts'
import { assertMayChange, assertServer } from '../run/guard.ts'
import { type Hold, holdRunLock } from '../run/hold.ts'
import { statement } from '../statement.ts'
import { toolVersion } from '../version.ts'
import type { Planned } from '../workspace/workspace.ts'
import { type Proposal, propose, type RowAction } from './case.ts'
import {
  HistoryRowMovedError,
  RepairAlteredError,
  RepairContradictedError,
  StrangeRepairsTableError,
} from './errors.ts'
import { evidenceOf, leftHalfDone } from './evidence.ts'
import type { Fact } from './fact.ts'
import { told } from './told.ts'

export interface Wish {
  readonly order: readonly Planned[]
  /** The full id. */
  readonly id: string
  readonly action: RowAction
  readonly reason: string
}

export interface Examined extends Proposal {
  readonly facts: readonly Fact[]
}

/**
 * What the repair would change. Changes nothing, and leaves no transaction open.
 * Throws RepairIdError, RepairDoesNotFitError, RepairContradictedError, QueryFailedError, what assertNotReadOnly throws.
 */
export async function examine(client: Client, wish: Wish, { limits }: Pick<Hold, 'limits'>): Promise<Examined> {
  const state = await inspect(client, limits, 'readOnly')
  assertServer(state, targetText(client.target))
  await sendAll(client, [statement('rollback')])
  await assertMayChange(client, state)
  return told('what the database has was looked up', client, async () => {
    await sendAll(client, [statement('begin read write'), sessionSettings(limits)])
    return await examined(client, wish, state, false)
  })
}

/**
 * Makes the repair that was shown. Throws what `examine` throws, HistoryRowMovedError, StrangeRepairsTableError, RunLockHeldError,
 * RunInterruptedError, RepairAlteredError.
 */
export async function repair(client: Client, wish: Wish, shown: Examined, hold: Hold): Promise<void> {
  const database = targetText(client.target)
  const state = await holdRunLock(client, hold)
  await told(
    'the history was repaired; nothing of it was changed',
    client,
    async () => {
      const { row, after, change, id } = await examined(client, wish, state, true)
      const isSame = (['checksum', 'durationMs', 'runId'] as const).every((field) => row[field] === shown.row[field])
      if (!isSame) throw new HistoryRowMovedError({ id, database })
      const { kind } = await readRepairs(client)
      if (kind === 'strange') throw new StrangeRepairsTableError({ database })
      const made = await sendAll(client, [
        ...(kind === 'none' ? await ensureRepairs() : []),
        repairRow(row, change, { toolVersion, appliedBy: operator(), reason: wish.reason }),
      ])
      if (made.at(-1)?.rowCount !== 1) throw new HistoryRowMovedError({ id, database })
      await assertMade(client, id, after)
      if (hold.signal.aborted) throw new RunInterruptedError({ direction: 'up', outcome: { kind: 'nothing' } })
    },
    'keep',
  )
  await told('the repair was committed (whether it was: npx nx run migrator:status)', client, async () => {
    const [done] = await sendAll(client, [statement('commit')])
    if (done?.command !== 'COMMIT') throw new Error(`the server answered ${done?.command}`)
  })
}

/** A trigger on the history may have made something else of the change. Throws RepairAlteredError. */
async function assertMade(client: Client, id: string, wanted: HistoryRow | undefined): Promise<void> {
  const [answer] = await sendAll(client, [readHistoryRows])
  const rows = answer!.rows.map(historyRow).filter((row) => idOf(row) === id)
  const [found] = rows
  const isMade =
    wanted === undefined
      ? found === undefined
      : rows.length === 1 && found?.checksum === wanted.checksum && found.durationMs === wanted.durationMs
  if (!isMade) throw new RepairAlteredError({ id, database: targetText(client.target) })
}

async function examined(client: Client, wish: Wish, { history }: DatabaseState, hold: boolean): Promise<Examined> {
  const { order, id, action } = wish
  const database = targetText(client.target)
  const proposal = propose({ order, history, database }, id, action)
  const facts = await factsFor(client, proposal, hold)
  const against = facts.filter(({ says }) => says === 'contradicts')
  if (against.length > 0)
    throw new RepairContradictedError({
      id,
      database,
      action,
      found: against.map(({ text }) => text),
      remedies: [...new Set(against.flatMap(({ remedy = [] }) => remedy))],
    })
  return { ...proposal, facts }
}

async function factsFor(client: Client, { change, step, row, state }: Proposal, hold: boolean): Promise<Fact[]> {
  const isUnfinished = row.durationMs === null
  if (change.action === 'mark-done') return evidenceOf(client, step as Planned, { expected: 'done', hold })
  if (change.action === 'mark-undone') {
    const own = await evidenceOf(client, step as Planned, { expected: 'undone', hold })
    // What was begun was another text, whose indexes are not known here: none may be left half built.
    return state === 'outdated' ? [...own, ...(await leftHalfDone(client))] : own
  }
  // Of a text that is not known here, or no longer, something may be left half done.
  return isUnfinished ? leftHalfDone(client) : []
}
