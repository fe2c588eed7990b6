/**
 * The tables that the migrator makes for itself in a database. They belong to no domain, and whatever counts or compares the objects of a
 * database leaves them out: a database that has nothing else is an empty one.
 */
import { HISTORY_TABLE } from './history.ts'

/** What people have done to the history with `repair` and `baseline`. The migrator never drops it: it is their record. */
export const REPAIRS_TABLE = 'migration_repairs'

/** The columns by which the migrator knows the table as its own. */
export const REPAIR_COLUMNS = ['domain', 'name', 'action', 'reason', 'history_before', 'history_after'] as const

/** What a person did. */
export type RepairAction = 'accept-checksum' | 'forget' | 'mark-done' | 'mark-undone' | 'baseline'

export const OWN_TABLES: readonly string[] = [HISTORY_TABLE, REPAIRS_TABLE]

export const isOwnTable = (name: string): boolean => OWN_TABLES.includes(name)

/** Whether an SQL text mentions one of them, in whatever place. */
export const namesOwnTable = (sql: string): boolean => OWN_TABLES.some((name) => sql.toLowerCase().includes(name))

/** For `name in (...)`. */
export const ownTablesSql: string = OWN_TABLES.map((name) => `'${name}'`).join(', ')
