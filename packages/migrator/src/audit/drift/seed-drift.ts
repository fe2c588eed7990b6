/**
 * The rows that migrations inserted, as they are now → what differs. Pure. A row that somebody added is not drift: a table of reference data
 * is there to be added to, and the plan only says what has to be in it.
 */
import type { CatalogDifference } from '../../catalog/difference.ts'
import type { Row, SeededTable } from './seeded-rows.ts'

export function seedDifferences(tables: readonly SeededTable[]): CatalogDifference[] {
  const lost = new Set(
    tables.flatMap(({ table, key, rows }) =>
      rows.flatMap(({ wanted, found }) => (found === null && key ? [rowKey(table, wanted, key)] : [])),
    ),
  )
  const pointsToLost = (wanted: Row, targets: SeededTable['targets']) =>
    [...targets].some(([column, target]) => {
      const value = wanted[column]
      return isRow(value) && lost.has(rowKey(target, value, Object.keys(value)))
    })
  return tables.flatMap(({ table, key, targets, rows }) =>
    rows.flatMap(({ wanted, found }): CatalogDifference[] => {
      const name = rowText(wanted, key ?? Object.keys(wanted))
      const row = { kind: 'row', table, name } as const
      if (found === null) {
        // A row that points to a lost one is lost with it.
        if (pointsToLost(wanted, targets)) return []
        const others = Object.keys(wanted).filter((column) => key !== undefined && !key.includes(column))
        return [{ ...row, change: 'missing', found: null, expected: rowText(wanted, others) || 'a row' }]
      }
      const columns = Object.keys(wanted).filter((column) => json(wanted[column]) !== json(found[column]))
      if (columns.length === 0) return []
      return [{ ...row, change: 'changed', found: rowText(found, columns), expected: rowText(wanted, columns) }]
    }),
  )
}

/** The same for a row and for what a column that points to it holds. */
const rowKey = (table: string, row: Row, key: readonly string[]): string =>
  json([table, ...[...key].sort().map((name) => [name, row[name]])])

const json = (value: unknown): string => JSON.stringify(value) ?? 'null'

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names of columns whose values are not for a report. */
const SECRET = /passw|secret|token|credential|private|salt|hash|api_?key/i

const LONGEST = 60

/** `code = admin, level = 80` */
const rowText = (row: Row, columns: readonly string[]): string =>
  columns.map((name) => `${name} = ${SECRET.test(name) ? '(not shown)' : valueText(row[name])}`).join(', ')

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (isRow(value)) return `(${rowText(value, Object.keys(value))})`
  const words = typeof value === 'string' ? value : json(value)
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}...` : words
}
