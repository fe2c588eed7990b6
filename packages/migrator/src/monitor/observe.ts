/**
 * What a check for monitoring reads: the history, who holds the run's lock, and the partitioned tables. It takes no lock of its own but
 * those of a SELECT on the history, waits for nothing, writes nothing, and ends whatever happens. A role with SELECT on the history is
 * enough, and a standby answers too.
 */
import { type Client, sqlState } from '../database/connect.ts'
import { type HistoryRow, historyRow, readHistory } from '../database/history.ts'
import { historyFailure } from '../database/history-failure.ts'
import { type Holder, runLockHolder, toHolder } from '../database/holder.ts'
import { inspect } from '../database/inspect.ts'
import { type Partitioned, partitionedTables, toPartitioned } from '../database/partitions.ts'
import { sendAll } from '../database/pipeline.ts'
import { type Repairs, readRepairs } from '../database/repairs.ts'
import { targetText } from '../database/target.ts'
import { assertServer } from '../run/guard.ts'
import { statement } from '../statement.ts'

/** A statement that would wait for a table waits no longer than a person notices. */
const LIMITS = { lockTimeoutMs: 100, statementTimeoutMs: 10_000 }

export interface Observed {
  /** On the server's clock. */
  readonly at: Date
  /** A standby sees no advisory lock of its primary: nobody can say there whether a run is under way. */
  readonly isStandby: boolean
  readonly history: readonly HistoryRow[]
  readonly holder: Holder | undefined
  /** Undefined if a partition was locked exclusively: PostgreSQL locks a partition to render its bounds. */
  readonly partitioned: readonly Partitioned[] | undefined
  readonly repairs: Repairs
}

/** Ends its transaction. Throws ServerTooOldError, HistoryLockedError, HistoryForbiddenError, QueryFailedError. */
export async function observe(client: Client): Promise<Observed> {
  try {
    // A run that begins or ends a migration between two of the questions makes their answers contradict each other. It then asks again.
    for (let triesLeft = 3; ; triesLeft -= 1) {
      const seen = await look(client)
      if (seen.isConsistent || triesLeft === 0) return seen.observed
    }
  } catch (error) {
    throw await historyFailure(client, error)
  } finally {
    await sendAll(client, [statement('rollback')]).catch(() => {})
  }
}

const facts = statement('select clock_timestamp() as at, pg_is_in_recovery() as standby')

/**
 * The order of the questions is the proof: an unfinished row that stands in the history before and after the lock was seen free is no
 * running migration, since a run holds the lock for as long as its row is unfinished.
 */
async function look(client: Client): Promise<{ observed: Observed; isConsistent: boolean }> {
  const state = await inspect(client, LIMITS, 'readOnly')
  assertServer(state, targetText(client.target))
  const unfinished = state.history.filter(isUnfinished)
  const again = unfinished.length === 0 ? [] : readHistory
  const [fact, holder, , rows] = await sendAll(client, [facts, runLockHolder, ...again])
  const repairs = await readRepairs(client)
  const partitioned = await partitionsIn(client)
  const found = holder!.rows[0] && toHolder(holder!.rows[0])
  const after = rows === undefined ? [] : rows.rows.map(historyRow)
  return {
    observed: {
      at: fact!.rows[0].at,
      isStandby: fact!.rows[0].standby,
      history: state.history,
      holder: found,
      partitioned,
      repairs,
    },
    isConsistent: found !== undefined || unfinished.every((row) => after.some((other) => isSame(row, other))),
  }
}

/** Ends the transaction, which a lock in the way would have ended too. */
async function partitionsIn(client: Client): Promise<readonly Partitioned[] | undefined> {
  try {
    const [found] = await sendAll(client, [partitionedTables, statement('rollback')])
    return found!.rows.map(toPartitioned)
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error
    return undefined
  }
}

const LOCK_NOT_AVAILABLE = '55P03'

const isUnfinished = ({ durationMs }: HistoryRow): boolean => durationMs === null

const isSame = (row: HistoryRow, other: HistoryRow): boolean =>
  isUnfinished(other) && row.domain === other.domain && row.name === other.name && row.runId === other.runId
