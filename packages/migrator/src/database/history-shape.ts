/** Whether the table of the history and its rows are such as this migrator writes them. Pure. */
import { DuplicateHistoryError, HistoryTableError } from './errors.ts'
import { type HistoryRow, idOf } from './history.ts'
import { HISTORY_COLUMNS } from './history-form.ts'

/** `form`: see history-form.ts; '' if there is no table. The order of the columns does not matter. Throws HistoryTableError. */
export function assertHistoryTable(form: string, target: string): void {
  if (form === '') return
  const [kind = '', columns = ''] = form.split(' | ')
  if (kind === 'table' && columns === HISTORY_COLUMNS.join(', ')) return
  const here = typesByName(columns.split(', '))
  const wanted = typesByName(HISTORY_COLUMNS)
  const differences = [
    ...(kind === 'table' ? [] : [`it is a ${kind}`]),
    ...[...wanted].flatMap(([name, type]) => {
      const found = here.get(name)
      if (found === undefined) return [`it has no column ${name}`]
      return found === type ? [] : [`its column ${name} is ${found}, not ${type}`]
    }),
    ...[...here.keys()]
      .filter((name) => !wanted.has(name))
      .map((name) => `it has a column ${name}, which is not known here`),
  ]
  if (differences.length > 0) throw new HistoryTableError({ target, differences })
}

const typesByName = (columns: readonly string[]): Map<string, string> =>
  new Map(
    columns.filter(Boolean).map((column) => {
      const space = column.indexOf(' ')
      return [column.slice(0, space), column.slice(space + 1)]
    }),
  )

/** Throws DuplicateHistoryError. */
export function assertSingleRows(history: readonly HistoryRow[], target: string): void {
  const counts = new Map<string, number>()
  for (const id of history.map(idOf)) {
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  if (counts.size === history.length) return
  const duplicates = [...counts].flatMap(([id, rows]) => (rows > 1 ? [{ id, rows }] : []))
  throw new DuplicateHistoryError({ target, duplicates })
}
