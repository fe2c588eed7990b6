/**
 * Looks up, in the live database, the rows that its migrations inserted: only those, by their natural keys, so that a table may have grown as
 * large as it likes. Each table is asked in a transaction of its own, so one that cannot be read does not keep the others from being read.
 */
import { passedOverIn } from '../../catalog/looked-at.ts'
import { settleRendering } from '../../catalog/rendering.ts'
import type { Catalog, Table, Unread } from '../../catalog/types.ts'
import { type Client, sqlState } from '../../database/connect.ts'
import { sendAll } from '../../database/pipeline.ts'
import type { Limits } from '../../database/session.ts'
import { reason } from '../../errors.ts'
import { hasKey, naturalKey, tableNamed, targetsOf } from '../../replay/natural-key.ts'
import type { Seeded } from '../../replay/replay-seeded.ts'
import { missing, rowJson, type Seeds } from '../../replay/seeds.ts'
import { quoted } from '../../sql/names.ts'
import { type Statement, statement } from '../../statement.ts'

export type Row = Readonly<Record<string, unknown>>

interface SeededRow {
  /** As the migrations insert it. */
  readonly wanted: Row
  /** As it is now; null where there is none. */
  readonly found: Row | null
}

export interface SeededTable {
  readonly table: string
  /** The columns by which the rows are known; undefined where it is all of them. */
  readonly key: readonly string[] | undefined
  /** The columns that point to a row of another table, with the table's name. */
  readonly targets: ReadonlyMap<string, string>
  readonly rows: readonly SeededRow[]
}

interface Looked {
  readonly tables: readonly SeededTable[]
  readonly unread: readonly Unread[]
}

/** Rows of a table without a natural key are compared with all that it has, unless these are more. */
const MOST_ROWS = 100_000

/** Expects no open transaction. */
export async function seededRows(
  client: Client,
  live: Catalog,
  { seeds, catalog }: Seeded,
  limits: Limits,
): Promise<Looked> {
  const tables: SeededTable[] = []
  const unread: Unread[] = []
  const passedOver = passedOverIn(live.unread)
  for (const one of seeds) {
    const here = tableNamed(live, one.table)
    const there = tableNamed(catalog, one.table)
    // A table or a column that is missing is a finding by itself, and nothing can be said of its rows; so is a table that was passed over.
    if (passedOver.has(one.table) || here === undefined || there === undefined || !hasColumnsOf(here, there)) continue
    const key = naturalKey(there, catalog)?.map(({ name }) => name)
    const targets = new Map([...targetsOf(there, catalog)].map(([column, { table }]) => [column, table.name]))
    try {
      const why = await whyUnreadable(client, [here, ...targetsIn(there, catalog, live)], limits)
      if (why === undefined && key === undefined && here.estimatedRows > MOST_ROWS) unread.push(tooLarge(here))
      else if (why === undefined)
        tables.push({ table: one.table, key, targets, rows: await lookUp(client, one, { here, catalog, limits }) })
      else unread.push({ ...whatIn(one.table), ...why })
    } catch (error) {
      if (sqlState(error) === undefined) throw error
      unread.push({
        ...whatIn(one.table),
        reason: reason(error),
        remedy: 'Run it again when that no longer holds.',
      })
    }
  }
  return { tables, unread }
}

const whatIn = (table: string): Pick<Unread, 'table' | 'what'> => ({
  table,
  what: `the rows that migrations inserted into ${table}`,
})

const hasColumnsOf = (here: Table, there: Table): boolean =>
  there.columns.every(({ name }) => here.columns.some((column) => column.name === name))

const targetsIn = (table: Table, catalog: Catalog, live: Catalog): Table[] =>
  [...targetsOf(table, catalog).values()].flatMap(({ table: target }) => tableNamed(live, target.name) ?? [])

const tooLarge = ({ name, estimatedRows }: Table): Unread => ({
  ...whatIn(name),
  reason: `it has about ${estimatedRows} rows, and no unique key whose values the migrations give`,
  remedy: `Give ${quoted(name)} a unique constraint by which the inserted rows are known.`,
})

type Why = Pick<Unread, 'reason' | 'remedy'>

async function whyUnreadable(client: Client, tables: readonly Table[], limits: Limits): Promise<Why | undefined> {
  const [answer] = await inTransaction(client, limits, [
    statement(
      `select c.relname as name, has_schema_privilege(c.relnamespace, 'USAGE') as enters,
  has_table_privilege(c.oid, 'SELECT') as reads, row_security_active(c.oid) as hides, current_user as role
from unnest($1::oid[]) with ordinality wanted (oid, place) join pg_class c on c.oid = wanted.oid order by wanted.place`,
      tables.map(({ oid }) => oid),
    ),
  ])
  for (const { name, enters, reads, hides, role } of answer!.rows) {
    if (!enters)
      return {
        reason: `role ${role} may not use the schema public`,
        remedy: `GRANT USAGE ON SCHEMA public TO ${quoted(role)}`,
      }
    if (!reads)
      return {
        reason: `role ${role} may not read ${name}`,
        remedy: `GRANT SELECT ON ${quoted(name)} TO ${quoted(role)}`,
      }
    if (hides)
      return {
        reason: `row level security hides rows of ${name} from role ${role}`,
        remedy: `Audit as a role with BYPASSRLS, or as the owner of ${quoted(name)}.`,
      }
  }
  return undefined
}

interface Place {
  readonly here: Table
  readonly catalog: Catalog
  readonly limits: Limits
}

async function lookUp(client: Client, seeds: Seeds, { here, catalog, limits }: Place): Promise<SeededRow[]> {
  const table = tableNamed(catalog, seeds.table) as Table
  const key = naturalKey(table, catalog)
  if (key === undefined) {
    const known = new Set(table.columns.map(({ name }) => name))
    const ignored = here.columns.flatMap(({ name }) => (known.has(name) ? [] : [name]))
    const [lost] = await inTransaction(client, limits, [missing(seeds, catalog, ignored)])
    return lost!.rows.map(({ row }) => ({ wanted: JSON.parse(row), found: null }))
  }
  const [answer] = await inTransaction(client, limits, [
    statement(
      `select wanted.row as wanted, found.row as found from unnest($1::jsonb[]) with ordinality wanted (row, place)
left join lateral (select ${rowJson(table, catalog)} as row from public.${quoted(table.name)} t0
  where ${hasKey(key, 't0', 'wanted.row')} limit 1) found on true order by wanted.place`,
      seeds.rows,
    ),
  ])
  return answer!.rows.map(({ wanted, found }) => ({ wanted, found }))
}

/** Read only, and with the settings with which the rows of the replay were read. Types of the schema public are written without it. */
async function inTransaction(
  client: Client,
  { lockTimeoutMs, statementTimeoutMs }: Limits,
  asked: readonly Statement[],
) {
  const [, , , ...answers] = await sendAll(client, [
    statement('begin isolation level repeatable read, read only'),
    settleRendering,
    statement(
      `select set_config('search_path', 'public', true), set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)`,
      String(lockTimeoutMs),
      String(statementTimeoutMs),
    ),
    ...asked,
    statement('rollback'),
  ])
  return answers
}
