/**
 * Reads the audited database in one read-only transaction that is rolled back, so that nothing in the database changes.
 * The database needs no history, and the role no special rights.
 */
import { readCatalog } from '../catalog/read.ts'
import type { Catalog } from '../catalog/types.ts'
import { withoutRepairs } from '../catalog/without-repairs.ts'
import { type Client, sqlState } from '../database/connect.ts'
import { QueryFailedError } from '../database/errors.ts'
import { HISTORY_TABLE, type HistoryRow, historyRow, readHistory } from '../database/history.ts'
import { sendAll } from '../database/pipeline.ts'
import { type Limits, sessionSettings } from '../database/session.ts'
import { targetText } from '../database/target.ts'
import { MigratorError, reason } from '../errors.ts'
import { statement } from '../statement.ts'
import { AuditServerTooOldError } from './errors.ts'

/** Advice by SQLSTATE: 55P03, a query waited too long for a lock; 57014, a query ran too long. */
const ADVICE: Readonly<Record<string, string>> = {
  '55P03':
    ' (another session holds a lock on a table that is being changed; run it again when that transaction has ended, pg_stat_activity names it)',
  '57014': ' (--statement-timeout of audit gives a query longer)',
}
const OLDEST_SERVER = 120_000
const HISTORY_COLUMNS = [
  'domain',
  'name',
  'checksum',
  'run_id',
  'position',
  'duration_ms',
  'tool_version',
  'applied_by',
]

export interface Live {
  readonly catalog: Catalog
  /** Null where the migrator never ran, where another tool made the table of that name, and where the table cannot be read. */
  readonly history: readonly HistoryRow[] | null
  readonly note?: string
}

/** Throws AuditServerTooOldError. */
export function assertReadable(version: { readonly number: number; readonly name: string }, target: string): void {
  if (version.number < OLDEST_SERVER) throw new AuditServerTooOldError({ target, version: version.name })
}

/** Throws AuditServerTooOldError, and QueryFailedError where the catalogue cannot be read. */
export async function readLive(client: Client, limits: Limits): Promise<Live> {
  const [, , version] = await sendAll(client, [
    statement('begin isolation level repeatable read, read only'),
    sessionSettings(limits),
    statement(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
    ),
  ])
  try {
    const { number, version: name } = version!.rows[0]
    assertReadable({ number, name }, targetText(client.target))
    const catalog = withoutRepairs(await readCatalog(client))
    return { catalog, ...(await historyIn(client, catalog)) }
  } catch (error) {
    if (error instanceof MigratorError) throw error
    const state = sqlState(error)
    const doing = `reading the catalogue${ADVICE[state ?? ''] ?? ''}`
    throw new QueryFailedError({ doing, serverMessage: reason(error), sqlState: state }, error)
  } finally {
    await sendAll(client, [statement('rollback')]).catch(() => {})
  }
}

async function historyIn(client: Client, { tables }: Catalog): Promise<Omit<Live, 'catalog'>> {
  const table = tables.find(({ name }) => name === HISTORY_TABLE)
  if (table === undefined) return { history: null }
  if (!HISTORY_COLUMNS.every((name) => table.columns.some((column) => column.name === name)))
    return { history: null, note: `${HISTORY_TABLE} was not made by this migrator: drift was not looked for.` }
  try {
    const [, rows] = await sendAll(client, readHistory)
    return { history: rows!.rows.map(historyRow) }
  } catch (error) {
    // Most often the role may not read the history table. The rest of the audit does not need that right.
    return {
      history: null,
      note: `${HISTORY_TABLE} cannot be read (${reason(error)}): drift was not looked for.`,
    }
  }
}
