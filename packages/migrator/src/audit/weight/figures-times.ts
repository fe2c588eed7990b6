/** How time is kept. Pure. */
import type { Table } from '../../catalog/types.ts'
import { columnOf } from '../../rules/subject.ts'
import { triggerOf } from '../../rules/updated-at-trigger.ts'
import { type Share, shareOf } from './share.ts'

export interface TimeFigures {
  /** Columns of type timestamp without time zone, of all with the type timestamp, with or without. */
  readonly withoutZone: Share
  /** Tables with created_at, of all. */
  readonly createdAt: Share
  /** Tables whose created_at is NOT NULL, of those that have it. */
  readonly createdAtNotNull: Share
  /** Tables with updated_at, of all. */
  readonly updatedAt: Share
  /** Tables whose updated_at is NOT NULL, of those that have it. */
  readonly updatedAtNotNull: Share
  /** Tables with a trigger that sets updated_at, of those that have the column. */
  readonly updatedAtTrigger: Share
  /** Defaults with a clock in them, by its word. `other`: clock_timestamp(), LOCALTIMESTAMP, CURRENT_DATE and the like. */
  readonly defaults: { readonly now: number; readonly currentTimestamp: number; readonly other: number }
}

const INSTANT = /^timestamp(\(\d\))? with(out)? time zone$/
const OTHER_CLOCK =
  /'now'::text|\b(clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\)|\b(LOCALTIME|LOCALTIMESTAMP|CURRENT_TIME|CURRENT_DATE)\b/

export function timeFigures(tables: readonly Table[]): TimeFigures {
  const columns = tables.flatMap((table) => table.columns)
  const having = (name: string) => tables.filter((table) => columnOf(table, name) !== undefined)
  const notNull = (name: string) => shareOf(having(name), (table) => columnOf(table, name)!.notNull)
  const clocks = columns.filter(({ generated }) => !generated).map(({ default: expression }) => clockOf(expression))
  const count = (clock: Clock) => clocks.filter((one) => one === clock).length
  return {
    withoutZone: shareOf(
      columns.filter(({ type }) => INSTANT.test(type)),
      ({ type }) => type.includes(' without '),
    ),
    createdAt: { count: having('created_at').length, of: tables.length },
    createdAtNotNull: notNull('created_at'),
    updatedAt: { count: having('updated_at').length, of: tables.length },
    updatedAtNotNull: notNull('updated_at'),
    updatedAtTrigger: shareOf(having('updated_at'), (table) => triggerOf(table) !== undefined),
    defaults: { now: count('now'), currentTimestamp: count('currentTimestamp'), other: count('other') },
  }
}

type Clock = keyof TimeFigures['defaults']

/** The clock of a default. Text in quotes that only mentions one is left out. */
function clockOf(expression: string | null): Clock | undefined {
  const code = (expression ?? '').replace(/'now'::text|'(?:[^']|'')*'|"[^"]*"/g, (text) =>
    text === "'now'::text" ? text : "''",
  )
  if (/\bnow\(\)/.test(code)) return 'now'
  if (/\bCURRENT_TIMESTAMP\b/.test(code)) return 'currentTimestamp'
  return OTHER_CLOCK.test(code) ? 'other' : undefined
}
