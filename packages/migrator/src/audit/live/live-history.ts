/** The history of a database that is audited: its rows, or why there are none to be had. */
import { HOME } from '../../catalog/place.ts'
import type { Catalog, Table, Unread } from '../../catalog/types.ts'
import { type Client, sqlState } from '../../database/connect.ts'
import { HISTORY_TABLE, type HistoryRow, historyRow, readHistory } from '../../database/history.ts'
import { sendAll } from '../../database/pipeline.ts'
import { reason } from '../../errors.ts'
import { quoted } from '../../sql/names.ts'
import { statement } from '../../statement.ts'

const COLUMNS = ['domain', 'name', 'checksum', 'run_id', 'position', 'duration_ms', 'tool_version', 'applied_by']
const FORBIDDEN = '42501'

export interface LiveHistory {
  readonly history: readonly HistoryRow[] | null
  /** False where there may be one and it was not read. */
  readonly isHistoryKnown: boolean
  readonly notes: readonly string[]
  readonly unread: readonly Unread[]
}

const none = (...notes: string[]): LiveHistory => ({ history: null, isHistoryKnown: true, notes, unread: [] })
const notRead = (note: string): LiveHistory => ({ ...none(note), isHistoryKnown: false })

/** Needs an open transaction, and ends it where the history cannot be read. Throws what the server says, unless a right is missing. */
export async function liveHistory(
  client: Client,
  { tables, otherSchemas, unread = [] }: Catalog,
): Promise<LiveHistory> {
  const table = tables.find(({ schema = HOME, name }) => schema === HOME && name === HISTORY_TABLE)
  if (table === undefined) {
    const isElsewhere = otherSchemas.some(
      (one) => one.name === HOME && one.tables?.some(({ name }) => name === HISTORY_TABLE),
    )
    return isElsewhere
      ? notRead(`Drift was not looked for: the migrator works in ${HOME}, which was not among the schemas.`)
      : none()
  }
  if (!COLUMNS.every((name) => table.columns.some((column) => column.name === name)))
    return none(`${HISTORY_TABLE} was not made by this migrator: drift was not looked for.`)
  // Nobody may read it while it is locked, and that is told of the table.
  if (unread.some((one) => one.table === HISTORY_TABLE)) return notRead('Drift was not looked for.')
  try {
    // A policy could hide rows without a word; so it is an error.
    const [, , rows] = await sendAll(client, [
      statement(`select set_config('row_security', 'off', true)`),
      ...readHistory,
    ])
    return { history: rows!.rows.map(historyRow), isHistoryKnown: true, notes: [], unread: [] }
  } catch (error) {
    if (sqlState(error) !== FORBIDDEN) throw error
    return { ...notRead('Drift was not looked for.'), unread: [await forbidden(client, table, reason(error))] }
  }
}

async function forbidden(client: Client, { oid }: Table, serverMessage: string): Promise<Unread> {
  const [, asked] = await sendAll(client, [
    statement('rollback'),
    statement(
      `select current_user::text as role, has_schema_privilege('${HOME}', 'usage') as usage, has_table_privilege($1::oid, 'select') as rows`,
      oid,
    ),
  ])
  const { role, usage, rows } = asked!.rows[0]
  const grants = [
    ...(usage ? [] : [`GRANT USAGE ON SCHEMA ${HOME} TO ${quoted(role)};`]),
    ...(rows ? [] : [`GRANT SELECT ON ${HOME}.${HISTORY_TABLE} TO ${quoted(role)};`]),
  ]
  return {
    table: null,
    what: `the rows of ${HISTORY_TABLE}, and with them drift`,
    reason: `role ${quoted(role)} may not read them: ${serverMessage}`,
    remedy:
      grants.length > 0
        ? grants.join(' ')
        : `A policy hides rows of ${HISTORY_TABLE} from it: run it as the owner of the table.`,
  }
}
