/**
 * Reads the state of a database before anything runs on it, in one round trip: its version, its history, objects that do not belong to V1,
 * and whether this session got the run's lock. The run continues in the same transaction, so nothing can change in between.
 */
import type { QueryResult, QueryResultRow } from 'pg'
import type { MigratorError } from '../errors.ts'
import { statement } from '../statement.ts'
import { type Access, accessColumns, accessOf } from './access.ts'
import { type Client, sqlState } from './connect.ts'
import { HISTORY_TABLE, type HistoryRow, historyRow, readHistory } from './history.ts'
import { historyForm } from './history-form.ts'
import { assertHistoryTable, assertSingleRows } from './history-shape.ts'
import { lockHolder, type Session, toSession, tryRunLock } from './lock.ts'
import { ownTablesSql } from './own-tables.ts'
import { send, sendAll } from './pipeline.ts'
import { type Limits, sessionSettings } from './session.ts'
import { targetText } from './target.ts'

export interface PublicObject {
  readonly kind: 'table' | 'view' | 'sequence' | 'index' | 'function' | 'type'
  readonly name: string
}

export interface DatabaseState {
  /** `18.4`. */
  readonly serverVersion: string
  /** 180004. */
  readonly serverVersionNumber: number
  readonly backendPid: number
  readonly hasHistory: boolean
  readonly history: readonly HistoryRow[]
  /** How many tables public has, without the migrator's own. */
  readonly tables: number
  /** If there is no history: the objects in public that belong to no extension. */
  readonly strangers: readonly PublicObject[]
  /** How many objects all transactions together can hold locks on. */
  readonly lockSlots: number
  /** What the table of the history is made of, see history-form.ts; '' if there is none. */
  readonly historyForm: string
  readonly access: Access
  readonly lock:
    | { readonly held: true; readonly transactionId: string }
    | { readonly held: false; readonly holder: Session | undefined }
}

const facts =
  statement(`select current_setting('server_version') as version, current_setting('server_version_num')::int as version_number,
  pg_backend_pid() as pid, to_regclass('public.${HISTORY_TABLE}') is not null as has_history, coalesce((${historyForm}), '') as history_form,
  current_setting('max_locks_per_transaction')::int
    * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int) as lock_slots,
  ${accessColumns}`)

export const countTables = statement(`select count(*)::int as tables from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname not in (${ownTablesSql})`)

/**
 * Indexes are listed only to find collisions. Row types of tables and objects of extensions are left out, since nobody made them by hand,
 * and so are the migrator's own tables: `migration_repairs` stays when `down --all` has dropped the history.
 */
const strangers = statement(`select kind, name from (
  select case c.relkind when 'v' then 'view' when 'm' then 'view' when 'S' then 'sequence' when 'i' then 'index' when 'I' then 'index'
    else 'table' end as kind, c.relname::text as name, c.oid, 'pg_class'::regclass as class
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S', 'i', 'I')
  union all
  select 'function', p.proname::text, p.oid, 'pg_proc'::regclass from pg_proc p where p.pronamespace = 'public'::regnamespace
  union all
  select 'type', t.typname::text, t.oid, 'pg_type'::regclass from pg_type t
  where t.typnamespace = 'public'::regnamespace and t.typtype in ('d', 'e', 'r')
) o
where to_regclass('public.${HISTORY_TABLE}') is null
  and not exists (select from pg_depend d where d.classid = o.class and d.objid = o.oid and d.deptype = 'e')
  and not (o.class = 'pg_class'::regclass and exists (select from pg_class t where t.relnamespace = 'public'::regnamespace
    and t.relname in (${ownTablesSql}) and t.oid in (o.oid, (select i.indrelid from pg_index i where i.indexrelid = o.oid))))
order by kind = 'index', kind <> 'table', kind, name`)

/**
 * `run` tries the lock, in a transaction of the kind that the server gives by default. `override` is the same in one that may write whatever
 * the default is. `readOnly` tries no lock and writes nothing.
 */
export type InspectMode = 'run' | 'override' | 'readOnly'

/** Told the history as soon as it is read, while the rest is still on its way. It must not throw. */
export type OnHistory = (history: readonly HistoryRow[]) => void

/**
 * Leaves the transaction open for the run. With `readOnly` a failure of the server is thrown as historyFailure words it; otherwise it is
 * thrown as it is, since the run makes its own error of it. Throws HistoryTableError, DuplicateHistoryError.
 */
export async function inspect(
  client: Client,
  limits: Limits,
  mode: InspectMode,
  onHistory?: OnHistory,
): Promise<DatabaseState> {
  try {
    return await ask(client, limits, mode, onHistory)
  } catch (error) {
    if (mode === 'override' && sqlState(error) === FEATURE_NOT_SUPPORTED) {
      // A standby has no transaction that may write; what it is asked without that says that it is a standby.
      await sendAll(client, [statement('rollback')])
      return ask(client, limits, 'run', onHistory)
    }
    if (mode !== 'readOnly') throw error
    throw await historyUnreadable(client, error)
  }
}

/** The error for a person when the history could not be read. */
export async function historyUnreadable(client: Client, error: unknown): Promise<MigratorError> {
  const { historyFailure } = await import('./history-failure.ts')
  return historyFailure(client, error)
}

const FEATURE_NOT_SUPPORTED = '0A000'

/**
 * The isolation level is set here, whatever the server's default is: under a stricter level this transaction might not see what the
 * previous holder of the lock has committed.
 */
async function ask(
  client: Client,
  limits: Limits,
  mode: InspectMode,
  onHistory: OnHistory | undefined,
): Promise<DatabaseState> {
  const target = targetText(client.target)
  const isReadOnly = mode === 'readOnly'
  const answers = [
    statement(`begin isolation level read committed${ACCESS_MODES[mode]}`),
    sessionSettings(limits),
    isReadOnly ? noLock : tryRunLock,
    ...readHistory,
    facts,
    countTables,
    strangers,
    ...(isReadOnly ? [lockHolder] : []),
  ].map((statement) => send(client, statement))
  const reading = answers[HISTORY_AT]!.then(({ rows }) => {
    const history = rows.map(historyRow)
    onHistory?.(history)
    return history
  })
  reading.catch(() => {})
  const [, , lock, , , , fact, tables, inTheWay, seen] = await all(client, answers)
  const { version, version_number, pid, has_history, history_form, lock_slots } = fact!.rows[0]!
  client.isPooled = pid !== client.processID
  assertHistoryTable(history_form, target)
  const { held, transaction_id } = lock!.rows[0]!
  // Nearly every run gets the lock: who has it is asked only if it did not.
  const [holder] = held || isReadOnly ? [seen] : await sendAll(client, [lockHolder])
  const history = await reading
  assertSingleRows(history, target)
  return {
    serverVersion: String(version).split(' ')[0] as string,
    serverVersionNumber: version_number,
    backendPid: pid,
    hasHistory: has_history,
    historyForm: history_form,
    history,
    access: accessOf(fact!.rows[0]!),
    tables: tables!.rows[0]!.tables,
    strangers: inTheWay!.rows as PublicObject[],
    lockSlots: lock_slots,
    lock: held
      ? { held: true, transactionId: transaction_id ?? '' }
      : { held: false, holder: holder?.rows[0] && toSession(holder.rows[0]) },
  }
}

const ACCESS_MODES: Readonly<Record<InspectMode, string>> = {
  run: '',
  override: ', read write',
  readOnly: ', read only',
}
const noLock = statement('select false as held, null as transaction_id')
const HISTORY_AT = 4

/**
 * Reading the history fails where it is another table than expected. Nothing that was sent behind it is answered then, so what the table is
 * made of is asked again. Throws HistoryTableError.
 */
async function all(client: Client, answers: readonly Promise<QueryResult>[]): Promise<{ rows: QueryResultRow[] }[]> {
  const settled = await Promise.allSettled(answers)
  const failure = settled.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
  if (failure === undefined) return settled.map((answer) => (answer as PromiseFulfilledResult<QueryResult>).value)
  if (settled[HISTORY_AT]?.status === 'rejected') {
    const found = await sendAll(client, [
      statement('rollback'),
      statement(`select (${historyForm}) as history_form`),
    ]).catch(() => [])
    assertHistoryTable(found[1]?.rows[0]?.history_form ?? '', targetText(client.target))
  }
  throw failure.reason
}
