/** Errors that stop a reset. When one is thrown, nothing was dropped. */
import { bulleted, databaseError, usageError } from '../errors.ts'

export class ResetInProductionError extends usageError(
  () => 'NODE_ENV is "production": reset is for lab databases only. Nothing was dropped.',
) {}

/** `given` is undefined if there was no terminal to type a name on. */
export class ResetNotConfirmedError extends usageError<{ database: string; given: string | undefined }>(
  ({ database, given }) =>
    `Not confirmed: the database is called "${database}", but ${given === undefined ? 'no name' : `"${given}"`} was given. ` +
    `Nothing was dropped.\nTo confirm without a terminal, say: --yes-drop ${database}`,
) {}

export class ResetConnectionsError extends databaseError<{ database: string; sessions: readonly string[] }>(
  ({ database, sessions }) =>
    `${database} has other connections; nothing was dropped.\n${bulleted(sessions)}\n` +
    'End these connections, then run it again.',
) {}

export class ResetPreparedError extends databaseError<{ database: string; transactions: readonly string[] }>(
  ({ database, transactions }) =>
    `${database} has prepared transactions; nothing was dropped.\n${bulleted(transactions)}\n` +
    'End each with COMMIT PREPARED or ROLLBACK PREPARED, then run it again.',
) {}

/** Only a history proves that objects belong to the domains: a table with the name of a domain's table may belong to somebody else. */
export class ResetNoHistoryError extends databaseError<{ database: string }>(
  ({ database }) =>
    `No migration ran in ${database}: it has no migration_history, or an empty one. A table there that has the name of a ` +
    "domain's table may belong to somebody else, so nothing was dropped.\n" +
    'To drop everything in the schema public, say: --all-objects',
) {}

/** `detail` says what depends on what, one a line. */
export class ResetBlockedError extends databaseError<{ detail: string; allObjects: boolean }>(
  ({ detail, allObjects }) =>
    `Objects that reset would keep depend on objects that it would drop; nothing was dropped.\n${detail}\n` +
    (allObjects
      ? 'They are not in the schema public, and reset drops nothing elsewhere: drop them, or what makes them depend, first.'
      : 'Drop them first. With --all-objects, those that are in the schema public are dropped too.'),
) {}

export class ResetLeftoversError extends databaseError<{ objects: readonly string[] }>(
  ({ objects }) =>
    `Some objects of the schema public are of a kind that reset cannot drop; nothing was dropped.\n${bulleted(objects)}\n` +
    'Drop them yourself, then run it again.',
) {}

export class ResetLockTableError extends databaseError<{
  /** The number of objects that were to be dropped. */
  objects: number
  detail: string
}>(
  ({ objects, detail }) =>
    `The server ran out of room for locks (${detail}): ${objects} objects in one transaction are too many for it. ` +
    'Nothing was dropped.\nRaise max_locks_per_transaction in postgresql.conf, restart the server, and run it again.',
) {}
