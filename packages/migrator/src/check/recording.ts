/**
 * Replays the plan on a throw-away database with a recorder in it. Each migration goes up and is described. Then it goes down behind a
 * savepoint, the state is compared with the one before up, and the savepoint is rolled back, so that the migration stays applied. A
 * migration that PostgreSQL refuses in a transaction goes up, down and up again, each committed.
 * All statements of a migration are sent together; the next migration waits for their answers.
 */
import type { Client } from '../database/connect.ts'
import { ensureHistory } from '../database/history.ts'
import { OWN_TABLES, ownTablesSql } from '../database/own-tables.ts'
import { send, sendAll } from '../database/pipeline.ts'
import { repairsTable } from '../database/repairs-table.generated.ts'
import { resetRole, sessionSettings } from '../database/session.ts'
import { reason } from '../errors.ts'
import { runLive } from '../run/live.ts'
import { NO_LIMITS } from '../run/request.ts'
import { sendStatement } from '../run/send-statement.ts'
import { statement } from '../statement.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import { installAccess } from './access-sql.ts'
import { whyNotAgain } from './again.ts'
import { installDescribe } from './describe-sql.ts'
import {
  type Change,
  type DescribedObject,
  type MigrationRecord,
  type RecordedReplay,
  type Reverting,
  type StepRecord,
  toReport,
} from './record.ts'
import { installRecorder, STATEMENT_SETTING, STEP_SETTING, startRecorder, watchOwnTables } from './recorder-sql.ts'
import { byName, ReplayState, unrestored } from './replay-state.ts'

/** PostgreSQL refused a statement of a migration. `statement` is its number, from 1. */
class StepFailure extends Error {
  readonly statement: number
  constructor(statement: number, cause: unknown) {
    super(reason(cause), { cause })
    this.statement = statement
  }
}

const setting = (name: string, value: string) => statement(`select set_config('${name}', '${value}', false)`)
const silent = setting(STATEMENT_SETTING, '')
const forgetEvents = statement('delete from veza_check.events')
const report = statement('select veza_check.report()')

/** Expects an empty database and installs the recorder in it. A migration that fails ends the replay and is returned as `failure`. */
export async function recordReplay(client: Client, order: readonly Planned[]): Promise<RecordedReplay> {
  const installing = [installRecorder, installAccess, installDescribe, watchOwnTables(OWN_TABLES), startRecorder]
  const answers = await sendAll(client, [
    ...(await ensureHistory()),
    ...repairsTable.map((sql) => statement(sql)),
    ...installing.map((sql) => statement(sql)),
    statement(`select 'pg_class'::regclass::oid || ':' || oid as key from pg_class
      where relnamespace = 'public'::regnamespace and relname in (${ownTablesSql})`),
  ])
  const own = new Set<string>(answers.at(-1)!.rows.map(({ key }) => key))
  const known = new ReplayState()
  const records: MigrationRecord[] = []
  const version = client.serverVersion ?? ''
  for (const migration of order) {
    try {
      records.push(await (migration.transaction ? inTransaction : onItsOwn)(client, migration, known))
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error
      await sendAll(client, [statement('rollback')])
      return { version, records, own, failure: { migration, statement: error.statement, message: error.message } }
    }
  }
  return { version, records, own, failure: undefined }
}

async function inTransaction(client: Client, migration: Planned, known: ReplayState): Promise<MigrationRecord> {
  const opening = [statement('begin'), sessionSettings(NO_LIMITS), forgetEvents]
  await sendAll(client, opening)
  let up = await runStep(client, migration, 'up')
  let reverted = await revertBehindSavepoint(client, migration, known)
  if (reverted.reverting.outcome === 'differs') {
    // A rename shows in objects that it does not touch, so the known state may be out of date: undo up, read the state, and repeat.
    await sendAll(client, [statement('rollback')])
    known.refresh(await describe(client, reverted.touched))
    await sendAll(client, opening)
    // The objects that the migration makes have other ids this time.
    up = await runStep(client, migration, 'up')
    reverted = await revertBehindSavepoint(client, migration, known)
  }
  await sendAll(client, [statement('select veza_check.watch_rows()'), statement('commit')])
  return recorded(migration, up, reverted, known)
}

async function revertBehindSavepoint(client: Client, migration: Planned, known: ReplayState): Promise<Reverted> {
  if (migration.irreversible !== undefined) return irreversible(migration.irreversible)
  try {
    // In a real run the commit between up and down checks deferred constraints, so they are checked here too.
    await sendAll(client, [statement('set constraints all immediate'), statement('savepoint veza_check')])
  } catch (error) {
    throw new StepFailure(migration.render.up.statements.length, error)
  }
  const reverted = await revert(client, migration, known)
  await sendAll(client, [statement('rollback to savepoint veza_check'), silent])
  return reverted
}

/** For a migration without a transaction: up, down and up again, each committed. */
async function onItsOwn(client: Client, migration: Planned, known: ReplayState): Promise<MigrationRecord> {
  const settle = [
    statement('reset session authorization; reset role; reset all'),
    statement('set search_path = public'),
    forgetEvents,
  ]
  const watchRows = statement('select veza_check.watch_rows()')
  await sendAll(client, settle)
  let up = await runStep(client, migration, 'up')
  const notAgain = await whyNotAgain(client, migration, up)
  await sendAll(client, settle)
  if (migration.irreversible !== undefined) {
    await sendAll(client, [watchRows])
    return { ...recorded(migration, up, irreversible(migration.irreversible), known), notAgain }
  }
  const reverted = await revert(client, migration, known)
  if (reverted.reverting.outcome !== 'failed') {
    await sendAll(client, settle)
    up = await runStep(client, migration, 'up')
  }
  await sendAll(client, [watchRows])
  return { ...recorded(migration, up, reverted, known), notAgain }
}

interface Reverted {
  readonly reverting: Reverting
  readonly changes: readonly Change[]
  /** The objects that up and down touched, as far as they were known before up. */
  readonly touched: readonly DescribedObject[]
}

const irreversible = (reason: string): Reverted => ({
  reverting: { outcome: 'irreversible', reason },
  changes: [],
  touched: [],
})

function recorded(
  migration: Planned,
  up: StepRecord,
  { reverting, changes }: Reverted,
  known: ReplayState,
): MigrationRecord {
  known.update(up)
  return { migration, changes: [...up.changes, ...changes], objects: up.objects, reverting, notAgain: undefined }
}

async function revert(client: Client, migration: Planned, known: ReplayState): Promise<Reverted> {
  let down: StepRecord
  try {
    down = await runStep(client, migration, 'down')
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error
    return {
      reverting: { outcome: 'failed', statement: error.statement, message: error.message },
      changes: [],
      touched: [],
    }
  }
  const before = known.before(down)
  const found = unrestored(before, byName(down.objects))
  const reverting: Reverting = found.length > 0 ? { outcome: 'differs', differences: found } : { outcome: 'restored' }
  return { reverting, changes: down.changes.filter(({ step }) => step === 'down'), touched: [...before.values()] }
}

/** Throws StepFailure. The recorder is silent after a step that succeeds. */
async function runStep(client: Client, migration: Planned, direction: Direction): Promise<StepRecord> {
  await sendAll(client, [setting(STEP_SETTING, direction)])
  await (migration.render[direction].dynamic ? runDynamic : runStatic)(client, migration, direction)
  // The migration may have set a role that cannot read the recorder's schema, so the role is reset after the step, as in a run.
  const [, , answer] = await sendAll(client, [resetRole, silent, report])
  return toReport(answer!)
}

async function runStatic(client: Client, migration: Planned, direction: Direction): Promise<void> {
  const sent: Promise<unknown>[] = []
  for (const [index, statement] of migration.render[direction].statements.entries()) {
    send(client, setting(STATEMENT_SETTING, String(index + 1)))
    sent.push(sendStatement(client, statement))
    // Outside a transaction a failure does not stop the statements that were already sent, so each answer is awaited.
    if (!migration.transaction) await answered(sent)
  }
  await answered(sent)
}

async function answered(sent: readonly Promise<unknown>[]): Promise<void> {
  const answers = await Promise.allSettled(sent)
  const failed = answers.findIndex(({ status }) => status === 'rejected')
  if (failed >= 0) throw new StepFailure(failed + 1, (answers[failed] as PromiseRejectedResult).reason)
}

async function runDynamic(client: Client, migration: Planned, direction: Direction): Promise<void> {
  let statement = 0
  try {
    await runLive(client, migration[direction] as NonNullable<Planned['down']>, (_sql, number) => {
      statement = number
      send(client, setting(STATEMENT_SETTING, String(number)))
    })
  } catch (error) {
    throw new StepFailure(statement, error)
  }
}

async function describe(client: Client, objects: readonly DescribedObject[]): Promise<readonly DescribedObject[]> {
  const keys = objects.map(({ key }) => key)
  const [answer] = await sendAll(client, [
    statement("select json_build_object('events', '[]'::json, 'objects', veza_check.objects($1)) as report", keys),
  ])
  return toReport(answer!).objects
}
