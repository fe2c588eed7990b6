/** The errors of a run that does not finish. Each says what is and what is not applied. */
import { bulleted, databaseError, lockError } from '../errors.ts'

export class NonEmptyDatabaseError extends databaseError<{ database: string; objects: readonly string[] }>(
  ({ database, objects }) =>
    `${database} has no migration history, but its schema public is not empty:\n${bulleted(objects)}\n` +
    'V1 is a clean slate: it repairs no older schema. Nothing was touched.\n' +
    'Name an empty database, or say --allow-nonempty if these objects have nothing to do with V1.\n' +
    'If it was built from the files of sql, record that: npx veza-migrator baseline --reason "why"',
) {}

export class CollisionError extends databaseError<{
  database: string
  /** `migration`: the id of the migration that creates an object of that name. */
  objects: readonly { name: string; kind: string; migration: string }[]
}>(({ database, objects }) => {
  const lines = objects.map(({ name, kind, migration }) => `${kind} ${name}, which ${migration} creates`)
  return (
    `${database} has no migration history, but already has objects that the run would create:\n${bulleted(lines)}\n` +
    'Nothing was touched. --allow-nonempty accepts unrelated objects, never these: name an empty database, ' +
    'or move them away first.'
  )
}) {}

export class ServerTooOldError extends databaseError<{ version: string; target: string }>(
  ({ version, target }) =>
    `${target} is PostgreSQL ${version}; V1 runs on PostgreSQL 15 and later. Nothing was run.\n` +
    'Name a newer server with --database-url or DATABASE_URL.',
) {}

export class StandbyError extends databaseError<{ target: string }>(
  ({ target }) =>
    `${target} is a standby: it takes over what its primary writes, and nothing can be written to it. Nothing was run.\n` +
    'Name the primary in --database-url or DATABASE_URL.',
) {}

/** default_transaction_read_only is on. */
export class ReadOnlyDatabaseError extends databaseError<{
  target: string
  /** Who set it, as part of a sentence: `for the role "deploy"`. */
  setBy: string
  /** The command that takes it back. */
  reset: string
}>(
  ({ target, setBy, reset }) =>
    `Transactions on ${target} are read-only by default: default_transaction_read_only is on, set ${setBy}. ` +
    'Somebody wants nothing to be written, so nothing was run.\n' +
    `If up or down may write all the same, say --override-read-only. To take the setting back: ${reset}`,
) {}

export class MissingRightsError extends databaseError<{
  target: string
  user: string
  /** What it may not do, one line each. */
  missing: readonly string[]
  /** Commands for the owner. */
  grants: readonly string[]
}>(
  ({ target, user, missing, grants }) =>
    `The role "${user}" lacks rights that this run needs on ${target}:\n${bulleted(missing)}\n` +
    `Nothing was run. Run as another role, or let the owner or a superuser run:\n${grants.map((one) => `  ${one}`).join('\n')}`,
) {}

export class PoolerError extends databaseError<{ id: string }>(
  ({ id }) =>
    `${id} runs outside a transaction and must hold its lock for the whole session, but this connection goes through ` +
    'a pooler (PgBouncer or the like), which may give the session to somebody else at any time. Nothing was run.\n' +
    'Name the PostgreSQL server itself in --database-url for this run.',
) {}

/** What is known about a run that did not finish. `ids`: the migrations that were committed. */
export type Outcome =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'partly'; readonly ids: readonly string[] }
  /** `id` runs outside a transaction and was begun; `ids` were committed before it. */
  | { readonly kind: 'halfway'; readonly id: string; readonly ids: readonly string[] }
  | { readonly kind: 'complete' }
  | { readonly kind: 'running' }
  | { readonly kind: 'unknown' }

export interface Unfinished {
  direction: 'up' | 'down'
  outcome: Outcome
}

function outcomeText({ direction, outcome }: Unfinished): string {
  const done = direction === 'up' ? 'applied' : 'reverted'
  switch (outcome.kind) {
    case 'nothing':
      return `Nothing of this run was ${done}; the database is as it was before.`
    case 'partly':
      return `${committedText(outcome.ids, done)}The rest was not ${done}; the next run goes on from there.`
    case 'halfway':
      return (
        `${committedText(outcome.ids, done)}${outcome.id} runs outside a transaction: a part of it may be ${done}. ` +
        'The next run drops an INVALID index that is provably what it left, and begins it again.\n' +
        `If that cannot succeed, complete it or undo it by hand, and record which: ${repairText(outcome.id)}`
      )
    case 'complete':
      return `The database was asked again: all of the run is ${done}.`
    case 'running':
      return 'The server is still at work on this run and holds its lock. Wait, then ask: npx nx run migrator:status'
    case 'unknown':
      return `It could not be found out whether the run was ${done}. Ask again: npx nx run migrator:status`
  }
}

const repairText = (id: string): string =>
  `npx veza-migrator repair ${id} --mark-done (or --mark-undone) --reason "why"`

const committedText = (ids: readonly string[], done: string): string =>
  ids.length === 0 ? '' : `Already ${done} and committed, before this:\n${bulleted(ids)}\n`

const stateText = (sqlState: string | undefined): string => (sqlState === undefined ? '' : ` (SQLSTATE ${sqlState})`)

/** A migration that failed, with the message of the server or of the migration's own code. */
export interface FailedStep {
  readonly id: string
  /**
   * Undefined if the migration's own code threw, not a statement. `number` counts from 1. `of`: how many statements the migration has;
   * undefined for a dynamic migration, whose statements are not known beforehand.
   */
  readonly statement: { readonly number: number; readonly of: number | undefined; readonly excerpt: string } | undefined
  readonly serverMessage: string
  /** Undefined if the migration's own code failed, not the server. */
  readonly sqlState: string | undefined
  readonly detail: string | undefined
  readonly hint: string | undefined
}

/** Ends with a line break; there is an empty line before and after the SQL. */
export function failedStepText({ id, statement, serverMessage, sqlState, detail, hint }: FailedStep): string {
  const of = statement?.of === undefined ? '' : ` of ${statement.of}`
  const where = statement === undefined ? '' : `, statement ${statement.number}${of}`
  const lines = [
    `${id} failed${where}: ${serverMessage}${stateText(sqlState)}`,
    ...(detail ? [`  detail: ${detail}`] : []),
    ...(hint ? [`  hint: ${hint}`] : []),
    ...(statement ? ['', statement.excerpt, ''] : []),
  ]
  return `${lines.join('\n')}\n`
}

export class MigrationFailedError extends databaseError<FailedStep & Unfinished>(
  (fields) => failedStepText(fields) + outcomeText(fields),
) {}

/** The server refused a question between two pieces of a run. Before the first piece, QueryFailedError says it. */
export class BetweenStepsError extends databaseError<
  Unfinished & { serverMessage: string; sqlState: string | undefined }
>(
  (fields) =>
    `The server failed between two steps: ${fields.serverMessage}${stateText(fields.sqlState)}\n${outcomeText(fields)}`,
) {}

export class CommitFailedError extends databaseError<
  Unfinished & { serverMessage: string; sqlState: string | undefined }
>(
  (fields) =>
    `The server refused to commit: ${fields.serverMessage}${stateText(fields.sqlState)}\n${outcomeText(fields)}`,
) {}

export class ConnectionLostError extends databaseError<
  Unfinished & {
    /** `during core/002_users`, `between two steps`. */
    during: string
    detail: string
  }
>((fields) => `The connection to the server was lost ${fields.during}: ${fields.detail}\n${outcomeText(fields)}`) {}

/** A migration has written to the history, which is the migrator's alone. The run was rolled back, unless the migration ran outside of it. */
export class HistoryTamperedError extends databaseError<
  Unfinished & {
    /** `the row of core/001_users is gone` */
    differences: readonly string[]
    /** Ids of the migrations of this run whose SQL names a table of the migrator. */
    suspects: readonly string[]
    /** The migration whose statement has changed it outside a transaction. */
    outside?: string | undefined
    /** What the rollback has not taken back, since another connection had committed it. */
    lasting?: readonly string[]
  }
>((fields) => {
  const { differences, suspects, outside, lasting = [] } = fields
  if (outside !== undefined)
    return (
      `${outside} runs outside a transaction, and its statement has changed the migration history. That is committed:\n${bulleted(differences)}\n` +
      'Take out of the migration what changes the table or its rows. Before anything else is run, put the history back, from a backup or by hand. ' +
      'What it has now: npx nx run migrator:status'
    )
  const who =
    suspects.length === 0
      ? ''
      : `Of the migrations of this run, these name the table in their SQL:\n${bulleted(suspects)}\n`
  const found = `Right before the commit, the migration history was not what this run had made it:\n${bulleted(differences)}\n${who}`
  if (lasting.length > 0)
    return (
      `${found}The transaction was rolled back, and this is still so, since another connection has committed it (dblink, a program that ` +
      `a statement started, or another session):\n${bulleted(lasting)}\n` +
      'Nothing else of this transaction was kept; what else that connection has done is not known. ' +
      'Before anything else is run, put the history back, from a backup or by hand. What it has now: npx nx run migrator:status'
    )
  return (
    `${found}${outcomeText(fields)}\n` +
    'The history is written by the migrator alone: take out of the migration what changes the table or its rows, also by a trigger.'
  )
}) {}

/** A migration has ended the run's transaction, and what was sent behind it may have been committed by itself. */
export class TransactionEndedError extends databaseError<{
  id: string
  direction: 'up' | 'down'
  /** The migrations of this run that are committed. */
  ids: readonly string[]
  /** Whether the history now has the migration as interrupted. */
  isRecorded: boolean
}>(({ id, direction, ids, isRecorded }) => {
  const done = direction === 'up' ? 'applied' : 'reverted'
  const recorded = isRecorded
    ? `The history has ${id} as interrupted, and up and down refuse to go on until that is settled.`
    : `This could not be written to the history, so status shows ${id} as if it had not been run.`
  return (
    `${id} ended the transaction of the run, with a COMMIT or ROLLBACK that was not seen in its SQL. ` +
    `A part of it may be ${done}. The run was stopped, and nothing behind it was run.\n` +
    `${committedText(ids, done)}${recorded}\n` +
    `Look at what it did, then complete it or undo it by hand, and record which: ${repairText(id)}`
  )
}) {}

/** A migration outside a transaction would build an index whose name is taken by something that is not provably its own. */
export class NameTakenError extends databaseError<
  Unfinished & {
    id: string
    /** `public.idx_users_name` */
    index: string
    /** Whether an earlier run began the migration and was interrupted. */
    isBegun: boolean
    /** Whether the index is what the migration builds could not be found out. */
    isUndecided: boolean
    /** `index`, `table`, ... */
    kind: string
    /** The table of the index that has the name. */
    table: string | undefined
    definition: string | undefined
    isValid: boolean
    /** What the migration builds, as the server writes it. */
    wanted: string
  }
>((fields) => {
  const { id, index, isBegun, isUndecided, kind, table, definition, isValid, wanted } = fields
  const what =
    definition === undefined
      ? `There is a ${kind} of this name.`
      : `There is an index of this name on ${table}, ${isValid ? 'valid' : 'INVALID'}:\n  ${definition}`
  const why = isBegun
    ? `${id} was begun and interrupted, but what has the name ${index} is not what it builds.`
    : `${id} has not been begun here, but the name of the index that it builds, ${index}, is taken.`
  if (isBegun && isUndecided)
    return (
      `${id} was begun and interrupted, and whether ${index} is the index that it builds could not be found out: ${wanted}.\n${what}\n` +
      `Nothing was dropped. ${outcomeText(fields)}\n` +
      `Run it again as a role that owns ${table} and may make temporary tables: npx nx run migrator:up`
    )
  return (
    `${why}\n${what}\nThe migration builds:\n  ${wanted}\n` +
    `Nothing was dropped. ${outcomeText(fields)}\n` +
    'If nobody needs what has the name, drop it by hand; otherwise rename it, or let the migration give its index another name. ' +
    'Then run it again: npx nx run migrator:up'
  )
}) {}

/** The INVALID index of an interrupted migration may be under way in another session. */
export class IndexBeingBuiltError extends databaseError<
  Unfinished & { id: string; index: string; builders: readonly string[] }
>((fields) => {
  const { id, index, builders } = fields
  return (
    `${id} was interrupted and left the INVALID index ${index}, but another session may be building it:\n${bulleted(builders)}\n` +
    `Nothing was dropped. ${outcomeText(fields)}\nRun it again when that session is done: npx nx run migrator:up`
  )
}) {}

/** The statement of a migration outside a transaction has released the run's lock, and another run has it now. */
export class RunLockLostError extends lockError<Unfinished & { id: string }>(
  ({ id, direction }) =>
    `${id} released the lock of the run (pg_advisory_unlock_all, DISCARD ALL), and another run has taken it. ` +
    `The statement is done, but the history has ${id} as interrupted.\n` +
    `Take the statement out of the migration. What the other run made of it: npx nx run migrator:status, then ${direction} again.`,
) {}

/** A live migration that waits for something else than the database keeps everybody out of what it has locked. */
export class IdleTooLongError extends databaseError<Unfinished & { id: string; idleTimeoutMs: number }>((fields) => {
  const { id, idleTimeoutMs } = fields
  return (
    `${id} sent nothing to the server for ${idleTimeoutMs / 1000} s while it held its locks, so the server ended its session.\n` +
    `${outcomeText(fields)}\n` +
    'Do what takes long before the run, or give it more time with --idle-timeout.'
  )
}) {}

function interruptedText(fields: Unfinished): string {
  const done = fields.direction === 'up' ? 'applied' : 'reverted'
  switch (fields.outcome.kind) {
    case 'nothing':
      return `Interrupted: nothing ${done}. The database is as it was before.`
    case 'partly':
      return `Interrupted: a part is committed.\n${outcomeText(fields)}`
    case 'halfway':
      return `Interrupted half-way.\n${outcomeText(fields)}`
    case 'complete':
      return `Interrupted, but committed.\n${outcomeText(fields)}`
    case 'running':
    case 'unknown':
      return `Interrupted. What was ${done} is unknown: run status.\n${outcomeText(fields)}`
  }
}

/** Ctrl-C, SIGTERM, SIGHUP or the signal that a caller gave. */
export class RunInterruptedError extends databaseError<Unfinished>((fields) => interruptedText(fields)) {}

/** A run that could not finish, with what is and is not applied. */
export type UnfinishedRunError =
  | MigrationFailedError
  | CommitFailedError
  | HistoryTamperedError
  | NameTakenError
  | IndexBeingBuiltError
  | RunLockLostError
  | ConnectionLostError
  | IdleTooLongError
  | RunInterruptedError

export class RunLockHeldError extends lockError<
  Partial<Unfinished> & {
    holder: string
    waitedMs: number
  }
>(({ holder, waitedMs, direction = 'up', outcome = { kind: 'nothing' } }) => {
  // The other run may be changing the database now, so the message must not say that the database is as it was before.
  const ran = outcome.kind === 'nothing' ? '; nothing was run.' : `.\n${outcomeText({ direction, outcome })}`
  return (
    `Another run holds the lock: ${holder}. Waited ${Math.round(waitedMs / 1000)} s and gave up${ran}\n` +
    'Run it again when that one is done, or wait longer with --lock-wait.'
  )
}) {}

export class TableLockTimeoutError extends lockError<
  Unfinished & {
    id: string
    /** The sessions that blocked it, as text for the message. */
    blockers: readonly string[]
    attempts: number
    lockTimeoutMs: number
  }
>((fields) => {
  const { id, blockers, attempts, lockTimeoutMs } = fields
  const who = blockers.length === 0 ? '' : ` It was blocked by:\n${bulleted(blockers)}`
  return (
    `${id} did not get a lock that it needs, in ${attempts} attempts of ${lockTimeoutMs} ms each.${who}\n` +
    `${outcomeText(fields)}\n` +
    'Run it again at a quieter time, or give it more time with --lock-timeout and --lock-wait.'
  )
}) {}
