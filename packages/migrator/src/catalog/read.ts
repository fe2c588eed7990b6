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
import { policies, rewriteRules, toDescribed } from './policies.ts'
import { restoreRendering, settleRendering } from './rendering.ts'
import { routines, toRoutine } from './routines.ts'
import { otherSchemas, toOtherSchema } from './schemas.ts'
import { sequences, toSequence } from './sequences.ts'
import { type BareTable, tables, toTable } from './tables.ts'
import { toTrigger, triggers } from './triggers.ts'
import type { Catalog, Table } from './types.ts'
import { toUserType, userTypes } from './user-types.ts'
import { toView, views } from './views.ts'

const version = statement(`select current_setting('server_version_num')::int as number`)

const QUERIES = {
  version,
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
} as const

type Rows = Readonly<Record<keyof typeof QUERIES, readonly QueryResultRow[]>>

/** Needs an open transaction, which may be read only. Throws the server's error as pg gives it. */
export async function readCatalog(client: Client): Promise<Catalog> {
  const [, ...answers] = await sendAll(client, [settleRendering, ...Object.values(QUERIES), restoreRendering])
  const named = Object.keys(QUERIES).map((name, index) => [name, answers[index]!.rows] as const)
  return toCatalog(Object.fromEntries(named) as unknown as Rows)
}

function toCatalog(rows: Rows): Catalog {
  return {
    serverVersionNumber: rows.version[0]!.number,
    tables: withParts(rows.tables.map(toTable), rows),
    views: rows.views.map(toView),
    functions: rows.routines.map(toRoutine),
    types: rows.userTypes.map(toUserType),
    sequences: rows.sequences.map(toSequence),
    otherSchemas: rows.otherSchemas.map(toOtherSchema),
  }
}

function withParts(bare: readonly BareTable[], rows: Rows): Table[] {
  const columnsOf = grouped(rows.columns, toColumn)
  const constraintsOf = grouped(rows.constraints, toConstraint)
  const indexesOf = grouped(rows.indexes, toIndex)
  const triggersOf = grouped(rows.triggers, toTrigger)
  const policiesOf = grouped(rows.policies, toDescribed)
  const rulesOf = grouped(rows.rewriteRules, toDescribed)
  return bare.map((table) => ({
    ...table,
    columns: columnsOf(table.oid),
    constraints: constraintsOf(table.oid),
    indexes: indexesOf(table.oid),
    triggers: triggersOf(table.oid),
    policies: policiesOf(table.oid),
    rules: rulesOf(table.oid),
  }))
}

function grouped<T>(rows: readonly QueryResultRow[], toPart: (row: QueryResultRow) => T): (tableOid: number) => T[] {
  const byTable = new Map<number, T[]>()
  for (const row of rows) {
    const parts = byTable.get(row.table_oid)
    if (parts === undefined) byTable.set(row.table_oid, [toPart(row)])
    else parts.push(toPart(row))
  }
  return (tableOid) => byTable.get(tableOid) ?? []
}
