/** How a run ends that does not land, with what is and is not applied. */
import { bulleted, databaseError, lockError } from '../errors.ts'

export class NonEmptyDatabaseError extends databaseError<{ database: string; objects: readonly string[] }>(
  (fields) =>
    `${fields.database} has no migration history, but its schema public is not empty:\n${bulleted(fields.objects)}\n` +
    'V1 is a clean slate: it repairs no older schema. Nothing was touched.\n' +
    'Name an empty database, or say --allow-nonempty if these objects have nothing to do with V1.',
) {}

export class CollisionError extends databaseError<{
  database: string
  objects: readonly { name: string; kind: string; migration: string }[]
}>((fields) => {
  const lines = fields.objects.map((object) => `${object.kind} ${object.name}, which ${object.migration} creates`)
  return (
    `${fields.database} has no migration history, but already has objects that the run would create:\n${bulleted(lines)}\n` +
    'Nothing was touched. --allow-nonempty accepts unrelated objects, never these: name an empty database, ' +
    'or move them away first.'
  )
}) {}

export class ServerTooOldError extends databaseError<{ version: string; target: string }>(
  (fields) => `${fields.target} is PostgreSQL ${fields.version}; 15 is the oldest that V1 runs on. Nothing was run.`,
) {}

export class PoolerError extends databaseError<{ id: string }>(
  (fields) =>
    `${fields.id} runs outside a transaction and must hold its lock for the whole session, but this connection goes through ` +
    'a pooler (PgBouncer or the like), where a session is not ours to keep. Nothing was run.\n' +
    'Name the PostgreSQL server itself in --database-url for this run.',
) {}

/** What is known about a run that did not finish. */
export type Outcome =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'partly'; readonly ids: readonly string[] }
  /** `id` runs outside a transaction and was begun; `ids` were committed before it. */
  | { readonly kind: 'halfway'; readonly id: string; readonly ids: readonly string[] }
  | { readonly kind: 'complete' }
  | { readonly kind: 'running' }
  | { readonly kind: 'unknown' }

function outcomeText(outcome: Outcome, verb: 'applied' | 'reverted'): string {
  const status = 'See for yourself: npx nx run migrator:status'
  switch (outcome.kind) {
    case 'nothing':
      return `Nothing of this run was ${verb}; the database is as it was before.`
    case 'partly':
      return `Already ${verb} and committed, before this:\n${bulleted(outcome.ids)}\nThe rest was not; the next run goes on from there.`
    case 'halfway': {
      const before =
        outcome.ids.length === 0 ? '' : `Already ${verb} and committed, before this:\n${bulleted(outcome.ids)}\n`
      return `${before}${outcome.id} runs outside a transaction: a part of it may be ${verb}. The next run cleans up after it and begins it again.`
    }
    case 'complete':
      return `The database was asked again: all of the run is ${verb}.`
    case 'running':
      return `The server is still at work on this run and holds its lock. Wait, then ask: npx nx run migrator:status`
    case 'unknown':
      return `Whether the run was ${verb} could not be found out. ${status}`
  }
}

/** A migration that failed, with what the server, or its own code, said. */
export interface FailedStep {
  readonly id: string
  /** Undefined where no statement is at fault: the migration's own code threw. */
  readonly statement: { readonly number: number; readonly of: number | undefined; readonly excerpt: string } | undefined
  readonly serverMessage: string
  readonly sqlState: string | undefined
  readonly detail: string | undefined
  readonly hint: string | undefined
}

/** Ends with a full line; an empty one stands around the SQL. */
export function failedStepText(fields: FailedStep): string {
  const of = fields.statement?.of === undefined ? '' : ` of ${fields.statement.of}`
  const where = fields.statement ? `, statement ${fields.statement.number}${of}` : ''
  const state = fields.sqlState ? ` (SQLSTATE ${fields.sqlState})` : ''
  const lines = [`${fields.id} failed${where}: ${fields.serverMessage}${state}`]
  if (fields.detail) lines.push(`  detail: ${fields.detail}`)
  if (fields.hint) lines.push(`  hint: ${fields.hint}`)
  if (fields.statement) lines.push('', fields.statement.excerpt, '')
  return `${lines.join('\n')}\n`
}

export class MigrationFailedError extends databaseError<FailedStep & { direction: 'up' | 'down'; outcome: Outcome }>(
  (fields) => failedStepText(fields) + outcomeText(fields.outcome, fields.direction === 'up' ? 'applied' : 'reverted'),
) {}

export class CommitFailedError extends databaseError<{
  serverMessage: string
  sqlState: string | undefined
  direction: 'up' | 'down'
  outcome: Outcome
}>(
  (fields) =>
    `The server refused to commit: ${fields.serverMessage}${fields.sqlState ? ` (SQLSTATE ${fields.sqlState})` : ''}\n` +
    outcomeText(fields.outcome, fields.direction === 'up' ? 'applied' : 'reverted'),
) {}

export class ConnectionLostError extends databaseError<{
  during: string
  detail: string
  direction: 'up' | 'down'
  outcome: Outcome
}>(
  (fields) =>
    `The connection to the server was lost ${fields.during}: ${fields.detail}\n` +
    outcomeText(fields.outcome, fields.direction === 'up' ? 'applied' : 'reverted'),
) {}

export class RunInterruptedError extends databaseError<{ direction: 'up' | 'down'; outcome: Outcome }>(
  (fields) => `Interrupted. ${outcomeText(fields.outcome, fields.direction === 'up' ? 'applied' : 'reverted')}`,
) {}

export class RunLockHeldError extends lockError<{
  holder: string
  waitedMs: number
  direction?: 'up' | 'down'
  outcome?: Outcome
}>((fields) => {
  const { direction = 'up', outcome = { kind: 'nothing' } } = fields
  // The other run may be changing the database at this moment: "as it was before" is not ours to say.
  const ran =
    outcome.kind === 'nothing'
      ? '; nothing was run.'
      : `.\n${outcomeText(outcome, direction === 'up' ? 'applied' : 'reverted')}`
  return (
    `Another run holds the lock: ${fields.holder}. Waited ${Math.round(fields.waitedMs / 1000)} s and gave up${ran}\n` +
    'Run it again when that one is done, or wait longer with --lock-wait.'
  )
}) {}

export class TableLockTimeoutError extends lockError<{
  id: string
  blockers: readonly string[]
  attempts: number
  lockTimeoutMs: number
  direction: 'up' | 'down'
  outcome: Outcome
}>((fields) => {
  const who = fields.blockers.length > 0 ? ` It was blocked by:\n${bulleted(fields.blockers)}\n` : '\n'
  return (
    `${fields.id} did not get a lock that it needs, in ${fields.attempts} attempts of ${fields.lockTimeoutMs} ms each.${who}` +
    `${outcomeText(fields.outcome, fields.direction === 'up' ? 'applied' : 'reverted')}\n` +
    'Run it again when those are done, or at a quieter time; --lock-timeout and --lock-wait give it longer.'
  )
}) {}
