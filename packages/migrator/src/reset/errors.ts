/** What keeps a reset from dropping anything. */
import { bulleted, databaseError, usageError } from '../errors.ts'

export class ResetInProductionError extends usageError(
  () => 'NODE_ENV is "production": reset is for lab databases only. Nothing was dropped.',
) {}

export class ResetNotConfirmedError extends usageError<{ database: string; given: string | undefined }>((fields) => {
  const given = fields.given === undefined ? 'nothing was typed' : `"${fields.given}" was given`
  return (
    `Not confirmed: the database is called "${fields.database}", ${given}. Nothing was dropped.\n` +
    `Without a terminal, say: --yes-drop ${fields.database}`
  )
}) {}

export class ResetConnectionsError extends databaseError<{ database: string; sessions: readonly string[] }>(
  (fields) =>
    `${fields.database} has other connections; nothing was dropped.\n${bulleted(fields.sessions)}\n` +
    'Stop what is connected, then run it again.',
) {}

export class ResetPreparedError extends databaseError<{ database: string; transactions: readonly string[] }>(
  (fields) =>
    `${fields.database} has prepared transactions; nothing was dropped.\n${bulleted(fields.transactions)}\n` +
    'End each with COMMIT PREPARED or ROLLBACK PREPARED, then run it again.',
) {}

export class ResetNoHistoryError extends databaseError<{ database: string }>(
  (fields) =>
    `No migration ran in ${fields.database}: it has no migration_history, or an empty one, and a name alone does not make ` +
    "a table a domain's. Nothing was dropped.\nIf everything in public is meant, say: --all-objects",
) {}

export class ResetBlockedError extends databaseError<{ detail: string; allObjects: boolean }>(
  (fields) =>
    `Something that stays depends on what would be dropped; nothing was dropped.\n${fields.detail}\n` +
    (fields.allObjects
      ? 'It is not of public: drop it, or what ties it, first.'
      : 'Drop it first; what stands in public goes too with --all-objects.'),
) {}

export class ResetLeftoversError extends databaseError<{ objects: readonly string[] }>(
  (fields) =>
    `Some objects of public cannot be dropped one by one; nothing was dropped.\n${bulleted(fields.objects)}\n` +
    'Drop them first, then run it again.',
) {}

export class ResetLockTableError extends databaseError<{ objects: number; detail: string }>(
  (fields) =>
    `The server ran out of room for locks (${fields.detail}): ${fields.objects} objects in one transaction are too many for it. ` +
    'Nothing was dropped.\nRaise max_locks_per_transaction in postgresql.conf, restart the server, and run it again.',
) {}
