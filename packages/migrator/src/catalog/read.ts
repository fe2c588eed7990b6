/**
 * Database → Catalog. A fixed number of queries in one round trip, however many tables there are, inside the caller's transaction. They
 * all see the same state if the transaction is repeatable read, or if nobody changes the schema meanwhile.
 * Reads PostgreSQL 12 to 18 without special rights.
 */
import type { QueryResultRow } from 'pg'
import type { Client } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import { statement } from '../statement.ts'
import { columns, toColumn } from './columns.ts'
import { constraints, toConstraint } from './constraints.ts'
import { indexes, toIndex } from './indexes.ts'
import { objectQueries, toDatabaseObject } from './objects.ts'
import { lockedOnes, passOver, toUnread } from './passed-over.ts'
import { HOME } from './place.ts'
import { policies, rewriteRules, toPolicy, toRewriteRule } from './policies.ts'
import { restoreRendering, settleRendering } from './rendering.ts'
import { routines, toRoutine } from './routines.ts'
import { crossings, otherSchemas, toCrossing, toOtherSchema } from './schemas.ts'
import { sequences, toSequence } from './sequences.ts'
import { type BareTable, tables, toTable } from './tables.ts'
import { toTrigger, triggers } from './triggers.ts'
import type { Catalog } from './types.ts'
import { toUserType, userTypes } from './user-types.ts'
import { type BareView, toView, views } from './views.ts'

const version = statement(
  `select current_setting('server_version_num')::int as number, current_setting('server_encoding') as encoding`,
)

const QUERIES = {
  tables,
  columns,
  constraints,
  indexes,
  triggers,
  policies,
  rewriteRules,
  views,
  routines,
  userTypes,
  sequences,
  otherSchemas,
  crossings,
} as const

type Rows = Readonly<Record<keyof typeof QUERIES | 'version', readonly QueryResultRow[]>>

export interface Reading {
  /** The schemas to read. Default: public. */
  readonly schemas?: readonly string[]
  /**
   * What another session has locked is passed over and named in `unread`: of it, what the server would wait for to write it out is missing.
   * Default: the server waits, as long as lock_timeout lets it.
   */
  readonly passesOver?: boolean
}

/** Needs an open transaction, which may be read only. Throws the server's error as pg gives it, and SchemaChangedError. */
export async function readCatalog(
  client: Client,
  { schemas = [HOME], passesOver = false }: Reading = {},
): Promise<Catalog> {
  const home = schemas.includes(HOME) ? HOME : (schemas[0] ?? HOME)
  const wanted = [home, ...schemas.filter((name) => name !== home)]
  const locked = passesOver ? (await sendAll(client, [lockedOnes(wanted)]))[0]!.rows : []
  const major = Number.parseInt(client.serverVersion ?? '12', 10)
  const queries = Object.values(QUERIES).map((sql) => statement(typeof sql === 'string' ? sql : sql(major), wanted))
  const objects = objectQueries(major, wanted)
  const sent = [settleRendering, passOver(locked), version, ...queries, ...objects, restoreRendering]
  const [, , ...answers] = await sendAll(client, sent)
  const named = ['version', ...Object.keys(QUERIES)].map((name, index) => [name, answers[index]!.rows] as const)
  const others = answers.slice(named.length, named.length + objects.length).flatMap(({ rows }) => rows)
  return {
    ...toCatalog(Object.fromEntries(named) as unknown as Rows, home),
    objects: others.map((row) => toDatabaseObject(row, home)),
    unread: toUnread(locked, home),
  }
}

function toCatalog(rows: Rows, home: string): Catalog {
  const each = <T>(found: readonly QueryResultRow[], to: (row: QueryResultRow, home: string) => T): T[] =>
    found.map((row) => to(row, home))
  const { number: serverVersionNumber, encoding } = rows.version[0]!
  return {
    serverVersionNumber,
    encoding,
    home,
    ...withParts(rows.tables.map(toTable), each(rows.views, toView), rows, home),
    functions: each(rows.routines, toRoutine),
    types: each(rows.userTypes, toUserType),
    sequences: each(rows.sequences, toSequence),
    otherSchemas: rows.otherSchemas.map(toOtherSchema),
    crossings: rows.crossings.map(toCrossing),
  }
}

function withParts(
  tables: readonly BareTable[],
  views: readonly BareView[],
  rows: Rows,
  home: string,
): Pick<Catalog, 'tables' | 'views'> {
  const grouped = <T>(own: readonly QueryResultRow[], toPart: (row: QueryResultRow, home: string) => T) =>
    byTable(own, (row) => toPart(row, home))
  const columnsOf = grouped(rows.columns, toColumn)
  const constraintsOf = grouped(rows.constraints, toConstraint)
  const indexesOf = grouped(rows.indexes, toIndex)
  const triggersOf = grouped(rows.triggers, toTrigger)
  const policiesOf = grouped(rows.policies, toPolicy)
  const rulesOf = grouped(rows.rewriteRules, toRewriteRule)
  const partsOfBoth = ({ oid }: { oid: number }) => ({
    indexes: indexesOf(oid),
    triggers: triggersOf(oid),
    rules: rulesOf(oid),
  })
  return {
    tables: tables.map((table) => ({
      ...table,
      columns: columnsOf(table.oid),
      constraints: constraintsOf(table.oid),
      policies: policiesOf(table.oid),
      ...partsOfBoth(table),
    })),
    views: views.map((view) => ({ ...view, ...partsOfBoth(view) })),
  }
}

function byTable<T>(rows: readonly QueryResultRow[], toPart: (row: QueryResultRow) => T): (tableOid: number) => T[] {
  const parts = new Map<number, T[]>()
  for (const row of rows) {
    const own = parts.get(row.table_oid)
    if (own === undefined) parts.set(row.table_oid, [toPart(row)])
    else own.push(toPart(row))
  }
  return (tableOid) => parts.get(tableOid) ?? []
}
