/**
 * Records the migrations of a database that was built from the files of `sql`, which write no history. They are recorded only if the
 * database is proven to be what they build: what it has is compared once to show it, and again in the transaction that writes the rows,
 * while the run's lock and a lock on every table of the plan are held.
 */
import { randomUUID } from 'node:crypto'
import { type Client, operator } from '../database/connect.ts'
import { ensureHistory, recordApplied } from '../database/history.ts'
import { type DatabaseState, inspect } from '../database/inspect.ts'
import { isOwnTable } from '../database/own-tables.ts'
import { sendAll } from '../database/pipeline.ts'
import { ensureRepairs, readRepairs, recordBaseline } from '../database/repairs.ts'
import type { Limits } from '../database/session.ts'
import { targetText } from '../database/target.ts'
import { RunInterruptedError } from '../run/errors.ts'
import { assertMayChange, assertServer } from '../run/guard.ts'
import { type Hold, holdRunLock } from '../run/hold.ts'
import { quoted } from '../sql/names.ts'
import { statement } from '../statement.ts'
import { toolVersion } from '../version.ts'
import type { Planned } from '../workspace/workspace.ts'
import { BaselineHistoryError, StrangeRepairsTableError } from './errors.ts'
import { type Expected, type Match, matchOf } from './match.ts'
import { told } from './told.ts'

export interface Baseline {
  /** The migrations that are recorded, in the order of the plan. */
  readonly steps: readonly Planned[]
  readonly expected: Expected
  readonly allowStrangers: boolean
  readonly reason: string
}

/**
 * The major version of the server, which has no history. Leaves no transaction open. Throws BaselineHistoryError, ServerTooOldError, what
 * assertNotReadOnly throws.
 */
export async function majorWithoutHistory(client: Client, limits: Limits): Promise<number> {
  const state = await inspect(client, limits, 'readOnly')
  await sendAll(client, [statement('rollback')])
  assertServer(state, targetText(client.target))
  assertNoHistory(client, state)
  await assertMayChange(client, state)
  return Math.floor(state.serverVersionNumber / 10_000)
}

function assertNoHistory(client: Client, { history }: DatabaseState): void {
  if (history.length > 0)
    throw new BaselineHistoryError({ database: targetText(client.target), migrations: history.length })
}

/** Looks, and changes nothing. */
export function compareNow(client: Client, { expected, allowStrangers }: Baseline): Promise<Match> {
  return told('the database was compared with the replay', client, async () => {
    await sendAll(client, [statement('begin isolation level repeatable read, read only')])
    return await matchOf(client, expected, { allowStrangers })
  })
}

/** Compares again, and records the migrations if everything still matches. Throws BaselineHistoryError and what holdRunLock throws. */
export async function record(client: Client, baseline: Baseline, hold: Hold): Promise<Match> {
  const { steps, expected, allowStrangers, reason } = baseline
  const database = targetText(client.target)
  const state = await holdRunLock(client, hold)
  const match = await told(
    'the history was written; nothing of it is kept',
    client,
    async () => {
      assertNoHistory(client, state)
      await lockTables(client, expected)
      const found = await matchOf(client, expected, { allowStrangers })
      if (found.mismatches.length > 0) return found
      const { kind } = await readRepairs(client)
      if (kind === 'strange') throw new StrangeRepairsTableError({ database })
      const identity = { runId: randomUUID(), toolVersion, appliedBy: operator() }
      await sendAll(client, [
        ...(state.hasHistory ? [] : await ensureHistory()),
        ...steps.map((step) => recordApplied(step, identity)),
        ...(kind === 'none' ? await ensureRepairs() : []),
        recordBaseline(steps, { ...identity, reason }),
      ])
      if (hold.signal.aborted) throw new RunInterruptedError({ direction: 'up', outcome: { kind: 'nothing' } })
      return found
    },
    'keep',
  )
  await told('the baseline was committed (whether it was: npx nx run migrator:status)', client, async () => {
    const end = match.mismatches.length > 0 ? 'rollback' : 'commit'
    const [done] = await sendAll(client, [statement(end)])
    if (done?.command !== end.toUpperCase()) throw new Error(`the server answered ${done?.command}`)
  })
  return match
}

/**
 * Until the end of the transaction nobody can change these tables or index them; they can be read and written. A table that is missing is
 * found by the comparison.
 */
async function lockTables(client: Client, { catalog }: Expected): Promise<void> {
  const names = catalog.tables.filter(({ name }) => !isOwnTable(name)).map(({ name }) => `public.${quoted(name)}`)
  const [there] = await sendAll(client, [
    statement(
      `select name from unnest($1::text[]) wanted (name) join pg_class c on c.oid = to_regclass(name) where c.relkind in ('r', 'p')`,
      names,
    ),
  ])
  const tables = there!.rows.map(({ name }) => `only ${name}`)
  if (tables.length > 0)
    await sendAll(client, [statement(`lock table ${tables.join(', ')} in share update exclusive mode`)])
}
