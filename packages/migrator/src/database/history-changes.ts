/**
 * What a migration outside a transaction has done to the history: its statement is committed by itself, so nothing can be proven before it
 * is. The contents are compared and not the versions of the rows, since VACUUM FULL puts every row in another place.
 */
import { reason } from '../errors.ts'
import { statement } from '../statement.ts'
import { type Client, sqlState } from './connect.ts'
import { type HistoryRow, historyRow, idOf, type KnownHistory, readHistoryRows } from './history.ts'
import { historyForm, NEW_HISTORY_FORM } from './history-form.ts'
import { sendAll } from './pipeline.ts'

/** The class of the server's errors for a table or column that is not there, is something else, or may not be read. */
const SYNTAX_OR_RIGHTS = '42'

/**
 * Needs the run's lock, held since `before`. `own`: the migration that is under way, whose row is there since, and has no duration yet. One
 * line for each difference.
 * Throws what the server or the connection throws.
 */
export async function historyChanges(client: Client, before: KnownHistory, own?: string): Promise<string[]> {
  let seen: HistoryRow[]
  let form: string | undefined
  try {
    const [rows, forms] = await sendAll(client, [readHistoryRows, statement(`select (${historyForm}) as form`)])
    seen = rows!.rows.map(historyRow)
    form = forms!.rows[0]?.form
  } catch (error) {
    // Everything else, such as a connection that is lost, says nothing of the table.
    if (!sqlState(error)?.startsWith(SYNTAX_OR_RIGHTS)) throw error
    return [`it cannot be read any more: ${reason(error)}`]
  }
  const wanted = before.form === '' ? NEW_HISTORY_FORM : before.form
  return [
    ...rowChanges(before.rows, seen, own),
    ...(form === wanted ? [] : [`the table was ${wanted}, and is now ${form ?? 'not there'}`]),
  ]
}

/** Pure. */
function rowChanges(before: readonly HistoryRow[], seen: readonly HistoryRow[], own?: string): string[] {
  const known = new Map(before.map((row) => [idOf(row), row]))
  const left = new Set([...known.keys(), ...(own === undefined ? [] : [own])])
  const differences: string[] = []
  for (const row of seen) {
    const id = idOf(row)
    const was = known.get(id)
    const isFirst = left.delete(id)
    if (was === undefined && id !== own) differences.push(`${id} has a row that no migration of this run was to write`)
    else if (!isFirst) differences.push(`${id} has two rows`)
    else if (id === own ? row.durationMs !== null : text(row) !== text(was as HistoryRow))
      differences.push(`the row of ${id} was changed`)
  }
  return [...differences, ...[...left].map((id) => `the row of ${id} is gone`)]
}

const text = ({ version: _place, ...values }: HistoryRow): string => JSON.stringify(values)
