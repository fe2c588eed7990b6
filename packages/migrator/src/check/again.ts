/**
 * Runs a migration outside a transaction a second time: a run that is killed after its statement is done, and before that is recorded, does
 * so. The migration has to succeed then, and to change nothing more.
 */
import type { Client } from '../database/connect.ts'
import { HISTORY_TABLE, recordStarted } from '../database/history.ts'
import { sendAll, sendSingle } from '../database/pipeline.ts'
import { reason } from '../errors.ts'
import { replayContext } from '../replay/replay.ts'
import { runAlone } from '../run/alone.ts'
import { PieceFailure } from '../run/piece-failure.ts'
import { aloneKind } from '../sql/alone-kind.ts'
import { indexBuild } from '../sql/index-build.ts'
import { quoted } from '../sql/names.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { Change, StepRecord } from './record.ts'

/** Expects that its `up` was run and recorded as `up`. Returns why it cannot be run again, or undefined. */
export async function whyNotAgain(client: Client, migration: Planned, up: StepRecord): Promise<string | undefined> {
  const sql = migration.render.up.statements[0]?.sql ?? ''
  const tables = changedTables(up)
  const before = await contents(client, tables)
  try {
    if (aloneKind(sql) === 'build index') {
      await asInterrupted(client, migration)
      await invalidate(client, sql)
      await asInterrupted(client, migration)
    } else await sendSingle(client, sql)
  } catch (error) {
    return reason(error instanceof PieceFailure ? why(error) : error)
  }
  const after = await contents(client, tables)
  const changed = tables.filter((table) => before.get(table) !== after.get(table))
  return changed.length === 0 ? undefined : 'the second time it changes rows that it had changed before'
}

const why = ({ cause, refusal }: PieceFailure): unknown =>
  refusal === undefined ? cause : refusal({ direction: 'up', outcome: { kind: 'nothing' } })

/** As the run does it that finds the migration begun. */
async function asInterrupted(client: Client, migration: Planned): Promise<void> {
  const context = { ...replayContext(client), transactionId: '' }
  const { runId, toolVersion, appliedBy } = context.identity
  const { domain, name, checksum, position } = migration
  const row = {
    domain,
    name,
    checksum,
    runId,
    position,
    toolVersion,
    appliedBy,
    durationMs: null,
    createdAt: new Date(),
    version: '',
  }
  await sendAll(client, [recordStarted(migration, context.identity), statement('begin')])
  const piece = runAlone(context, migration, { createHistory: false, row, known: undefined, dropHistory: false })
  try {
    for (let next = await piece.next(); !next.done; ) next = await piece.next()
  } finally {
    const away = statement(`delete from public.${HISTORY_TABLE} where domain = $1 and name = $2`, domain, name)
    await sendAll(client, [statement('rollback'), away])
  }
}

/** What a killed build leaves. */
async function invalidate(client: Client, sql: string): Promise<void> {
  const build = indexBuild(sql)
  if (build === undefined) return
  const index = `${quoted(build.table.schema ?? 'public')}.${quoted(build.name)}`
  await sendAll(client, [statement('update pg_index set indisvalid = false where indexrelid = $1::regclass', index)])
}

const ROWS: ReadonlySet<Change['action']> = new Set(['insert', 'update', 'delete', 'truncate'])

/** The object ids of the tables whose rows it changed. */
const changedTables = ({ changes }: StepRecord): string[] => [
  ...new Set(changes.filter(({ action }) => ROWS.has(action)).map(({ root }) => root.split(':')[1] as string)),
]

async function contents(client: Client, tables: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const oid of tables) {
    const [name] = await sendAll(client, [statement('select $1::oid::regclass::text as name', oid)])
    const [rows] = await sendAll(client, [
      statement(`select string_agg(t::text, ',' order by t::text) as rows from ${name!.rows[0].name} t`),
    ])
    found.set(oid, rows!.rows[0].rows ?? '')
  }
  return found
}
